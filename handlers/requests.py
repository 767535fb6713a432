"""待您决定: what the officer is asked to decide: 照改, or 不改 with a sentence why; taking one's own request back."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.parsing import RosterChange
from handlers.reply import Answer
from models import drafts
from models.access import PersonView, access_household
from models.errors import Refused
from models.requests import deciding, make_request, queries, withdraw_request
from models.requests.deciding import find_phone
from models.times import local_day

DECLINE, NAME, PHONE = "request_decline", "request_name", "request_phone"
ASKS = {DECLINE: "why", NAME: "name", PHONE: "phone"}
LONGEST = 500
HALF_SAID = re.compile(r"户主(?:也|已经?)*(?:换|改|变更?)(?:人)?了?$|(?:换|改|变更)了?个?户主了?$")
"""户主换了: who it is now stands in the next clause."""


async def show_list(incoming: Incoming, context: Context) -> None:
    await context.reply("request.list", page=1, fresh=incoming.kind != "press")


async def open_list(incoming: Incoming, context: Context) -> None:
    """The same from a digest, which stays."""
    await context.reply("request.list", page=1, fresh=True)


async def turn_list(incoming: Incoming, context: Context) -> None:
    """`request:page:PAGE`."""
    await context.reply("request.list", page=context.number(0, 1))


async def show_card(incoming: Incoming, context: Context) -> None:
    """`request:show:ID`."""
    await context.run(see, context.me, context.number(), reply=_card(context.number()))


async def agree(incoming: Incoming, context: Context) -> None:
    """`request:agree:ID:VERSION`, for a new head with the member: `…:MEMBER`."""
    request_id, version = context.number(0), context.number(1)
    given = str(context.number(2)) if context.word(2) else ""
    await context.run(
        attempt, context.me, request_id, version, agree=True, given=given,
        reply=lambda told: _decided(request_id, told),
    )  # fmt: skip


async def ask_head(incoming: Incoming, context: Context) -> None:
    """`request:head:ID:VERSION`: which member it is."""
    request_id, version = context.number(0), context.number(1)
    answer = Answer("request.head", {"request_id": request_id, "version": version})
    await context.run(see_open, context.me, request_id, version, reply=answer)


async def ask_why(incoming: Incoming, context: Context) -> None:
    """`request:why:ID:VERSION`: 不改; the next text says why."""
    await _ask(context, DECLINE)


async def ask_name(incoming: Incoming, context: Context) -> None:
    """`request:name:ID:VERSION`: the head is none of the members; the next text is the name."""
    await _ask(context, NAME)


async def ask_phone(incoming: Incoming, context: Context) -> None:
    """`request:phone:ID:VERSION`: the words hold no number, or a wrong one."""
    await _ask(context, PHONE)


async def _ask(context: Context, kind: str) -> None:
    request_id, version = context.number(0), context.number(1)
    await context.run(
        begin, context.me, kind, request_id, version,
        reply=Answer("request.ask", {"request_id": request_id, "what": ASKS[kind]}),
    )  # fmt: skip


async def take_words(incoming: Incoming, context: Context) -> None:
    """The sentence, name or number that was asked for."""
    draft = context.draft
    if draft is None or "request_id" not in draft.facts:
        raise Refused("draft.gone")
    if not incoming.text.strip():
        raise Refused("request.write_words")
    request_id = int(draft.facts["request_id"])
    await context.run(
        decide_by_words, context.me, draft.id, incoming.text.strip()[:LONGEST],
        reply=lambda told: _decided(request_id, told),
    )  # fmt: skip


async def withdraw(incoming: Incoming, context: Context) -> None:
    """`request:withdraw:ID`: who asked takes it back."""
    request_id = context.number()
    answer = Answer("request.withdrawn", {"request_id": request_id})
    await context.run(withdraw_request, context.me.id, request_id, reply=answer)


async def ask_for(context: Context, changes: Sequence[RosterChange]) -> None:
    """A message that only tells of a change (户主换了, 新号码): passed on to the officer."""
    if any(change.household_id is None for change in changes):
        raise Refused("request.which_household")
    await context.run(make_requests, context.me, changes, reply=made_answers)


def new_changes(requests: Sequence[RosterChange], message: str) -> list[RosterChange]:
    """What the newest message itself says of the roster, once for a household and kind; where one clause does not say
    all (the new head's name or the new number stands in another), in the words of the whole message."""
    found: dict[tuple[str, int | None], RosterChange] = {}
    for change in requests:
        if change.words not in message:
            continue
        key = (change.kind, change.household_id)
        says_whole = find_phone(change.words) if change.kind == "phone" else not HALF_SAID.search(change.words)
        found[key] = change if says_whole and key not in found else replace(change, words=message)
    return list(found.values())


def made_answers(ids: Sequence[int]) -> list[Answer]:
    return [Answer("request.made", {"request_id": each}, fresh=True) for each in ids]


def make_requests(session: Session, me: PersonView, changes: Sequence[RosterChange], *, now: datetime) -> list[int]:
    """Requests about households the person may see, in the words of the message; their ids."""
    made = []
    for change in changes:
        if change.household_id is not None:
            access_household(session, me, change.household_id, "household.read", day=local_day(now))
            made.append(
                make_request(
                    session, change.kind, person_id=me.id, household_id=change.household_id, words=change.words, now=now
                )
            )
    return made


def _card(request_id: int, note: str = "") -> Answer:
    return Answer("request.card", {"request_id": request_id, **({"note": note} if note else {})})


def _decided(request_id: int, told: str) -> Answer:
    """The answer to a decision; one that came too late shows the request as it is now."""
    return _card(request_id, told) if told else Answer("request.decided", {"request_id": request_id})


def see(session: Session, me: PersonView, request_id: int, *, now: datetime) -> None:
    queries.access_request(session, me, request_id)


def see_open(session: Session, me: PersonView, request_id: int, version: int, *, now: datetime) -> None:
    deciding.get_request(session, me, request_id, version)


def begin(session: Session, me: PersonView, kind: str, request_id: int, version: int, *, now: datetime) -> None:
    """A draft whose sentence is still to come."""
    deciding.get_request(session, me, request_id, version)
    drafts.open_draft(session, me.id, kind, now=now, facts={"request_id": request_id, "version": version})


def attempt(session: Session, me: PersonView, request_id: int, version: int, *, now: datetime, **how: Any) -> str:
    """Decides; says `closed` or `changed` instead where the request is no longer what was seen."""
    try:
        with session.begin_nested():
            deciding.answer_request(session, me, request_id, version, now=now, **how)
        return ""
    except Refused as refused:
        if refused.code not in ("request.closed", "request.changed"):
            raise
        return refused.code.removeprefix("request.")


def decide_by_words(session: Session, me: PersonView, draft_id: int, text: str, *, now: datetime) -> str:
    draft = drafts.get_own(session, me.id, draft_id)
    how: dict[str, Any] = {"agree": False, "words": text} if draft.kind == DECLINE else {"agree": True, "given": text}
    told = attempt(session, me, int(draft.facts["request_id"]), int(draft.facts["version"]), now=now, **how)
    drafts.close(session, draft, "done", now=now)
    return told

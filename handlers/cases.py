"""上报: open cases by village, one case, and what leaders and the officer do with them.

A deciding button carries the case's version, or a village's stamp: an old press is explained and the screen
refreshed, never applied.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from handlers.screens.cases import FILTERS
from handlers.screens.decisions import later_days
from models.access import PersonView, access_area
from models.cases import queries
from models.cases.actions import Stale, attempt, reassign
from models.duties import cases
from models.duties.cases import Decided
from models.errors import Refused
from models.times import local_day

VERBS: dict[str, tuple[Callable[..., Decided], str]] = {
    "hand": (cases.hand_over, "case.decide"),
    "take": (cases.take, "case.decide"),
    "urge": (cases.urge, "case.urge"),
}
"""Decisions that need nothing but the button: what is done, under which right."""


async def show_cases(incoming: Incoming, context: Context) -> None:
    """上报; who has cases in one village only is shown that one."""
    villages = await context.read(queries.list_villages, context.me)
    if len(villages) == 1:
        await context.reply("case.village", village_id=villages[0].id, fresh=True)
    else:
        await context.reply("case.villages", fresh=True)


async def turn_cases(incoming: Incoming, context: Context) -> None:
    """`case:page:PAGE`: on the same message, also the way back to it."""
    await context.reply("case.villages", page=context.number(0, 1))


async def show_village(incoming: Incoming, context: Context) -> None:
    """`case:village:ID:FILTER:PAGE`."""
    village_id, which, page = context.number(0), context.word(1), context.number(2, 1)
    if which not in FILTERS:
        raise Refused("button.broken")
    ids = {"village_id": village_id, "filter": which, "page": page}
    await context.run(see_village, context.me, village_id, reply=Answer("case.village", ids))


async def open_village(incoming: Incoming, context: Context) -> None:
    """`case:open:ID`, from a digest, which stays."""
    village_id = context.number(0)
    answer = Answer("case.village", {"village_id": village_id}, fresh=True)
    await context.run(see_village, context.me, village_id, reply=answer)


async def show_card(incoming: Incoming, context: Context) -> None:
    """From a digest or a list: the list stays, the card is a message of its own."""
    duty_id = context.number()
    await context.run(see_case, context.me, duty_id, reply=Answer("case.card", {"duty_id": duty_id}, fresh=True))


async def back_to_card(incoming: Incoming, context: Context) -> None:
    """`case:show:ID`: the way back from a question about the case, on the same message."""
    duty_id = context.number()
    await context.run(see_case, context.me, duty_id, reply=Answer("case.card", {"duty_id": duty_id}))


async def decide(incoming: Incoming, context: Context) -> None:
    """`case:hand:ID:VERSION`, `case:take:…`, `case:urge:…`."""
    verb, duty_id, version = incoming.data.split(":")[1], context.number(0), context.number(1)
    await context.run(attempt, decide_one, context.me, verb, duty_id, version, reply=did(verb, {"duty_id": duty_id}))


async def decide_all(incoming: Incoming, context: Context) -> None:
    """`case:hand_all:VILLAGE:STAMP` and the like: exactly the cases that were listed. The message they were listed in
    stays: it may offer other villages too."""
    verb, village_id, stamp = incoming.data.split(":")[1].removesuffix("_all"), context.number(0), context.number(1)
    await context.run(
        attempt,
        decide_village,
        context.me,
        verb,
        village_id,
        stamp,
        reply=did(verb, {"village_id": village_id}, fresh=True),
    )


async def ask_whom(incoming: Incoming, context: Context) -> None:
    """`case:reassign:ID:VERSION`."""
    about = {"duty_id": context.number(0)}
    await context.run(
        attempt, check_case, context.me, context.number(0), context.number(1), "case.urge",
        reply=or_refresh(Answer("case.reassign_to", about), about),
    )  # fmt: skip


async def reassign_to(incoming: Incoming, context: Context) -> None:
    """`case:reassign_to:ID:VERSION:PERSON`."""
    duty_id, version, to_id = context.number(0), context.number(1), context.number(2)
    reply = did("reassign", {"duty_id": duty_id})
    await context.run(attempt, reassign, context.me, duty_id, version, to_id, reply=reply)


async def ask_when(incoming: Incoming, context: Context) -> None:
    """`case:later:ID:VERSION`."""
    about = {"duty_id": context.number(0)}
    await context.run(
        attempt, check_case, context.me, context.number(0), None, "case.decide",
        reply=or_refresh(Answer("case.later_to", about), about),
    )  # fmt: skip


async def later_to(incoming: Incoming, context: Context) -> None:
    """`case:later_to:ID:YYYYMMDD`; a day that is over by now, or is no day, asks again."""
    duty_id, named = context.number(0), context.word(1)
    day = next((day for day in later_days(context.today) if f"{day:%Y%m%d}" == named), None)
    if day is None:
        await ask_when(incoming, context)
        return
    await context.run(attempt, put_off, context.me, duty_id, day, reply=did("later", {"duty_id": duty_id}))


def refreshed(stale: Stale, about: dict[str, int], fresh: bool) -> Answer:
    return Answer("case.card" if "duty_id" in about else "case.village", {**about, "note": stale.note}, fresh)


def or_refresh(answer: Answer, about: dict[str, int]) -> Callable[[Any], Answer]:
    return lambda result: refreshed(result, about, answer.fresh) if isinstance(result, Stale) else answer


def did(verb: str, about: dict[str, int], fresh: bool = False) -> Callable[[Any], Answer]:
    def answer(result: Any) -> Answer:
        return refreshed(result, about, fresh) if isinstance(result, Stale) else decided(verb, result, fresh)

    return answer


def decided(verb: str, result: Decided, fresh: bool) -> Answer:
    until = result.until.isoformat() if result.until else None
    ids = {"verb": verb, "duty_ids": list(result.duty_ids), "to": list(result.to), "until": until}
    return Answer("case.did", ids, fresh)


def see_village(session: Session, me: PersonView, village_id: int, *, now: datetime) -> None:
    """Refuses a village outside the person's area."""
    access_area(session, me, village_id, "case.read")


def see_case(session: Session, me: PersonView, duty_id: int, *, now: datetime) -> None:
    """Refuses a case that is not the person's to see."""
    queries.access_duty(session, me, duty_id, "case.read", local_day(now))


def check_case(
    session: Session, me: PersonView, duty_id: int, version: int | None, right: str, *, now: datetime
) -> None:
    """Refuses a case that the person may not decide about, or that has changed since the button was made."""
    cases.get_case(session, me, duty_id, version, right)


def decide_one(session: Session, me: PersonView, verb: str, duty_id: int, version: int, *, now: datetime) -> Decided:
    act, right = VERBS[verb]
    return act(session, me, [cases.get_case(session, me, duty_id, version, right)], now=now)


def decide_village(
    session: Session, me: PersonView, verb: str, village_id: int, stamp: int, *, now: datetime
) -> Decided:
    act, right = VERBS[verb]
    return act(session, me, cases.get_village_cases(session, me, village_id, stamp, right), now=now)


def put_off(session: Session, me: PersonView, duty_id: int, on: date, *, now: datetime) -> Decided:
    return cases.later(session, me, cases.get_case(session, me, duty_id, None, "case.decide"), on, now=now)

"""人员: who is on the roster, who has joined, links to join, changing and letting go of accounts."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from models import drafts, joining
from models.access import PersonView
from models.drafts import Draft
from models.errors import Refused
from models.people import ROLES, merging, queries
from models.times import local_day

SEARCH = "person_search"


async def show_people(incoming: Incoming, context: Context) -> None:
    """The numbers and the ways in; `/people 吴祥` goes straight to the name."""
    if incoming.kind == "text" and context.args:
        await context.run(look_for, context.me, " ".join(context.args), reply=_found)
    else:
        await context.reply("person.list")


async def show_page(incoming: Incoming, context: Context) -> None:
    """`person:page:STATE:ROLE:VILLAGE:PAGE`; "-" is every role, 0 every village."""
    state, role = ([*context.args, "", ""])[:2]
    ids = {"state": state, "role": role.strip("-"), "village_id": context.number(2), "page": context.number(3)}
    await context.run(see_page, context.me, ids, reply=Answer("person.page", ids))


async def show_roles(incoming: Incoming, context: Context) -> None:
    await context.reply("person.roles")


async def show_villages(incoming: Incoming, context: Context) -> None:
    await context.reply("person.villages")


async def ask_name(incoming: Incoming, context: Context) -> None:
    await context.run(begin_search, context.me.id, reply=Answer("person.ask"))


async def search(incoming: Incoming, context: Context) -> None:
    """What is written after 写姓名查找: a part of a name."""
    if incoming.kind != "text":
        await context.refuse("person.write_name")
    else:
        await context.run(look_for, context.me, incoming.text, reply=_found)


async def show_found(incoming: Incoming, context: Context) -> None:
    ids = {"draft_id": context.number(0), "page": context.number(1)}
    await context.run(see_found, context.me, ids["draft_id"], reply=Answer("person.found", ids))


async def show_card(incoming: Incoming, context: Context) -> None:
    await context.run(see_card, context.me, context.number(0), reply=_card(context.number(0)))


async def invite(incoming: Incoming, context: Context) -> None:
    await context.run(
        joining.invite, context.me, context.number(0), valid_for=context.settings.joining.valid_for, reply=_link
    )


async def renew(incoming: Incoming, context: Context) -> None:
    """A new link; the old one stops working."""
    valid_for = context.settings.joining.valid_for
    await context.run(joining.invite, context.me, context.number(0), valid_for=valid_for, anew=True, reply=_link)


async def show_links(incoming: Incoming, context: Context) -> None:
    """`person:links:VILLAGE:PAGE`: a page of links for those who have not joined."""
    village_id, page = context.number(0), context.number(1)
    await context.run(
        joining.invite_page,
        context.me,
        village_id or None,
        page,
        valid_for=context.settings.joining.valid_for,
        reply=lambda shown: Answer("person.links", {"village_id": village_id, "page": shown}, fresh=True),
    )


async def ask_unbind(incoming: Incoming, context: Context) -> None:
    person_id, version = context.number(0), context.number(1)
    ids = {"person_id": person_id, "version": version}
    await context.run(see_card, context.me, person_id, reply=Answer("person.unbind_ask", ids))


async def unbind(incoming: Incoming, context: Context) -> None:
    person_id, version = context.number(0), context.number(1)
    done = Answer("person.unbound", {"person_id": person_id})
    await context.run(joining.unbind, context.me, person_id, version, reply=done)


async def show_twins(incoming: Incoming, context: Context) -> None:
    """可能重复的人: pairs that may be one person."""
    await context.reply("person.twins")


async def compare(incoming: Incoming, context: Context) -> None:
    """`person:pair:KEEP:GONE`: both rows side by side, and which of them is to go on."""
    ids = {"keep_id": context.number(0), "gone_id": context.number(1)}
    await context.run(see_pair, context.me, ids, reply=Answer("person.pair", ids))


async def merge(incoming: Incoming, context: Context) -> None:
    """`person:merge:KEEP:GONE`."""
    await context.run(
        merging.merge, context.me, context.number(0), context.number(1),
        reply=lambda merged: Answer("person.merged", {"person_id": merged.person_id}),
    )  # fmt: skip


def see_pair(session: Session, me: PersonView, ids: dict[str, int], *, now: datetime) -> None:
    merging.compare(session, me, ids["keep_id"], ids["gone_id"], local_day(now))


def _card(person_id: int) -> Answer:
    return Answer("person.card", {"person_id": person_id})


def _link(invited: joining.Invited) -> list[Answer]:
    """The card says what the link is; the link itself is a message of its own, to be passed on as it is."""
    ids = {"invitation_id": invited.invitation_id}
    return [Answer("person.link", ids), Answer("person.link_text", ids, fresh=True)]


def _found(result: tuple[int, int | None]) -> Answer:
    draft_id, only = result
    return _card(only) if only is not None else Answer("person.found", {"draft_id": draft_id, "page": 0})


def see_page(session: Session, me: PersonView, ids: dict[str, Any], *, now: datetime) -> None:
    """Refuses a list that is not the officer's to see, and broken button data."""
    if ids["state"] not in queries.STATES or (ids["role"] and ids["role"] not in ROLES):
        raise Refused("button.broken")
    queries.list_people(session, me, day=local_day(now), village_id=ids["village_id"] or None)


def see_card(session: Session, me: PersonView, person_id: int, *, now: datetime) -> None:
    queries.access_person(session, me, person_id, "person.invite")


def see_found(session: Session, me: PersonView, draft_id: int, *, now: datetime) -> None:
    get_search(session, me.id, draft_id)


def get_search(session: Session, person_id: int, draft_id: int) -> str:
    """What the officer looked for. Raises Refused("draft.gone") for somebody else's search."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != person_id or draft.kind != SEARCH or not draft.words:
        raise Refused("draft.gone")
    return draft.words


def begin_search(session: Session, person_id: int, *, now: datetime) -> None:
    drafts.open_draft(session, person_id, SEARCH, now=now)


def look_for(session: Session, me: PersonView, text: str, *, now: datetime) -> tuple[int, int | None]:
    """Keeps what was looked for; the search's id and, where exactly one person fits, that person's."""
    words = text.strip()[:40]
    if not words:
        raise Refused("person.write_name")
    active = drafts.find_active(session, me.id)
    if active is not None and active.kind == SEARCH:
        draft = drafts.get_own(session, me.id, active.id)
        draft.words = words
    else:
        draft = Draft(person_id=me.id, kind=SEARCH, state="done", facts={}, words=words, created_at=now, updated_at=now)
        session.add(draft)
    drafts.close(session, draft, "done", now=now)
    session.flush()
    found = queries.list_people(session, me, day=local_day(now), text=words)
    return draft.id, found.lines[0].id if found.total == 1 else None

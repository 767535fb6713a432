"""我的户, 查户, one household's card; the phone on tap, logged."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.reply import Answer
from handlers.strays import stray
from handlers.visits import page_of
from models import access, audit, drafts
from models.errors import Refused
from models.households import actions, queries
from models.times import local_day

DRAFT = "lookup"
LONGEST = 60


async def show_mine(incoming: Incoming, context: Context) -> None:
    """我的户: the most urgent first. Who has no households of their own sees those of the area."""
    await context.reply("household.mine", page=page_of(context))


async def ask(incoming: Incoming, context: Context) -> None:
    """查户: by a word after the command, or asked for."""
    if incoming.kind == "text" and context.args and incoming.text.startswith("/"):
        await _look_up(context, " ".join(context.args))
        return
    await context.run(_open_lookup, context.me.id, "", reply=Answer("household.ask"))


def _open_lookup(session: Session, person_id: int, words: str, *, now: datetime) -> int:
    draft = drafts.open_draft(session, person_id, DRAFT, now=now, words=words[:LONGEST])
    if words:
        drafts.close(session, draft, "done", now=now)
    return draft.id


async def search_words(incoming: Incoming, context: Context) -> None:
    """A name, a number, a village: one household is shown at once, several as a list."""
    await _look_up(context, incoming.text)


async def _look_up(context: Context, words: str) -> None:
    if not context.me.may("household.read"):
        raise Refused("input.unknown")
    words, odd = " ".join(words.split())[:LONGEST], stray(words)
    if odd == "number":
        raise Refused("input.number")
    found = await context.read(queries.find_households, context.me, words, day=context.today)
    if found.total == 1:
        household_id = found.items[0].household_id
        await context.run(
            _open_lookup, context.me.id, words, reply=Answer("household.card", {"household_id": household_id})
        )
    elif not found.total:
        await context.refuse(f"input.{odd}" if odd else "household.not_found")
    else:
        await context.run(
            _open_lookup, context.me.id, words,
            reply=lambda draft_id: Answer("household.found", {"draft_id": draft_id, "page": 1}),
        )  # fmt: skip


async def show_found(incoming: Incoming, context: Context) -> None:
    await context.run(
        _access_lookup, context.me.id, context.number(),
        reply=Answer("household.found", {"draft_id": context.number(), "page": page_of(context, 1)}),
    )  # fmt: skip


def _access_lookup(session: Session, person_id: int, draft_id: int, *, now: datetime) -> None:
    """Raises Refused("draft.gone") for another's search and for a draft that is none."""
    draft = session.get(drafts.Draft, draft_id)
    if draft is None or draft.person_id != person_id or draft.kind != DRAFT:
        raise Refused("draft.gone")


async def show_card(incoming: Incoming, context: Context) -> None:
    """One household's file card; foreign and unknown ones are refused alike."""
    await _show_card(context, fresh=False)


async def open_card(incoming: Incoming, context: Context) -> None:
    """The same from a digest or a case, which stay as they are."""
    await _show_card(context, fresh=True)


async def _show_card(context: Context, *, fresh: bool) -> None:
    await context.run(
        _look, context.me.id, context.number(), "household.read",
        reply=Answer("household.card", {"household_id": context.number()}, fresh=fresh),
    )  # fmt: skip


async def show_visits(incoming: Incoming, context: Context) -> None:
    await context.run(
        _look, context.me.id, context.number(), "household.read",
        reply=Answer("household.visits", {"household_id": context.number(), "page": page_of(context, 1)}),
    )  # fmt: skip


async def show_phone(incoming: Incoming, context: Context) -> None:
    """The whole number, on tap; who looked is written down."""
    await context.run(
        _look, context.me.id, context.number(), "household.phone",
        reply=Answer("household.phone", {"household_id": context.number()}),
    )  # fmt: skip


async def resume(incoming: Incoming, context: Context) -> None:
    """家里还有人: the officer lets a paused household go on."""
    await context.run(actions.resume, context.me.id, context.number(), reply="household.resumed")


async def end(incoming: Incoming, context: Context) -> None:
    """家里没人了: the officer ends a household."""
    await context.run(actions.end, context.me.id, context.number(), reply="household.ended")


def _look(session: Session, person_id: int, household_id: int, right: str, *, now: datetime) -> None:
    """Checks the right; a look at a phone is an audit row. Raises Refused("household.not_yours")."""
    day = local_day(now)
    access.access_household(session, access.view(session, person_id, day), household_id, right, day=day)
    if right == "household.phone":
        audit.record(session, right, now=now, person_id=person_id, subject=f"household:{household_id}")

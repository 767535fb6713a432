"""日历: which days are worked on here; a market day or a snow day step by step, with what it moves before it does."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.locales import words
from handlers.parsing.days import parse_spans, read_worked
from handlers.reply import Answer
from handlers.visits import page_of
from models import drafts
from models.access import PersonView
from models.calendar.actions import Changed, Wish, change, check_name, check_right, check_spans, suppose
from models.calendar.queries import each_day, find_proposal, read_calendar
from models.drafts import Draft
from models.errors import Refused
from models.times import ONE_DAY, local_day
from schedules.forecasting.days import forecast_days

DRAFT = "calendar"
SOON = (0, 1, 2)
"""What is offered: today, tomorrow, the day after; anything else is typed."""
DAYS_SHOWN = 5
REASONS = ("market", "snow", "flood", "harvest", "festival")
Figures = dict[str, Any]


async def show_list(incoming: Incoming, context: Context) -> None:
    """The list; `日历 下周四` that day, or the first of the days that are named."""
    asked = " ".join(context.args) if incoming.kind == "text" else ""
    spans = parse_spans(asked, context.today) if asked else ()
    days = [day.isoformat() for span in spans for day in each_day(*span)][:DAYS_SHOWN]
    if days:
        await context.reply("calendar.day", days=days)
    elif asked:
        raise Refused("calendar.no_day")
    else:
        await context.reply("calendar.list", page=page_of(context))


async def begin(incoming: Incoming, context: Context) -> None:
    """`calendar:new` or `calendar:new:DAY`: which days, or right to whether that one is worked on."""
    day = context.number(0, 0)
    if day > date.max.toordinal():
        raise Refused("button.broken")
    await context.run(_begin, context.me, date.fromordinal(day) if day else None, reply=_next)


async def choose_day(incoming: Incoming, context: Context) -> None:
    """`calendar:day:DRAFT:N`: the Nth day from today on."""
    if context.number(1) not in SOON:
        raise Refused("button.broken")
    day = context.today + ONE_DAY * context.number(1)
    await context.run(_keep, context.me, context.number(), {"spans": [[day.isoformat()] * 2]}, reply=_next)


async def choose_worked(incoming: Incoming, context: Context) -> None:
    """`calendar:worked:DRAFT:0|1`."""
    await context.run(_keep, context.me, context.number(), {"worked": bool(context.number(1))}, reply=_next)


async def choose_reason(incoming: Incoming, context: Context) -> None:
    """`calendar:why:DRAFT:REASON`: one of those that are offered, in the language of who chooses."""
    if context.word(1) not in REASONS:
        raise Refused("button.broken")
    name = words(context.locale)(f"calendar.reason.{context.word(1)}")
    await _name(context, context.number(), name)


async def take_words(incoming: Incoming, context: Context) -> None:
    """Days, 上班 or 不上班, a reason, as typed; what is asked for decides how it is read."""
    draft = context.draft
    if draft is None:
        raise Refused("draft.gone")
    if draft.step == "name":
        await _name(context, draft.id, incoming.text)
        return
    said: dict[str, Any] = {}
    if (worked := read_worked(incoming.text)) is not None:
        said["worked"] = worked
    if draft.step == "days":
        spans = parse_spans(incoming.text, context.today)
        if not spans:
            raise Refused("calendar.no_day")
        said["spans"] = [[first.isoformat(), last.isoformat()] for first, last in spans]
    elif not said:
        raise Refused("calendar.worked_or_not")
    await context.run(_keep, context.me, draft.id, said, reply=_next)


async def _name(context: Context, draft_id: int, name: str) -> None:
    """The last answer; then what would move, read before anything is written."""
    figures = await context.read(foresee_named, context.me, draft_id, check_name(name), now=context.now)
    said = {"name": check_name(name), "preview": figures}
    await context.run(_keep, context.me, draft_id, said, reply=_next)


async def show_card(incoming: Incoming, context: Context) -> None:
    """`calendar:card:DAY`."""
    await context.reply("calendar.card", day_id=context.number())


async def end(incoming: Incoming, context: Context) -> None:
    """`calendar:end:DAY`: 撤掉, with the same preview."""
    await _propose(context, Wish("end", day_id=context.number()))


async def show_year(incoming: Incoming, context: Context) -> None:
    """`calendar:year:YEAR`: what an official plan changes, and what that moves."""
    proposal = await context.read(find_proposal, _year(context))
    if proposal is None:
        raise Refused("calendar.year_done")
    await _propose(context, Wish("year", year=proposal.year, stamp=proposal.stamp))


async def accept_year(incoming: Incoming, context: Context) -> None:
    """`calendar:accept:YEAR:STAMP`: 照此执行, right from the digest that named the figures."""
    wish = Wish("year", year=_year(context), stamp=context.word(1))
    await context.run(change, context.me, wish, reply=_done)


async def take_back_year(incoming: Incoming, context: Context) -> None:
    """`calendar:back:YEAR`: an agreed plan taken back within the week, with the same preview."""
    await _propose(context, Wish("back", year=_year(context)))


def _year(context: Context) -> int:
    if not 2000 <= context.number() <= 2200:
        raise Refused("button.broken")
    return context.number()


async def _propose(context: Context, wish: Wish) -> None:
    figures = await context.read(foresee, context.me, wish, now=context.now)
    await context.run(_open, context.me, wish, figures, reply=_next)


async def do(incoming: Incoming, context: Context) -> None:
    """`calendar:do:DRAFT:VERSION`: makes what was previewed, and nothing else."""
    await context.run(_do, context.me, context.number(), context.number(1), reply=_done)


async def drop(incoming: Incoming, context: Context) -> None:
    """`calendar:drop:DRAFT`."""
    await context.run(_drop, context.me, context.number(), reply=Answer("calendar.dropped"))


def _next(step: tuple[str, int]) -> Answer:
    return Answer(f"calendar.{step[0]}", {"draft_id": step[1]})


def _done(made: Changed) -> Answer:
    return Answer("calendar.done", {**asdict(made), "ids": list(made.ids)})


def _begin(session: Session, me: PersonView, day: date | None, *, now: datetime) -> tuple[str, int]:
    check_right(session, me)
    draft = drafts.open_draft(session, me.id, DRAFT, now=now, step="days")
    return _keep(session, me, draft.id, {"spans": [[day.isoformat()] * 2]}, now=now) if day else ("days", draft.id)


def own_draft(session: Session, me: PersonView, draft_id: int) -> Draft:
    """The person's own draft of a change. Raises Refused("draft.gone")."""
    return drafts.get_own(session, me.id, draft_id, DRAFT)


def _keep(session: Session, me: PersonView, draft_id: int, said: dict[str, Any], *, now: datetime) -> tuple[str, int]:
    """Keeps an answer; the next question, or the preview. Raises as `check_spans`."""
    check_right(session, me)
    draft = own_draft(session, me, draft_id)
    if "spans" in said:
        check_spans(session, spans_of(said), local_day(now))
    known = draft.facts.keys() | said
    missing = [step for step, name in (("days", "spans"), ("worked", "worked"), ("name", "name")) if name not in known]
    drafts.revise(session, draft, now=now, step=missing[0] if missing else "preview", **said)
    return draft.step, draft.id


def spans_of(facts: dict[str, Any]) -> tuple[tuple[date, date], ...]:
    """The days of a draft. Raises Refused("draft.gone") where none were said."""
    if not facts.get("spans"):
        raise Refused("draft.gone")
    return tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in facts["spans"])


def wish_of(facts: dict[str, Any]) -> Wish:
    """What a draft asks for. Raises Refused("draft.gone") while anything is missing."""
    if "act" in facts:
        return Wish(facts["act"], day_id=facts["day_id"], year=facts["year"], stamp=facts["stamp"])
    if "worked" not in facts or "name" not in facts:
        raise Refused("draft.gone")
    return Wish("set", spans_of(facts), facts["worked"], facts["name"])


def foresee_named(session: Session, me: PersonView, draft_id: int, name: str, *, now: datetime) -> Figures:
    """What a draft with that name would move, read only. Raises as `suppose`."""
    return foresee(session, me, wish_of({**own_draft(session, me, draft_id).facts, "name": name}), now=now)


def foresee(session: Session, me: PersonView, wish: Wish, *, now: datetime) -> Figures:
    """What a change would move, read only. Raises as `suppose`."""
    check_right(session, me)
    moved = forecast_days(session, read_calendar(session), suppose(session, wish, now=now), now=now)
    return {**asdict(moved), "on": local_day(now).isoformat()}


def _open(session: Session, me: PersonView, wish: Wish, figures: Figures, *, now: datetime) -> tuple[str, int]:
    facts = {"act": wish.act, "day_id": wish.day_id, "year": wish.year, "stamp": wish.stamp, "preview": figures}
    return "preview", drafts.open_draft(session, me.id, DRAFT, now=now, step="preview", facts=facts).id


def _do(session: Session, me: PersonView, draft_id: int, version: int, *, now: datetime) -> Changed:
    """What was previewed today, if it is still the draft. Raises Refused("calendar.stale") and as `change`."""
    said = drafts.take_previewed(own_draft(session, me, draft_id), version, "calendar.stale", now=now)
    return change(session, me, wish_of(said), now=now)


def _drop(session: Session, me: PersonView, draft_id: int, *, now: datetime) -> None:
    drafts.close(session, own_draft(session, me, draft_id), "cancelled", now=now)

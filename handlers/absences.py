"""暂不在: from when, until when, who stands in; the cover's 好; 回来了."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.naming import read_scope
from handlers.parsing import parse_report
from handlers.parsing.ahead import parse_ahead
from handlers.reply import Answer
from handlers.reporting import take_words as take_report
from models import drafts
from models.absences import actions, candidates, queries
from models.access import PersonView
from models.drafts import Draft
from models.errors import Refused
from models.times import ONE_DAY, local_day

DRAFT = "absence"
FIRST_DAYS = (0, 1)
NOBODY = ("不用", "不要", "没有", "没人", "无", "不用代班", "no", "none", "nobody")


async def start(incoming: Incoming, context: Context) -> None:
    """暂不在; `/away 明天起3天` gives the days at once. Who is away already sees that first."""
    text = " ".join(context.args) if incoming.kind == "text" and incoming.text.startswith("/") else ""
    await context.run(begin, context.me, text, reply=_next)


async def plan_another(incoming: Incoming, context: Context) -> None:
    """`absence:new`: one more, besides those that are planned."""
    await context.run(begin_anew, context.me, reply=_next)


async def extend(incoming: Incoming, context: Context) -> None:
    """`absence:extend:ID`: longer; the days after it are asked for."""
    await context.run(begin_longer, context.me, context.number(), reply=_next)


async def choose_first(incoming: Incoming, context: Context) -> None:
    """`absence:from:DRAFT:DAYS`: 0 today, 1 tomorrow."""
    if context.number(1) not in FIRST_DAYS:
        raise Refused("button.broken")
    day = context.today + ONE_DAY * context.number(1)
    await context.run(set_days, context.me, context.number(), day, None, reply=_next)


async def choose_length(incoming: Incoming, context: Context) -> None:
    """`absence:until:DRAFT:DAYS`."""
    if not 0 < context.number(1) <= actions.LONGEST_DAYS:
        raise Refused("button.broken")
    await context.run(set_length, context.me, context.number(), context.number(1), reply=_next)


async def choose_cover(incoming: Incoming, context: Context) -> None:
    """`absence:cover:DRAFT:PERSON`; 0: nobody stands in."""
    await context.run(finish, context.me, context.number(), context.number(1) or None, reply=_made)


async def take_words(incoming: Incoming, context: Context) -> None:
    """Days or a name, as typed; what is asked for decides how it is read."""
    draft = context.draft
    if draft is None:
        raise Refused("draft.gone")
    if draft.step == "cover":
        await _take_name(incoming, context, draft.id, dict(draft.facts))
        return
    if await _is_report(incoming, context):
        await take_report(incoming, context)
        return
    known = date.fromisoformat(draft.facts["starts_on"]) if draft.step == "until" else None
    said = parse_ahead(incoming.text, context.today, known)
    if (said.ends_on if draft.step == "until" else said.starts_on) is None:
        raise Refused("absence.no_day")
    await context.run(set_days, context.me, draft.id, said.starts_on, said.ends_on, reply=_next)


async def _is_report(incoming: Incoming, context: Context) -> bool:
    """Whether the words tell of a household, whatever is being asked: a visit is never taken for days or a name."""
    if not context.me.may("visit.log"):
        return False
    scope = await context.read(read_scope, context.me, context.today)
    return bool(parse_report(incoming.text, context.sent_local, scope, sender=context.me.name).lines)


async def _take_name(incoming: Incoming, context: Context, draft_id: int, facts: dict[str, Any]) -> None:
    name = incoming.text.strip()
    if name.lower() in NOBODY:
        await context.run(finish, context.me, draft_id, None, reply=_made)
        return
    days = (date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"]))
    found = await context.read(candidates.find_candidates, context.me.id, name, *days, context.today) if name else []
    if not found and await _is_report(incoming, context):
        await take_report(incoming, context)
        return
    if not found:
        raise Refused("absence.nobody_called", name=name[:20])
    if len(found) == 1:
        await context.run(finish, context.me, draft_id, found[0].id, reply=_made)
    else:
        await context.reply("absence.cover", draft_id=draft_id, ids=[each.id for each in found])


async def come_back(incoming: Incoming, context: Context) -> None:
    """回来了; before it began: taken back."""
    await context.run(actions.come_back, context.me, reply=lambda made: Answer("absence.back", _ids(made)))


async def agree(incoming: Incoming, context: Context) -> None:
    """`absence:agree:ID`: 好, I stand in."""
    await _answer(context, True)


async def decline(incoming: Incoming, context: Context) -> None:
    """`absence:decline:ID`."""
    await _answer(context, False)


async def _answer(context: Context, agree: bool) -> None:
    await context.run(
        actions.answer_cover, context.me, context.number(), agree=agree,
        reply=lambda made: Answer("absence.answered", _ids(made)),
    )  # fmt: skip


def _ids(made: actions.AbsenceMade) -> dict[str, int]:
    return {"absence_id": made.absence_id}


def _made(made: actions.AbsenceMade) -> Answer:
    return Answer("absence.made", _ids(made))


def _next(step: tuple[str, int]) -> Answer:
    """The question of a step, or what is planned already."""
    name, draft_id = step
    if name == "made":
        return Answer("absence.made", {"absence_id": draft_id})
    return Answer("absence.mine") if name == "mine" else Answer(f"absence.{name}", {"draft_id": draft_id})


def begin(session: Session, me: PersonView, text: str, *, now: datetime) -> tuple[str, int]:
    """The first step: what is planned already, or the question that the words leave open."""
    today = local_day(now)
    said = parse_ahead(text, today)
    if said.starts_on is None:
        return ("mine", 0) if queries.list_own(session, me.id, today) else begin_anew(session, me, now=now)
    draft = drafts.open_draft(session, me.id, DRAFT, now=now, step="from")
    return set_days(session, me, draft.id, said.starts_on, said.ends_on, now=now)


def begin_anew(session: Session, me: PersonView, *, now: datetime) -> tuple[str, int]:
    return "from", drafts.open_draft(session, me.id, DRAFT, now=now, step="from").id


def begin_longer(session: Session, me: PersonView, absence_id: int, *, now: datetime) -> tuple[str, int]:
    """Asks how much longer. Raises Refused("absence.none") for anything but the person's own that still lasts."""
    own = {view.id: view for view in queries.list_own(session, me.id, local_day(now))}
    if absence_id not in own:
        raise Refused("absence.none")
    starts_on = own[absence_id].days[1] + ONE_DAY
    draft = drafts.open_draft(
        session, me.id, DRAFT, now=now, step="until", facts={"starts_on": starts_on.isoformat(), "longer": True}
    )
    return "until", draft.id


def set_days(
    session: Session, me: PersonView, draft_id: int, starts_on: date | None, ends_on: date | None, *, now: datetime
) -> tuple[str, int]:
    """Keeps what was said of the days; the next question. Raises as `check_days`."""
    draft = _own(session, me, draft_id)
    facts = dict(draft.facts)
    if starts_on is not None:
        facts["starts_on"] = starts_on.isoformat()
    if ends_on is not None:
        facts["ends_on"] = ends_on.isoformat()
    first = date.fromisoformat(facts["starts_on"])
    last = date.fromisoformat(facts["ends_on"]) if "ends_on" in facts else first + ONE_DAY
    actions.check_days(session, me.id, first, last, local_day(now))
    draft.facts, draft.step, draft.updated_at = facts, "cover" if "ends_on" in facts else "until", now
    session.flush()
    if draft.step == "cover" and not me.has_role("helper"):
        return "made", finish(session, me, draft_id, None, now=now).absence_id
    return draft.step, draft.id


def set_length(session: Session, me: PersonView, draft_id: int, days: int, *, now: datetime) -> tuple[str, int]:
    facts = _own(session, me, draft_id).facts
    if "starts_on" not in facts:
        raise Refused("draft.gone")
    ends_on = date.fromisoformat(facts["starts_on"]) + timedelta(days=days)
    return set_days(session, me, draft_id, None, ends_on, now=now)


def finish(
    session: Session, me: PersonView, draft_id: int, cover_id: int | None, *, now: datetime
) -> actions.AbsenceMade:
    """The last step: the absence begins, or is planned. Raises as `go_away`."""
    draft = _own(session, me, draft_id)
    if "ends_on" not in draft.facts:
        raise Refused("draft.gone")
    days = (date.fromisoformat(draft.facts["starts_on"]), date.fromisoformat(draft.facts["ends_on"]))
    made = actions.go_away(session, me, *days, cover_id, now=now)
    drafts.close(session, draft, "done", now=now)
    return made


def _own(session: Session, me: PersonView, draft_id: int) -> Draft:
    return drafts.get_own(session, me.id, draft_id, DRAFT)

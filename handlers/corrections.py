"""更正 of a record, from its card or by a message (更正:…): what, what instead, a card with 原来 and 改为, 确认."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.parsing import Report, parse_report
from handlers.records import see_own
from handlers.reply import Answer
from handlers.reports import Known, only_a_day
from models.access import PersonView
from models.errors import Refused
from models.visits import correcting, corrections
from models.visits.corrections import Wanted
from models.visits.reports import Part
from models.visits.tables import OUTCOMES

NOT_BUT = re.compile(r"不是(?P<wrong>[^,,。;;]{1,12}?)[,,]?\s*(?:而)?(?:应该)?是(?P<right>[^,,。;;]{1,12})")
"""不是李宁家,是王芳家."""
ALIVE = re.compile(r"(?<!有)(?:没有?|没得|未|不是)(?:过世|去世|死)|健在|还在世|还活着|not (?:dead|died)", re.IGNORECASE)
HEAD = re.compile(r"^\s*(?:更正|改正|纠正|订正|correction)\s*[:: ,,]*", re.IGNORECASE)


async def ask_what(incoming: Incoming, context: Context) -> None:
    """`visit:correct:ID`: what about the record is to be changed."""
    await context.run(see_own, context.me.id, context.number(), reply="visit.correct")


async def begin(incoming: Incoming, context: Context) -> None:
    """`visit:fix:ID:VERSION:WHAT`."""
    await context.run(
        correcting.begin, context.me.id, context.number(), context.number(1), context.word(2), reply=show_pending
    )


def show_pending(kept: correcting.Kept) -> Answer:
    return Answer("visit.fix", {"draft_id": kept.draft_id, **({"stale": True} if kept.stale else {})})


async def choose_visit(incoming: Incoming, context: Context) -> None:
    """`visit:fix_this:DRAFT:VISIT`: which record a message meant."""
    await context.run(correcting.choose_visit, context.me.id, context.number(), context.number(1), reply=show_pending)


async def choose_value(incoming: Incoming, context: Context) -> None:
    """`visit:fixed:DRAFT:VALUE`: a day, an outcome or kind, a household, by what was asked."""
    draft_id, value = context.number(), context.word(1)
    await context.run(_choose, context.me.id, draft_id, value, reply=show_pending)


def _choose(session: Session, person_id: int, draft_id: int, value: str, *, now: Any) -> correcting.Kept:
    pending = correcting.get_pending(session, person_id, draft_id)
    wanted = wanted_by(pending.step, value)
    if wanted is None:
        return correcting.Kept(draft_id, stale=True)
    return correcting.want(session, person_id, draft_id, wanted, now=now)


def wanted_by(step: str, value: str) -> Wanted | None:
    """What a button's value means under what was asked; None where it belongs to an older screen."""
    number = int(value) if value.isascii() and value.isdecimal() and len(value) <= 12 else 0
    if step == "day" and 0 < number <= date.max.toordinal():
        return Wanted(visited_on=date.fromordinal(number))
    if step == "household" and number:
        return Wanted(household_id=number)
    if step == "outcome" and value in OUTCOMES:
        return Wanted(outcome=value)
    if step == "outcome" and value in ("phone", "routine"):
        return Wanted(kind=value)
    return None


async def confirm(incoming: Incoming, context: Context) -> None:
    """`visit:fix_yes:DRAFT:VERSION`."""
    await context.run(correcting.confirm, context.me.id, context.number(), context.number(1), reply=_confirmed)


def _confirmed(result: correcting.Kept | corrections.Corrected) -> Answer:
    if isinstance(result, correcting.Kept):
        return show_pending(result)
    return Answer("visit.corrected", {"visit_id": result.visit_id})


async def cancel(incoming: Incoming, context: Context) -> None:
    """`visit:fix_no:DRAFT`: the record stays as it is."""
    await context.run(correcting.cancel, context.me.id, context.number(), reply=Answer("visit.not_corrected"))


async def take_words(incoming: Incoming, context: Context) -> None:
    """The next text while a correction is open: what was asked for, or a report that has nothing to do with it."""
    from handlers.reporting import read_reporting, take_words

    draft = context.draft
    pending = await context.read(correcting.get_pending, context.me.id, draft.id)
    text = incoming.text.strip()
    if pending.step == "add" and text:
        await context.run(correcting.add_words, context.me.id, draft.id, text, reply=_confirmed)
        return
    if pending.step == "note" and text:
        await context.run(correcting.want, context.me.id, draft.id, Wanted(note=text), reply=show_pending)
        return
    _, scope = await context.read(read_reporting, context.me, context.today, context.now)
    report = parse_report(text, context.sent_local, scope, sender=context.me.name)
    wanted = _said_instead(pending.step, text, report, context, scope)
    if wanted is not None:
        await context.run(correcting.want, context.me.id, draft.id, wanted, reply=show_pending)
    elif report.lines or report.questions or pending.step == "card":
        await take_words(incoming, context)
    else:
        await context.reply("visit.fix", draft_id=draft.id)


def _said_instead(step: str, text: str, report: Report, context: Context, scope: Known) -> Wanted | None:
    """The day or the household that was typed where it was asked for."""
    if step == "day" and (day := only_a_day(text, context.sent_local.date())):
        return Wanted(visited_on=day)
    if step == "household" and len(text) <= 12 and (found := _only_household(text, context, scope)):
        return Wanted(household_id=found)
    return None


def _only_household(words: str, context: Context, scope: Known) -> int | None:
    report = parse_report(f"去了{words}", context.sent_local, scope, sender=context.me.name)
    ids = {line.household_id for line in report.lines}
    return ids.pop() if len(ids) == 1 and not report.questions else None


# --- by a message ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meant:
    """Which record a message means and what it is to say: the household and the day by which to find it."""

    household_id: int | None
    day: date | None
    wanted: Wanted
    alive: bool = False
    """没有过世: about the record that says so."""


async def take_correction(context: Context, part: Part, scope: Known) -> None:
    """更正:… while no report is open: the record meant, or the question which one."""
    newest = await context.read(read_newest, context.me, now=context.now)
    meant = understand_correction(part.text, context, scope, newest)
    if meant is None:
        raise Refused("visit.correct_one")
    await context.run(begin_by_words, context.me.id, meant, reply=show_pending)


def read_newest(session: Session, person: PersonView, *, now: Any) -> int | None:
    """The household of the person's newest record, where that is one only: 更正:没见到人 is about it."""
    ids = corrections.find_meant(session, person.id, None, None, now=now)
    households = {corrections.get_own(session, person.id, each).household_id for each in ids}
    return households.pop() if len(households) == 1 else None


def understand_correction(text: str, context: Context, scope: Known, newest: int | None) -> Meant | None:
    """What a correction says. None where it is about several households at once, or says nothing to go by."""
    swapped = _not_but(text, context, scope)
    if swapped is not None:
        return swapped
    report = parse_report(text, context.sent_local, scope, sender=context.me.name)
    if not report.lines and (day := only_a_day(text, context.sent_local.date())):
        return Meant(None, None, Wanted(visited_on=day))
    named = bool(report.lines)
    if not named and any(question.code in ("unknown", "household") for question in report.questions):
        raise Refused("visit.nothing_to_correct")
    if not named and newest is not None and newest in scope.by_id:
        said = HEAD.sub("", text)
        about = f"更正:{scope.by_id[newest].head_name},{said}"
        report = parse_report(about, context.sent_local, scope, sender=context.me.name)
    if len(report.lines) != 1:
        return None
    (line,) = report.lines
    wanted = Wanted(
        visited_on=line.visited_on if report.day_said else None,
        outcome=line.outcome if line.said else None,
        kind=line.kind if line.kind != "routine" else None,
        note=line.note or None,
        away_until=line.away_until,
    )
    return Meant(line.household_id if named else None, wanted.visited_on, wanted, bool(ALIVE.search(text)))


def _not_but(text: str, context: Context, scope: Known) -> Meant | None:
    """不是李宁是王芳, 不是9号是8号: the record of the one, which is to say the other."""
    found = NOT_BUT.search(HEAD.sub("", text))
    if found is None:
        return None
    wrong, right, today = found["wrong"], found["right"], context.sent_local.date()
    days = only_a_day(wrong, today), only_a_day(right, today)
    if days[0] and days[1]:
        return Meant(None, days[0], Wanted(visited_on=days[1]))
    households = _only_household(wrong, context, scope), _only_household(right, context, scope)
    if households[0] and households[1]:
        return Meant(households[0], None, Wanted(household_id=households[1]))
    return None


def begin_by_words(session: Session, person_id: int, meant: Meant, *, now: Any) -> correcting.Kept:
    """Opens the correction of the record that is meant; the day finds it or, where none is of that day, is the new one."""
    ids = corrections.find_meant(session, person_id, meant.household_id, meant.day, now=now)
    if meant.alive:
        dead = [row for each in ids if (row := corrections.get_own(session, person_id, each)).outcome == "deceased"]
        if len(dead) == 1 and meant.wanted.outcome is None:
            return correcting.begin(session, person_id, dead[0].id, dead[0].version, "outcome", now=now)
        ids = [row.id for row in dead] or ids
    return correcting.begin_by_words(session, person_id, ids, meant.wanted, now=now)

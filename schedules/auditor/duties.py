"""What can be stuck about duties, and how it is healed: always by the planner's own functions, which may be called again."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from models.duties import Duty, dates
from models.duties.checkmarks import checked, checked_late
from models.duties.counting import all_days, done_days
from models.duties.dates import follow_posts, list_due_periods, plan_due
from models.duties.owners import after_assignment
from models.duties.pausing import DECEASED, end_stop
from models.duties.planning import list_missing, period_for, plan_households
from models.duties.replanning import replan
from models.duties.settling import count, judge, note, settle
from models.duties.steps import ACTIONS, step_moment, stop
from models.duties.tables import STATES
from models.households import Household
from models.rules import Parameters, RuleParameters, get_parameters
from models.rules.dates import DateParameters
from models.times import ONE_DAY, calendar, local_day
from schedules.auditor.shapes import MOST, Check, Look, Stuck
from schedules.ladders import report_some
from schedules.planning import dates_are_planned, periods_to_plan
from schedules.reminders import remind_some

HOUSEHOLDS = 5_000
"""Households, and duties, of one look: three looks see all of a large township."""
REMEMBERED = timedelta(days=92)
"""Figures of periods that ended longer ago are no longer compared."""
OPEN = Duty.state == literal("open", literal_execute=True)
PARKED = "parked"
"""The `next_action` of a duty whose step failed: no tick takes it, the auditor tries it again."""
FIGURED = ("open", "done", "explained", "settled")


def _stuck(rows: object) -> list[Stuck]:
    return [Stuck(f"duty:{row.id}", {"village_id": row.village_id}) for row in rows]  # type: ignore[attr-defined]


def find_overdue(session: Session, look: Look) -> list[Stuck]:
    """Open duties whose next planned moment has gone by, or that have none; those put aside stay found."""
    query = select(Duty.id, Duty.village_id).where(OPEN).order_by(Duty.next_action_at, Duty.id).limit(MOST)
    if (ids := look.ids("duty")) is not None:
        late = or_(Duty.next_action_at.is_(None), Duty.next_action_at < look.late, Duty.next_action == PARKED)
        return _stuck(session.execute(query.where(Duty.id.in_(ids), late)))
    found = list(session.execute(query.where(Duty.next_action_at.is_(None))))
    if look.patient:
        found += session.execute(query.where(Duty.next_action_at < look.late))
    return _stuck(found[:MOST])


def move_on(session: Session, stuck: Stuck, now: datetime) -> str | None:
    """Plans the duty anew, or takes its step alone. A step that cannot be taken is put aside, so that it no longer
    stands in the way of the others; gives the class of what went wrong."""
    duty = session.get_one(Duty, stuck.id)
    try:
        with session.begin_nested():
            if duty.next_action_at is None or duty.next_action not in ACTIONS:
                _plan_anew(session, duty, now)
            remind_some(session, now=now, only=duty.id)
            report_some(session, now=now, only=duty.id)
    except Exception as error:
        # Whatever is wrong with this one, it must not stop its batch for ever.
        session.refresh(duty)
        if duty.next_action != PARKED:
            note(session, duty, PARKED, now=now, cause=type(error).__name__)
        duty.next_action, duty.next_action_at = PARKED, step_moment(local_day(now) + ONE_DAY)
        return type(error).__name__
    return None


def _plan_anew(session: Session, duty: Duty, now: datetime) -> None:
    """The next moment of a duty that lost it; a stop that still holds goes on holding."""
    today = local_day(now)
    if duty.paused_reason == DECEASED:
        stop(duty, "held", calendar().week_opening(today + ONE_DAY), today=today)
    elif duty.paused_until is not None and duty.paused_until >= today:
        stop(duty, "resume", duty.paused_until + ONE_DAY, today=today)
    elif duty.taken_until is not None and duty.taken_until >= today:
        stop(duty, "answer", max(duty.taken_until, today + ONE_DAY), today=today)
    elif duty.stopped_on is not None:
        end_stop(session, duty, now=now)
    else:
        replan(session, duty, now=now)


def _last_step_day(look: Look) -> date:
    """The newest day whose steps must have been taken by now."""
    return look.today if look.late >= step_moment(look.today) else look.today - ONE_DAY


def find_snoozed(session: Session, look: Look) -> list[Stuck]:
    """Pauses that have ended and still hold."""
    if not look.patient:
        return []
    query = select(Duty.id, Duty.village_id).where(OPEN, Duty.paused_until.is_not(None))
    if (ids := look.ids("duty")) is not None:
        query = query.where(Duty.id.in_(ids))
    return _stuck(session.execute(query.where(Duty.paused_until < _last_step_day(look)).limit(MOST)))


def find_taken(session: Session, look: Look) -> list[Stuck]:
    """Cases whose answer day and the working day after it are over, and nothing moved."""
    if not look.patient:
        return []
    last = calendar().on_or_before(_last_step_day(look))
    query = select(Duty.id, Duty.village_id).where(OPEN, Duty.taken_by.is_not(None))
    if (ids := look.ids("duty")) is not None:
        query = query.where(Duty.id.in_(ids))
    return _stuck(session.execute(query.where(func.coalesce(Duty.taken_until, date.min) < last).limit(MOST)))


def go_on(session: Session, stuck: Stuck, now: datetime) -> None:
    """The stop ends as it would have by itself: the ladder goes on from today."""
    duty = session.get_one(Duty, stuck.id)
    note(session, duty, "resumed", now=now, cause=duty.paused_reason, taken_by=duty.taken_by)
    end_stop(session, duty, now=now)
    duty.version += 1


def _stretches(session: Session, look: Look) -> list[ColumnElement[bool]]:
    """The duties to look at again; or the open ones of the next stretch of households and of fixed dates, and the next
    stretch of all."""
    ids = look.ids("duty")
    if ids is not None:
        return [Duty.id.in_(ids)]
    households = Duty.household_id.between(*look.stretch(session, Household.id, HOUSEHOLDS))
    all_others = Duty.id.between(*look.stretch(session, Duty.id, HOUSEHOLDS))
    fixed = and_(Duty.household_id.is_(None), all_others)
    return [and_(OPEN, or_(households, fixed)), and_(Duty.state != "open", all_others, Duty.ends_on >= look.today - REMEMBERED)]


def find_figures(session: Session, look: Look) -> list[Stuck]:
    """Duties whose kept figure, or the state that follows from it, is not what the visits or checkmarks say."""
    found = []
    for of in _stretches(session, look):
        for rule_id in session.scalars(select(Duty.rule_id).where(of).distinct()).all():
            parameters = get_parameters(session, rule_id)
            mine = of, Duty.rule_id == rule_id, Duty.state.in_(FIGURED)
            suspects = select(Duty).where(*mine, _differs(parameters)).limit(MOST)
            found += [duty for duty in session.scalars(suspects) if _is_wrong(session, duty, parameters)]
    return _stuck(found)[:MOST]


def _differs(parameters: Parameters) -> ColumnElement[bool]:
    first = Duty.cycle == 1
    if isinstance(parameters, DateParameters):
        figures = Duty.done != checked(), Duty.late != checked_late()
    else:
        figures = Duty.done != done_days(parameters), Duty.done + Duty.late != all_days(parameters)
    return or_(
        *figures,
        and_(first, Duty.state == "open", Duty.done >= Duty.needed),
        and_(first, Duty.state == "done", Duty.done < Duty.needed),
    )


def _is_wrong(session: Session, duty: Duty, parameters: Parameters) -> bool:
    figure = count(session, duty, parameters)
    if (figure.done, figure.late) != (duty.done, duty.late):
        return True
    return duty.state in ("open", "done") and judge(duty, figure) != duty.state


def recount(session: Session, stuck: Stuck, now: datetime) -> None:
    """The figure is counted again; what follows from it follows. What somebody explained or settled stays so."""
    duty = session.get_one(Duty, stuck.id)
    figure = count(session, duty, get_parameters(session, duty.rule_id))
    if duty.state in ("open", "done") or judge(duty, figure) == "done":
        settle(session, duty, now=now)
    else:
        duty.done, duty.late = figure.done, figure.late


def find_missing(session: Session, look: Look) -> list[Stuck]:
    """Households that owe something in a running period and have no duty for it; posts and areas that owe something by
    a fixed day."""
    if not look.patient:
        return []
    missing = list(_missing_dates(session, look))
    ids = look.ids("household")
    ranges = [look.stretch(session, Household.id, HOUSEHOLDS)] if ids is None else [(each, each) for each in ids]
    return [*missing, *_missing(session, look, ranges)][:MOST]


def _missing_dates(session: Session, look: Look) -> Iterator[Stuck]:
    """Where the planner holds that everything is planned: until then nothing is missing but its next turn."""
    if not dates_are_planned(session, look.today):
        return
    for due in list_due_periods(session, look.today):
        for subject in dates.list_missing(session, due, look.today)[:MOST]:
            stuck = f"{subject}:{due.rule.code}:{due.period.code}"
            if look.among is None or stuck in look.among:
                yield Stuck(stuck)


def _missing(session: Session, look: Look, ranges: list[tuple[int, int]]) -> Iterator[Stuck]:
    for rules, length, day in periods_to_plan(session, look.today):
        starts_on = period_for(RuleParameters(), length, day).starts_on
        for first, last in ranges:
            for household_id in list_missing(session, rules, length, day, first, last, before=look.late)[:MOST]:
                yield Stuck(f"household:{household_id}:{length}:{starts_on.isoformat()}")


def plan(session: Session, stuck: Stuck, now: datetime) -> None:
    """The planner once more, for this household only, or for all fixed dates."""
    if not stuck.subject.startswith("household:"):
        for due in list_due_periods(session, local_day(now)):
            plan_due(session, due, now=now)
        follow_posts(session, now=now)
        return
    for rules, length, day in periods_to_plan(session, local_day(now)):
        plan_households(session, rules, length, day, stuck.id, stuck.id, now=now)
    after_assignment(session, [stuck.id], now=now)


def find_strange(session: Session, look: Look) -> list[Stuck]:
    """Duties in a state that does not exist: they would be missing in the sum of what was planned."""
    of = look.where(session, Duty.id, "duty", HOUSEHOLDS)
    return _stuck(session.execute(select(Duty.id, Duty.village_id).where(of, Duty.state.not_in(STATES)).limit(MOST)))


CHECKS = (
    Check("duty.overdue", find_overdue, move_on),
    Check("duty.snoozed", find_snoozed, go_on),
    Check("duty.taken", find_taken, go_on),
    Check("duty.figure", find_figures, recount),
    Check("duty.missing", find_missing, plan),
)

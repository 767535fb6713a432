"""Planning: the duties of each period, a range of households a tick, and the households that came later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ScalarSelect, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.base import bare
from models.duties.dates import follow_posts, follow_rules, list_due_periods, plan_due
from models.duties.owners import after_assignment
from models.duties.planning import period_for, plan_households
from models.households import Assignment, Household, current_assignments
from models.installation import Fact, find_fact, live_since, set_fact
from models.people import Grant
from models.rules import VISIT_RULE, Rule, RuleParameters, list_rules_for
from models.times import ONE_DAY, local_day, moment_at

RANGE = 10_000
HANDS = 500
VISITS, DATES = "planned_visits", "planned_dates"
"""The facts that say what there was when all visits, or all fixed dates, were planned last."""
_TODAY = bindparam("today", type_=Date)


def plan_some(session: Session, *, now: datetime) -> bool:
    """Makes the duties that are missing for one range of households; True = call me again.

    Each period remembers how far it is planned; what was imported later has higher ids and is planned then.
    """
    look = _look(session, local_day(now))
    if look.live is None:
        return False
    if look.planned_visits != look.visits:
        if _plan_visits(session, now=now) or _change_hands(session, now=now) or _turn_day(session, now=now):
            return True
        set_fact(session, VISITS, stamp=look.visits)
    if look.planned_dates != look.dates:
        if _plan_dates(session, now=now):
            return True
        set_fact(session, DATES, stamp=look.dates)
    return False


@dataclass(frozen=True)
class _Look:
    """`visits`, `dates`: what must have changed before there can be anything to plan or to hand over (the day, a
    household, a helper, a post, a rule); `planned_…`: how it was when that was done last."""

    live: dict[str, Any] | None
    visits: str
    dates: str
    planned_visits: str | None
    planned_dates: str | None


def _newest(table: type[Household | Assignment | Rule | Grant]) -> ScalarSelect[int]:
    return select(func.max(bare(table).c.id)).scalar_subquery()


def _fact(name: str) -> ScalarSelect[Any]:
    return select(bare(Fact).c.value).where(bare(Fact).c.name == name).scalar_subquery()


_ENDED = select(func.count()).where(bare(Grant).c.ends_on <= _TODAY).scalar_subquery()
_LOOK = select(
    _fact("live_since"), _fact(VISITS), _fact(DATES), _newest(Household), _newest(Assignment), _newest(Rule),
    _newest(Grant), _ENDED,
)  # fmt: skip


def _look(session: Session, today: date) -> _Look:
    """Asked every few seconds and mostly for nothing, so it is one statement."""
    session.flush()
    live, visits, dates, household, assignment, rule, grant, ended = session.execute(_LOOK, {"today": today}).one()
    return _Look(
        live,
        f"{today.isoformat()} {household} {assignment} {rule}",
        f"{today.isoformat()}:{grant}:{ended}:{rule}",
        (visits or {}).get("stamp"),
        (dates or {}).get("stamp"),
    )


def _plan_visits(session: Session, *, now: datetime) -> bool:
    today = local_day(now)
    newest = session.scalar(select(func.max(Household.id))) or 0
    for length in _lengths(session):
        for day in _days_to_plan(length, today):
            if _plan_range(session, length, day, newest, now=now):
                return True
    return False


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """The next local midnight: a period may begin with it. None before the installation is live."""
    return moment_at(local_day(now) + ONE_DAY) if live_since(session) is not None else None


def periods_to_plan(session: Session, today: date) -> Iterator[tuple[list[Rule], str, date]]:
    """What must be planned on a day: the rules that govern a period, its length, a day in it. Nothing before going live."""
    if live_since(session) is None:
        return
    for length in _lengths(session):
        for day in _days_to_plan(length, today):
            if rules := list_rules_for(session, VISIT_RULE, period_for(RuleParameters(), length, day).starts_on):
                yield rules, length, day


_VISIT_RULES = select(Rule).where(Rule.code == VISIT_RULE, Rule.state == "on")


def _lengths(session: Session) -> list[str]:
    """Every length of period that any version of the rule uses."""
    found: dict[str, None] = {}
    for rule in session.scalars(_VISIT_RULES):
        found.update(dict.fromkeys(RuleParameters.from_dict(rule.parameters).periods()))
    return list(found)


def _days_to_plan(length: str, today: date) -> list[date]:
    """A day in the period before today's, while that one's 补录期 still runs, and today."""
    this = period_for(RuleParameters(), length, today)
    before = period_for(RuleParameters(), length, this.starts_on - ONE_DAY)
    return [before.starts_on, today] if today <= before.grace_ends_on else [today]


def _plan_range(session: Session, length: str, day: date, newest: int, *, now: datetime) -> bool:
    """Plans the next range of one period. False when it is planned as far as there are households."""
    starts_on = period_for(RuleParameters(), length, day).starts_on
    rules = list_rules_for(session, VISIT_RULE, starts_on)
    name = f"planned:{VISIT_RULE}:{length}:{starts_on.isoformat()}"
    done = (find_fact(session, name) or {"upto": 0})["upto"]
    if not rules or done >= newest:
        return False
    upto = min(done + RANGE, newest)
    plan_households(session, rules, length, day, done + 1, upto, now=now)
    covered = session.scalars(
        select(Assignment.household_id).where(
            Assignment.position == "cover",
            Assignment.household_id.between(done + 1, upto),
            current_assignments(local_day(now)),
        )
    )
    after_assignment(session, list(covered), now=now)
    set_fact(session, name, upto=upto)
    return True


def _plan_dates(session: Session, *, now: datetime) -> bool:
    """Fixed dates: duties and their owners, when a day, a post or a rule has changed. False when there is no more."""
    follow_rules(session, now=now)
    full = follow_posts(session, now=now)
    made = sum(plan_due(session, due, now=now) for due in list_due_periods(session, local_day(now)))
    return follow_posts(session, now=now) if made else full


def dates_are_planned(session: Session, today: date) -> bool:
    """Whether the planner has nothing left to do about fixed dates."""
    look = _look(session, today)
    return look.planned_dates == look.dates


def _change_hands(session: Session, *, now: datetime) -> bool:
    """Gives open duties to helpers who were assigned since the last look. False when there are no more."""
    newest: int = session.scalar(select(func.max(Assignment.id))) or 0
    seen: int = (find_fact(session, "assignments") or {"upto": 0})["upto"]
    if seen >= newest:
        return False
    upto = min(seen + HANDS, newest)
    households = session.scalars(
        select(Assignment.household_id).where(Assignment.id > seen, Assignment.id <= upto).distinct()
    )
    after_assignment(session, list(households), now=now)
    set_fact(session, "assignments", upto=upto)
    return upto < newest


_FROM, _TO = bindparam("from_day", type_=Date), bindparam("to_day", type_=Date)
_TURNED = (
    select(Assignment.household_id)
    .where(
        or_(
            and_(Assignment.starts_on > _FROM, Assignment.starts_on <= _TO),
            and_(Assignment.ends_on > _FROM, Assignment.ends_on <= _TO),
        ),
        Assignment.household_id > bindparam("after"),
    )
    .distinct()
    .order_by(Assignment.household_id)
    .limit(HANDS)
)


def _turn_day(session: Session, *, now: datetime) -> bool:
    """Gives open duties to whoever has them since an assignment began or ended by its date: once a day, in parts.
    False when all of the day is done.

    `upto` is the last day dealt with, `household` how far the days up to today are. Where a clock that was ahead was put
    right, `upto` is still to come: what had begun or ended by then has not.
    """
    today = local_day(now)
    fact = find_fact(session, "assignment_days") or {"upto": (today - ONE_DAY).isoformat(), "household": 0}
    upto = date.fromisoformat(fact["upto"])
    if upto == today:
        return False
    days = {"from_day": min(upto, today), "to_day": max(upto, today)}
    households = session.scalars(_TURNED, {**days, "after": fact["household"]}).all()
    after_assignment(session, households, now=now)
    if len(households) == HANDS:
        set_fact(session, "assignment_days", upto=fact["upto"], household=households[-1])
        return True
    set_fact(session, "assignment_days", upto=today.isoformat(), household=0)
    return False

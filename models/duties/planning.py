"""Making the duties of a period: one statement a range of households, the same again makes nothing new."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    types,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import BigId, UtcMoment
from models.duties.away import lighten_planned
from models.duties.counting import done_days
from models.duties.steps import NextStep, first_step
from models.duties.tables import Duty
from models.households import Assignment, Household, current_assignments
from models.periods import Period, enough_days, period_of
from models.rules import Parameters, Rule, RuleParameters
from models.rules.holding import villages_under
from models.times import ONE_DAY, calendar, local_day, moment_at


def period_for(parameters: RuleParameters, length: str, day: date) -> Period:
    """The period of that length which `day` lies in, with this rule's due day and 补录期."""
    return period_of(
        day, length, parameters.due_day, parameters.grace_workdays, calendar(),
        due_weekday=parameters.due_weekday, due_before_end=parameters.due_before_end,
    )  # fmt: skip


def plan_households(
    session: Session, rules: Sequence[Rule], length: str, day: date, first_id: int, last_id: int, *, now: datetime
) -> int:
    """Makes the duties of the period around `day` for active households with ids in a range; returns how many are new.

    `rules` are the versions that govern the period (models.rules.list_rules_for): the most specific area wins.
    """
    made = 0
    for rule in rules:
        parameters = RuleParameters.from_dict(rule.parameters)
        if length not in parameters.periods():
            continue
        period = period_for(parameters, length, day)
        scope = and_(
            Household.id.between(first_id, last_id),
            area_of(session, rule, rules),
            _kinds(parameters, length),
            _not_asked_otherwise(rules, period),
        )
        made += _insert(session, rule, parameters, period, length, scope, now)
        lighten_planned(session, rule.id, period.code, period.starts_on, period.ends_on, first_id, last_id)
        _count_what_is_there(session, rule, parameters, period, first_id, last_id, now)
    return made


def _insert(
    session: Session,
    rule: Rule,
    parameters: RuleParameters,
    period: Period,
    length: str,
    scope: ColumnElement[bool],
    now: datetime,
) -> int:
    needed = _needed(parameters, length, period)
    values = {
        "subject": literal("household:").concat(cast(Household.id, types.Text)),
        "household_id": Household.id,
        "person_id": Assignment.person_id,
        "village_id": Household.village_id,
        "needed": needed,
        **planned_values(rule, parameters, period, now),
    }
    rows = (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(Household)
        .outerjoin(Assignment, _held(local_day(now)))
        .where(Household.status == "active", Household.paused_at.is_(None), scope, needed > 0)
    )
    return insert_planned(session, list(values), rows)


def planned_values(rule: Rule, parameters: Parameters, period: Period, now: datetime) -> dict[str, Any]:
    """What all duties of one plan begin with, whoever owes them."""
    step = _first_step(parameters, period, now)
    return {
        "rule_id": literal(rule.id, BigId),
        "rule_code": literal(rule.code),
        "period": literal(period.code),
        "cycle": literal(1),
        "starts_on": literal(period.starts_on, types.Date),
        "due_on": literal(period.due_on, types.Date),
        "ends_on": literal(period.ends_on, types.Date),
        "grace_ends_on": literal(period.grace_ends_on, types.Date),
        "closes_at": literal(moment_at(period.grace_ends_on + ONE_DAY), UtcMoment),
        "done": literal(0),
        "late": literal(0),
        "state": literal("open"),
        "level": literal(0),
        "position": literal(0),
        "repeats": literal(0),
        "shift_days": literal(0),
        "next_action": literal(step.action),
        "next_action_at": literal(step.at, UtcMoment),
        "version": literal(1),
        "opened_at": literal(now, UtcMoment),
    }


def insert_planned(session: Session, names: list[str], rows: Select[Any]) -> int:
    """Adds the duties that are not there yet; how many."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Duty).from_select(names, rows, include_defaults=False)
    result = session.execute(statement.on_conflict_do_nothing())
    return int(result.rowcount)  # type: ignore[attr-defined]


def _first_step(parameters: Parameters, period: Period, now: datetime) -> NextStep:
    """What all duties of one plan begin with. Whether there is a second helper matters only after the period."""
    duty = Duty(
        period=period.code,
        starts_on=period.starts_on,
        due_on=period.due_on,
        ends_on=period.ends_on,
        grace_ends_on=period.grace_ends_on,
        person_id=0,
        cycle=1,
        position=0,
        repeats=0,
        level=0,
        shift_days=0,
        postponed=0,
        in_row=0,
        opened_at=now,
    )
    return first_step(duty, parameters, has_second=True, today=local_day(now))


def _needed(parameters: RuleParameters, length: str, period: Period) -> ColumnElement[int]:
    """The quota by household kind; less for who began in the middle (models.periods.prorated in SQL)."""
    whole: ColumnElement[int] = literal(parameters.needed if parameters.period == length else 0)
    own = {kind: quota.needed for kind, quota in parameters.kinds.items() if quota.period == length}
    if own:
        whole = case(own, value=Household.kind, else_=whole)
    full, one = enough_days(period)
    return case(
        (_began_after(period.ends_on - ONE_DAY * (one - 1), period), 0),
        (and_(_began_after(period.ends_on - ONE_DAY * (full - 1), period), whole > 1), 1),
        else_=whole,
    )


def _began_after(day: date, period: Period) -> ColumnElement[bool]:
    day = max(day, period.starts_on)
    return or_(func.coalesce(Assignment.starts_on, day) > day, Household.registered_on > day)


def _kinds(parameters: RuleParameters, length: str) -> ColumnElement[bool]:
    """The household kinds that this length of period is about."""
    elsewhere = [kind for kind, quota in parameters.kinds.items() if quota.period != length]
    if parameters.period == length:
        return Household.kind.not_in(elsewhere) if elsewhere else true()
    return Household.kind.in_([kind for kind, quota in parameters.kinds.items() if quota.period == length])


def _not_asked_otherwise(rules: Sequence[Rule], period: Period) -> ColumnElement[bool]:
    """Not for households that moved here, or became of this kind, and owe for a period within this one or around it
    already: what holds for them now begins with the next period. Nobody is asked for the same time twice."""
    lengths = {length for rule in rules for length in RuleParameters.from_dict(rule.parameters).periods()}
    if len(lengths) < 2:
        return true()
    within = and_(Duty.starts_on >= period.starts_on, Duty.ends_on <= period.ends_on)
    around = and_(Duty.starts_on <= period.starts_on, Duty.ends_on >= period.ends_on)
    asked = exists().where(
        Duty.rule_code == rules[0].code,
        Duty.subject == literal("household:").concat(cast(Household.id, types.Text)),
        Duty.period != period.code,
        Duty.cycle == 1,
        Duty.state != "void",
        or_(within, around),
    )
    return ~asked


def area_of(session: Session, rule: Rule, rules: Sequence[Rule]) -> ColumnElement[bool]:
    """The rule's area without the areas below it that have a version of their own."""
    own = [each.area_id for each in rules if each.area_id is not None]
    inside = villages_under(session, rule.area_id, own)
    return true() if inside is None else Household.village_id.in_(inside)


def _count_what_is_there(
    session: Session,
    rule: Rule,
    parameters: RuleParameters,
    period: Period,
    first_id: int,
    last_id: int,
    now: datetime,
) -> None:
    """Counts visits that were logged before the plan was made, for households met within the period only."""
    met = (
        select(Household.id)
        .where(Household.id.between(first_id, last_id), Household.last_met_on >= period.starts_on)
        .order_by(Household.id)
    )
    households = session.scalars(met).all()
    if not households:
        return
    mine = (
        Duty.household_id.in_(households),
        Duty.rule_id == rule.id,
        Duty.period == period.code,
        Duty.state == "open",
    )
    same = {"synchronize_session": False}
    session.execute(update(Duty).where(*mine).values(done=done_days(parameters)), execution_options=same)
    session.execute(
        update(Duty).where(*mine, Duty.done >= Duty.needed).values(state="done", closed_at=now, version=2),
        execution_options=same,
    )


def list_missing(
    session: Session, rules: Sequence[Rule], length: str, day: date, first_id: int, last_id: int, *, before: datetime
) -> list[int]:
    """Households of a range, known since before a moment, that owe something in the period around `day` and have no
    duty for it: what `plan_households` would make for them. For the auditor."""
    today = local_day(before)
    found: list[int] = []
    for rule in rules:
        parameters = RuleParameters.from_dict(rule.parameters)
        if length not in parameters.periods():
            continue
        period = period_for(parameters, length, day)
        subject = literal("household:").concat(cast(Household.id, types.Text))
        planned = exists().where(
            Duty.rule_code == rule.code, Duty.subject == subject, Duty.period == period.code, Duty.cycle == 1
        )
        query = (
            select(Household.id)
            .outerjoin(Assignment, _held(today))
            .where(
                Household.id.between(first_id, last_id), Household.created_at < before,
                Household.status == "active", Household.paused_at.is_(None),
                area_of(session, rule, rules), _kinds(parameters, length), _needed(parameters, length, period) > 0,
                _not_asked_otherwise(rules, period),
                ~planned,
            )
        )  # fmt: skip
        found += session.scalars(query.order_by(Household.id)).all()
    return found


def _held(today: date) -> ColumnElement[bool]:
    """The first helper of a household on a day."""
    return and_(Assignment.household_id == Household.id, Assignment.position == "first", current_assignments(today))

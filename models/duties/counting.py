"""What counts (product.md section 4): one expression, used in bulk and for one row. There is no second summary.

For a household: distinct days on which its first or second helper or a cover met it; a confirmed 代录 is a visit of
that helper. Courtesy calls never count, phone calls only where the rule says so and for periods that lie mostly inside
全家外出 (models/duties/away.py). A team head's or leader's own visit adds nothing, but settles a duty past its end.
"""

from sqlalchemy import ColumnElement, ScalarSelect, and_, distinct, exists, false, func, or_, select

from models.duties.tables import Duty
from models.rules import RuleParameters
from models.visits import Visit

COUNTING_CAPACITIES = ("helper", "second", "cover")
SETTLING_CAPACITIES = (*COUNTING_CAPACITIES, "team_head", "deputy", "leader")
POSTPONING = ("away", "unreachable")
DECLINED = "declined"
COUNTING_KINDS = ("routine", "verification", "survey")


def counting_kinds(parameters: RuleParameters) -> tuple[str, ...]:
    return (*COUNTING_KINDS, "phone") if parameters.phone_counts else COUNTING_KINDS


LIGHT = Duty.needed_home.is_not(None)
"""For each row of `Duty`: one phone call is enough, the family being away."""


def visit_counts(parameters: RuleParameters, *, kind: str, outcome: str, capacity: str, light: bool = False) -> bool:
    """Whether a visit of this kind counts toward its household's quota once it is confirmed.

    `light`: the period it lies in needs one call only.
    """
    may = kind in counting_kinds(parameters) or (light and kind == "phone")
    return outcome == "met" and may and capacity in COUNTING_CAPACITIES


def counts(parameters: RuleParameters, light: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """The same for rows of `Visit`, confirmed ones only."""
    return and_(_seen(parameters, light, ()), Visit.capacity.in_(COUNTING_CAPACITIES))


def settles(parameters: RuleParameters, light: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Rows of `Visit` by which the household was really seen, by whoever is responsible for it."""
    return and_(_seen(parameters, light, ("leader",)), Visit.capacity.in_(SETTLING_CAPACITIES))


def _seen(parameters: RuleParameters, light: ColumnElement[bool] | None, more: tuple[str, ...]) -> ColumnElement[bool]:
    called = and_(Visit.kind == "phone", light if light is not None else false())
    kind = or_(Visit.kind.in_((*counting_kinds(parameters), *more)), called)
    return and_(Visit.state == "confirmed", Visit.outcome == "met", kind)


def in_period(*outcomes: str) -> ColumnElement[bool]:
    """Rows of `Visit` by a duty's helpers within its period that met nobody, typed before its 补录期 ended."""
    return and_(
        Visit.household_id == Duty.household_id,
        Visit.state == "confirmed",
        Visit.outcome.in_(outcomes),
        Visit.capacity.in_(COUNTING_CAPACITIES),
        Visit.visited_on >= Duty.starts_on,
        Visit.visited_on <= Duty.ends_on,
        Visit.logged_at < Duty.closes_at,
    )


def missed_days() -> ScalarSelect[int]:
    """For each row of `Duty`: the days on which the family was away or could not be reached."""
    days = select(func.count(distinct(Visit.visited_on))).where(in_period(*POSTPONING))
    return days.correlate(Duty).scalar_subquery()


def was_declined() -> ColumnElement[bool]:
    """For each row of `Duty`: whether the family did not want to be visited."""
    return exists().where(in_period(DECLINED)).correlate(Duty)


def _days(parameters: RuleParameters, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count(distinct(Visit.visited_on)))
        .where(
            Visit.household_id == Duty.household_id,
            Visit.visited_on >= Duty.starts_on,
            Visit.visited_on <= Duty.ends_on,
            counts(parameters, LIGHT),
            *conditions,
        )
        .correlate(Duty)
        .scalar_subquery()
    )


def done_days(parameters: RuleParameters) -> ScalarSelect[int]:
    """For each row of `Duty`: the days that count, typed before its 补录期 ended."""
    return _days(parameters, Visit.logged_at < Duty.closes_at)


def all_days(parameters: RuleParameters) -> ScalarSelect[int]:
    """For each row of `Duty`: the same with what was typed later; the difference to `done_days` is the 补记."""
    return _days(parameters)


def seen_after(parameters: RuleParameters) -> ColumnElement[bool]:
    """For each row of `Duty`: whether somebody responsible met the household after the period's end.

    A cycle opened again is closed by any such visit from the day it was opened.
    """
    return (
        exists()
        .where(
            Visit.household_id == Duty.household_id,
            or_(Visit.visited_on > Duty.ends_on, and_(Duty.cycle > 1, Visit.visited_on >= Duty.starts_on)),
            settles(parameters, LIGHT),
        )
        .correlate(Duty)
    )

"""What counts (product.md section 4): one expression, used in bulk and for one row. There is no second summary.

For a household: distinct days on which its first or second helper or a cover met it; a confirmed 代录 is a visit of
that helper. Courtesy calls never count, phone calls only where the rule says so. A team head's or leader's own visit
adds nothing, but settles a duty past its end.
"""

from sqlalchemy import ColumnElement, ScalarSelect, and_, distinct, exists, func, or_, select

from models.duties.tables import Duty
from models.rules import RuleParameters
from models.visits import Visit

COUNTING_CAPACITIES = ("helper", "second", "cover")
SETTLING_CAPACITIES = (*COUNTING_CAPACITIES, "team_head", "deputy", "leader")
COUNTING_KINDS = ("routine", "verification", "survey")


def counting_kinds(parameters: RuleParameters) -> tuple[str, ...]:
    return (*COUNTING_KINDS, "phone") if parameters.phone_counts else COUNTING_KINDS


def visit_counts(parameters: RuleParameters, *, kind: str, outcome: str, capacity: str) -> bool:
    """Whether a visit of this kind counts toward its household's quota once it is confirmed."""
    return outcome == "met" and kind in counting_kinds(parameters) and capacity in COUNTING_CAPACITIES


def counts(parameters: RuleParameters) -> ColumnElement[bool]:
    """The same for rows of `Visit`, confirmed ones only."""
    return and_(
        Visit.state == "confirmed",
        Visit.outcome == "met",
        Visit.kind.in_(counting_kinds(parameters)),
        Visit.capacity.in_(COUNTING_CAPACITIES),
    )


def settles(parameters: RuleParameters) -> ColumnElement[bool]:
    """Rows of `Visit` by which the household was really seen, by whoever is responsible for it."""
    return and_(
        Visit.state == "confirmed",
        Visit.outcome == "met",
        Visit.kind.in_((*counting_kinds(parameters), "leader")),
        Visit.capacity.in_(SETTLING_CAPACITIES),
    )


def _days(parameters: RuleParameters, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count(distinct(Visit.visited_on)))
        .where(
            Visit.household_id == Duty.household_id,
            Visit.visited_on >= Duty.starts_on,
            Visit.visited_on <= Duty.ends_on,
            counts(parameters),
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
            settles(parameters),
        )
        .correlate(Duty)
    )

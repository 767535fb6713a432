"""In a row (连续): periods of one household, one after the other, in which it was not visited as it should be.

A period that is still open counts, and one that was explained or settled unless somebody met the household since it
began (engine.md 3). The older duty goes on with the newer one: settled, carried over; one line instead of two.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.duties.counting import settles
from models.duties.settling import carry
from models.duties.tables import Duty
from models.rules import RuleParameters, get_parameters
from models.times import ONE_DAY
from models.visits import Visit

MISSED = ("open", "explained", "settled")


def list_missed_before(session: Session, duties: Iterable[Duty]) -> dict[int, Duty]:
    """For each duty whose household was missed in the period right before too, that period's duty. Few queries for all."""
    found: dict[int, Duty] = {}
    by_start: dict[tuple[str, date], list[Duty]] = {}
    for duty in duties:
        if duty.cycle == 1 and duty.household_id is not None:
            by_start.setdefault((duty.rule_code, duty.starts_on), []).append(duty)
    for (code, starts_on), newer in by_start.items():
        older = _before(session, code, starts_on, [duty.household_id or 0 for duty in newer])
        met = _met_since(session, [duty for duty in older.values() if duty.state != "open"])
        for duty in newer:
            before = older.get(duty.household_id or 0)
            if before is not None and (before.state == "open" or before.id not in met):
                found[duty.id] = before
    return found


def _before(session: Session, code: str, starts_on: date, households: Sequence[int]) -> dict[int, Duty]:
    """The newest duty of each household for the period that ended the day before, where it counts as missed."""
    mine = (Duty.household_id.in_(households), Duty.rule_code == code)
    periods = select(Duty.period).where(*mine, Duty.cycle == 1, Duty.ends_on == starts_on - ONE_DAY).distinct()
    rows = session.scalars(
        select(Duty).where(*mine, Duty.period.in_(periods), Duty.state.in_(MISSED)).order_by(Duty.cycle)
    )
    return {row.household_id or 0: row for row in rows}


def _met_since(session: Session, duties: Sequence[Duty]) -> set[int]:
    """Those of these duties whose household somebody responsible met since the period began."""
    met: set[int] = set()
    for rule_id in {duty.rule_id for duty in duties}:
        mine = [duty for duty in duties if duty.rule_id == rule_id]
        parameters = get_parameters(session, rule_id)
        assert isinstance(parameters, RuleParameters)
        rows = session.execute(
            select(Visit.household_id, func.max(Visit.visited_on))
            .where(Visit.household_id.in_([duty.household_id for duty in mine]), settles(parameters))
            .group_by(Visit.household_id)
        )
        last: dict[int, date] = {row[0]: row[1] for row in rows}
        met |= {duty.id for duty in mine if last.get(duty.household_id or 0, date.min) >= duty.starts_on}
    return met


def join(session: Session, duty: Duty, before: Duty, *, now: datetime) -> None:
    """The newer duty stands for both from now on; who is on the older one, or what holds it, moves along."""
    duty.in_row = 1 + before.in_row + (_explained_in_row(session, before) if before.state == "explained" else 0)
    if before.state != "open":
        return
    if before.stopped_on is not None and duty.stopped_on is None:
        duty.taken_by, duty.taken_until = before.taken_by, before.taken_until
        duty.paused_until, duty.paused_reason = before.paused_until, before.paused_reason
        duty.stopped_on, duty.next_action, duty.next_action_at = (
            before.stopped_on, before.next_action, before.next_action_at,
        )  # fmt: skip
        duty.level, duty.level_at, duty.version = max(duty.level, 1), now, duty.version + 1
    carry(session, before, now=now)


def _explained_in_row(session: Session, duty: Duty) -> int:
    """How many periods right before an explained one were missed too; nobody counted them then."""
    found = 0
    while (before := list_missed_before(session, [duty]).get(duty.id)) is not None and before.state == "explained":
        duty, found = before, found + 1
    return found

"""Who helps a household on a day: the one condition for it, and what is asked most."""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.households.tables import Assignment


def current_assignments(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """That an assignment holds on a day, or on the day a statement is given."""
    return and_(
        or_(Assignment.starts_on.is_(None), Assignment.starts_on <= day),
        or_(Assignment.ends_on.is_(None), Assignment.ends_on > day),
    )


def has_second_helper(session: Session, household_id: int | None, today: date) -> bool:
    """Whether somebody is the household's second helper now."""
    seconds = select(Assignment.id).where(
        Assignment.household_id == household_id, Assignment.position == "second", current_assignments(today)
    )
    return household_id is not None and session.scalar(seconds.limit(1)) is not None

"""Who holds a post on a day: the one condition for it."""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from models.people.tables import Grant


def current_grants(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """That a grant holds on a day, or on the day a statement is given."""
    return and_(Grant.starts_on <= day, or_(Grant.ends_on.is_(None), Grant.ends_on > day))

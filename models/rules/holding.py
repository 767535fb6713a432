"""Which version of a rule holds where and when: of the newest versions that began by a day, that of the most specific
area. Everything that asks this asks it here, of one place or of all."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.areas import Area
from models.base import BigId
from models.households.tables import Household
from models.rules.parameters import VISIT_RULE, RuleParameters
from models.rules.tables import Rule

REMOVED = "removed"
"""The state of an area's version that says: here the rule of the area above holds again."""
EVER = date.max
"""As a day: what holds once all versions that exist have begun."""


def holds(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """A condition on `Rule`: its area's newest version that began by a day, unless the area has gone back to the rule
    of the area above."""
    newer = aliased(Rule)
    newest = ~(
        select(newer.id)
        .where(
            newer.code == Rule.code,
            newer.area_id.is_not_distinct_from(Rule.area_id),
            newer.version > Rule.version,
            newer.starts_on <= day,
        )
        .exists()
    )
    return (Rule.starts_on <= day) & (Rule.state != REMOVED) & newest


def _here(area_id: ColumnElement[Any]) -> Select[Rule]:
    """The versions that hold for an area on `:day`, the most specific first."""
    place = aliased(Area)
    path = select(place.path).where(place.id == area_id).scalar_subquery()
    return (
        select(Rule)
        .outerjoin(Area, Area.id == Rule.area_id)
        .where(
            Rule.code == bindparam("code"),
            holds(bindparam("day", type_=Date)),
            or_(Rule.area_id.is_(None), path.startswith(Area.path)),
        )
        .order_by(func.coalesce(func.length(Area.path), 0).desc())
        .limit(1)
    )


OF_AREA = _here(bindparam("area_id", type_=BigId))
OF_HOUSEHOLD = _here(
    select(Household.village_id).where(Household.id == bindparam("household_id")).scalar_subquery()
).with_only_columns(Rule.parameters)


def find_version(session: Session, code: str, day: date, area_id: int | None = None) -> Rule | None:
    """The version that holds on a day for an area, for the whole installation without one; None where none began."""
    if area_id is None:
        return session.scalar(select(Rule).where(Rule.code == code, Rule.area_id.is_(None), holds(day)))
    return session.scalar(OF_AREA, {"code": code, "day": day, "area_id": area_id})


def list_versions_on(session: Session, code: str, day: date) -> list[Rule]:
    """The versions that hold on a day, one an area, those that are off too; where areas lie in each other, the most
    specific one counts (models.duties.planning.area_of)."""
    return list(session.scalars(select(Rule).where(Rule.code == code, holds(day)).order_by(Rule.id)))


def find_own_version(session: Session, code: str, area_id: int | None, day: date = EVER) -> Rule | None:
    """The newest version made for exactly this area that began by a day, also one by which it goes back to the rule of
    the area above. Without a day: the newest there is."""
    same = Rule.area_id.is_not_distinct_from(area_id)
    return session.scalar(
        select(Rule).where(Rule.code == code, same, Rule.starts_on <= day).order_by(Rule.version.desc()).limit(1)
    )


def parameters_of(session: Session, household_id: int, day: date) -> RuleParameters:
    """What the visit rule of a household's village says on a day; before its first version began what that will say,
    before there is one the defaults."""
    of = {"code": VISIT_RULE, "household_id": household_id}
    for on in (day, EVER):
        found = session.scalar(OF_HOUSEHOLD, {**of, "day": on})
        if found is not None:
            return RuleParameters.from_dict(found)
    return RuleParameters()

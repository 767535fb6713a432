"""Which version of a rule holds where and when: of the newest versions that began by a day, that of the most specific
area. Everything that asks this asks it here, of one place or of all; but for forecasts, whose versions are no rows yet
(schedules/forecasting/visits.py)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.areas import Area
from models.base import BigId
from models.households.tables import Household
from models.rules.dates import is_date_rule
from models.rules.parameters import VISIT_RULE, RuleParameters
from models.rules.tables import Rule

REMOVED = "removed"
"""The state of an area's version that says: here the rule of the area above holds again."""
EVER = date.max
"""As a day: what holds once all versions that exist have begun."""

_NEWER, _PLACE = aliased(Rule), aliased(Area)


def holds(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """A condition on `Rule`: its area's newest version that began by a day, unless the area has gone back to the rule
    of the area above."""
    newest = ~(
        select(_NEWER.id)
        .where(
            _NEWER.code == Rule.code,
            _NEWER.area_id.is_not_distinct_from(Rule.area_id),
            _NEWER.version > Rule.version,
            _NEWER.starts_on <= day,
        )
        .exists()
    )
    return (Rule.starts_on <= day) & (Rule.state != REMOVED) & newest


def _here(area_id: ColumnElement[Any]) -> Select[Rule]:
    """The versions that hold for an area on `:day`, the most specific first."""
    path = select(_PLACE.path).where(_PLACE.id == area_id).scalar_subquery()
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
_OF_NO_AREA = select(Rule).where(
    Rule.code == bindparam("code"), Rule.area_id.is_(None), holds(bindparam("day", type_=Date))
)
_OF_ALL_AREAS = (
    select(Rule).where(Rule.code == bindparam("code"), holds(bindparam("day", type_=Date))).order_by(Rule.id)
)


def find_version(session: Session, code: str, day: date, area_id: int | None = None) -> Rule | None:
    """The version that holds on a day for an area, for the whole installation without one; None where none began."""
    if area_id is None:
        return session.scalar(_OF_NO_AREA, {"code": code, "day": day})
    return session.scalar(OF_AREA, {"code": code, "day": day, "area_id": area_id})


def list_versions_on(session: Session, code: str, day: date) -> list[Rule]:
    """The versions that hold on a day, one an area, those that are off too; where areas lie in each other, the most
    specific one counts (models.duties.planning.area_of)."""
    return list(session.scalars(_OF_ALL_AREAS, {"code": code, "day": day}))


def list_date_versions(session: Session, until: date = EVER) -> dict[str, list[Rule]]:
    """The versions of each fixed date that begin by a day, the oldest first, by code."""
    versions: dict[str, list[Rule]] = {}
    begun = select(Rule).where(Rule.area_id.is_(None), Rule.starts_on <= until)
    for rule in session.scalars(begun.order_by(Rule.code, Rule.version)):
        if is_date_rule(rule.code):
            versions.setdefault(rule.code, []).append(rule)
    return versions


def villages_under(session: Session, area_id: int | None, own: Collection[int]) -> Select[int] | None:
    """Ids of the villages for which an area's version counts (of the whole installation without one): not those under
    an area with a version of its own that lies within. None where that is every village."""
    if not own:
        return None
    found = session.execute(select(Area.id, Area.path).where(Area.id.in_({*own, area_id or 0})))
    paths: dict[int, str] = {row.id: row.path for row in found}
    here = paths[area_id] if area_id is not None else "/"
    below = [path for path in paths.values() if path != here and path.startswith(here)]
    return select(Area.id).where(
        Area.path.startswith(here, autoescape=True),
        *(~Area.path.startswith(path, autoescape=True) for path in below),
    )


def villages_changed(session: Session, code: str, area_id: int | None, day: date) -> Select[int] | None:
    """Ids of the villages that a change of an area's version reaches on a day (of the whole installation's without
    one): all of them but where the version of another area holds. None where that is every village."""
    own = [rule.area_id for rule in list_versions_on(session, code, day) if rule.area_id is not None]
    return villages_under(session, area_id, own if area_id is None else [*own, area_id])


def find_own_version(session: Session, code: str, area_id: int | None, day: date = EVER) -> Rule | None:
    """The newest version made for exactly this area that began by a day, also one by which it goes back to the rule of
    the area above. Without a day: the newest there is."""
    same = Rule.area_id.is_not_distinct_from(area_id)
    return session.scalar(
        select(Rule).where(Rule.code == code, same, Rule.starts_on <= day).order_by(Rule.version.desc()).limit(1)
    )


def find_later_day(session: Session, code: str, area_id: int | None, today: date) -> date | None:
    """The day from which another version is to hold for an area than today; None where none is to come."""
    newest, holding = (find_version(session, code, day, area_id) for day in (EVER, today))
    if newest is None or (holding is not None and newest.id == holding.id):
        return None
    own = find_own_version(session, code, area_id)
    return max(newest.starts_on, own.starts_on) if own is not None else newest.starts_on


def lengths_until(session: Session, code: str, area_id: int | None, today: date) -> set[str]:
    """The lengths of period by which an area's visits are planned today, and are to be by what is made already."""
    found = [find_version(session, code, day, area_id) for day in (today, EVER)]
    return {length for rule in found if rule for length in RuleParameters.from_dict(rule.parameters).periods()}


def is_locked(session: Session, code: str, area_id: int | None = None) -> bool:
    """Whether the configuration file alone may change the rule of an area: where it locked that or the whole rule."""
    newest = [find_own_version(session, code, each) for each in {None, area_id}]
    return any(rule is not None and rule.locked for rule in newest)


def parameters_of(session: Session, household_id: int, day: date) -> RuleParameters:
    """What the visit rule of a household's village says on a day; before its first version began what that will say,
    before there is one the defaults."""
    of = {"code": VISIT_RULE, "household_id": household_id}
    for on in (day, EVER):
        found = session.scalar(OF_HOUSEHOLD, {**of, "day": on})
        if found is not None:
            return RuleParameters.from_dict(found)
    return RuleParameters()

"""The assignment rules as warnings with names, never a bar: R12 and E1 (one to five households a helper, or what the
officer made of it), E2 (no change of helper before the household is out of poverty without a reason), E6 (every household
has a helper)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.access import PersonView
from models.areas import Area
from models.households import Assignment, Household, current_assignments
from models.people import Grant, Person
from models.people.queries import current_grants
from models.rules import HelperLoad, helper_load

KINDS = ("no_helper", "too_many", "none", "changed")
"""E6; R12 and E1: more than one should have; E1: no household at all; E2: changed without a reason."""
NEW_FOR = timedelta(days=30)
"""How long a change without a reason is pointed out."""
UNREASONED = ("import",)
"""What stands as the reason where nobody gave one."""


@dataclass(frozen=True)
class Found:
    """One household (no_helper, changed) or helper (too_many, none). `n`: how many households a helper has."""

    kind: str
    id: int
    name: str
    n: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


def list_found(session: Session, paths: Iterable[str], today: date) -> list[Found]:
    """Everything the rules find in these areas, kind by kind in the order of KINDS."""
    under = [Area.path.startswith(path, autoescape=True) for path in paths]
    if not under:
        return []
    areas = select(Area.id).where(or_(*under))
    here = and_(Household.area_id.in_(areas), Household.status == "active")
    return [
        *_without_helper(session, here, today),
        *_outside(session, here, areas, helper_load(session, today), today),
        *_changed(session, here, today),
    ]


def _outside(
    session: Session, here: ColumnElement[bool], areas: Select[int], load: HelperLoad | None, today: date
) -> list[Found]:
    if load is None:
        return []
    return [*_too_many(session, here, load, today), *_with_none(session, areas, load, today)]


def count_outside(session: Session, load: HelperLoad | None, today: date) -> int:
    """How many helpers have more or fewer households than a version of R12 wants; None: it is off."""
    return len(_outside(session, Household.status == "active", select(Area.id), load, today))


def list_for(session: Session, me: PersonView, today: date) -> list[Found]:
    """The same for an officer's area."""
    return list_found(session, me.paths("assignment.write"), today)


def _without_helper(session: Session, here: ColumnElement[bool], today: date) -> list[Found]:
    helped = exists().where(
        Assignment.household_id == Household.id, Assignment.position == "first", current_assignments(today)
    )
    rows = session.execute(
        select(Household.id, Household.head_name).where(here, ~helped).order_by(Household.village_id, Household.id)
    )
    return [Found("no_helper", row.id, row.head_name) for row in rows]


def _too_many(session: Session, here: ColumnElement[bool], load: HelperLoad, today: date) -> list[Found]:
    count = func.count(Assignment.id)
    rows = session.execute(
        select(Person.id, Person.name, count.label("n"))
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Household, Household.id == Assignment.household_id)
        .where(here, Assignment.position == "first", current_assignments(today))
        .group_by(Person.id, Person.name)
        .having(count > load.most)
        .order_by(count.desc(), Person.id)
    )
    return [Found("too_many", row.id, row.name, row.n) for row in rows]


def _with_none(session: Session, areas: Select[int], load: HelperLoad, today: date) -> list[Found]:
    """Helpers without any household. A second helper is somebody's; who has another post is no helper first of all."""
    if load.least < 1:
        return []
    helps = exists().where(Assignment.person_id == Person.id, current_assignments(today))
    granted = exists().where(
        Grant.person_id == Person.id, Grant.role == "helper", Grant.area_id.in_(areas), current_grants(today)
    )
    other = exists().where(Grant.person_id == Person.id, Grant.role != "helper", current_grants(today))
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.ended_on.is_(None), granted, ~other, ~helps)
        .order_by(Person.pinyin, Person.id)
    )
    return [Found("none", row.id, row.name) for row in rows]


def _changed(session: Session, here: ColumnElement[bool], today: date) -> list[Found]:
    """Households whose helper changed in the last month with no reason given (as an import does)."""
    ended = and_(
        Assignment.household_id == Household.id,
        Assignment.position == "first",
        Assignment.ends_on > today - NEW_FOR,
        Assignment.ends_on <= today,
        or_(Assignment.reason.is_(None), Assignment.reason.in_(UNREASONED)),
    )
    rows = session.execute(
        select(Household.id, Household.head_name)
        .where(here, exists().where(ended))
        .order_by(Household.village_id, Household.id)
    )
    return [Found("changed", row.id, row.head_name) for row in rows]

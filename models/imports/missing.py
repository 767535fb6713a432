"""Whom a sheet does not have, though it is known: listed only, never removed."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.areas import Area
from models.households import Household
from models.imports.tables import Import, ImportRow
from models.people import Grant, Person


@dataclass(frozen=True)
class MissingView:
    """A household or person that the sheet does not have; listed only, never removed."""

    id: int
    name: str
    place: str
    number: str


def list_views(
    session: Session, condition: ColumnElement[bool], offset: int = 0, limit: int | None = None
) -> list[MissingView]:
    """Households by a condition, by village."""
    rows = session.execute(
        select(Household.id, Household.head_name, Area.name, Household.number)
        .join(Area, Area.id == Household.village_id)
        .where(condition)
        .order_by(Area.id, Household.id)
        .offset(offset)
        .limit(limit)
    )
    return [MissingView(row.id, row.head_name, row.name, row.number or "") for row in rows]


def list_missing(session: Session, import_id: int, *, offset: int = 0, limit: int = 10) -> list[MissingView]:
    """Known households of the sheet's villages (or people with a grant here) that the sheet does not have."""
    found = session.get_one(Import, import_id)
    if found.kind == "households":
        return list_views(session, and_(_known_here(session, found), ~_in_sheet(found, Household.id)), offset, limit)
    return _people(session, and_(_known_here(session, found), ~_in_sheet(found, Person.id)), offset, limit)


def count_missing(session: Session, found: Import) -> int:
    subject = Household.id if found.kind == "households" else Person.id
    missing = and_(_known_here(session, found), ~_in_sheet(found, subject))
    return session.scalar(select(func.count(subject)).where(missing)) or 0


def list_absent(
    session: Session, kind: str, township_id: int, villages: Collection[str], present: Collection[int]
) -> list[MissingView]:
    """As `list_missing`, for a sheet that was not staged: whom it speaks of is given."""
    if kind == "households":
        known = list_views(session, households_of(township_id, villages))
    else:
        known = _people(session, people_of(session, township_id))
    return [view for view in known if view.id not in present]


def _in_sheet(found: Import, subject: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return exists().where(ImportRow.import_id == found.id, ImportRow.subject_id == subject)


def _known_here(session: Session, found: Import) -> ColumnElement[bool]:
    township_id = found.township_id or 0
    if found.kind == "households":
        merged = found.counts.get("merged", [])
        return and_(households_of(township_id, found.counts["villages"]), Household.id.not_in(merged))
    return people_of(session, township_id)


def households_of(township_id: int, villages: Collection[str]) -> ColumnElement[bool]:
    """Only villages that the sheet speaks of: one village's sheet says nothing about the others."""
    named = select(Area.id).where(Area.parent_id == township_id, Area.level == "village", Area.name.in_(list(villages)))
    return and_(Household.village_id.in_(named), Household.status != "ended")


def people_of(session: Session, township_id: int) -> ColumnElement[bool]:
    path = session.get_one(Area, township_id).path
    inside = select(Area.id).where(Area.path.startswith(path, autoescape=True))
    granted = exists().where(Grant.person_id == Person.id, Grant.ends_on.is_(None), Grant.area_id.in_(inside))
    return and_(Person.ended_on.is_(None), granted)


def _people(
    session: Session, condition: ColumnElement[bool], offset: int = 0, limit: int | None = None
) -> list[MissingView]:
    rows = session.execute(
        select(Person.id, Person.name, Person.unit).where(condition).order_by(Person.id).offset(offset).limit(limit)
    )
    return [MissingView(row.id, row.name, row.unit or "", "") for row in rows]

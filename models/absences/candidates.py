"""Who could stand in: helpers of the same township who can be reached and are there, the nearest first."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.absences.tables import Absence
from models.areas import Area
from models.errors import Refused
from models.households import Assignment, Household
from models.people import Grant, Person, current_grants
from models.recipients import has_joined

SHOWN = 8
_MINE, _HOME, _THEIRS, _HOUSE = aliased(Assignment), aliased(Household), aliased(Assignment), aliased(Household)


@dataclass(frozen=True)
class Candidate:
    """`why`: village (helps there too), unit (the same one), or township."""

    id: int
    name: str
    unit: str | None
    why: str


def list_candidates(session: Session, me_id: int, starts_on: date, ends_on: date, today: date) -> list[Candidate]:
    """Helpers of the same village first, then of the same unit; others are found by name."""
    return [each for each in _find(session, me_id, starts_on, ends_on, today) if each.why != "township"][:SHOWN]


def find_candidates(
    session: Session, me_id: int, name: str, starts_on: date, ends_on: date, today: date
) -> list[Candidate]:
    """Helpers of the township by their name, or a part of it where nobody has just that name."""
    found = _find(session, me_id, starts_on, ends_on, today, Person.name.contains(name, autoescape=True))
    return [each for each in found if each.name == name] or found[:SHOWN]


def list_these(
    session: Session, me_id: int, ids: list[int], starts_on: date, ends_on: date, today: date
) -> list[Candidate]:
    """Those of these people who could stand in."""
    return _find(session, me_id, starts_on, ends_on, today, Person.id.in_(ids))[:SHOWN]


def _find(
    session: Session, me_id: int, starts_on: date, ends_on: date, today: date, *conditions: ColumnElement[bool]
) -> list[Candidate]:
    mine = select(_HOME.village_id).join(_MINE, _MINE.household_id == _HOME.id).where(
        _MINE.person_id == me_id, or_(_MINE.ends_on.is_(None), _MINE.ends_on > today)
    )  # fmt: skip
    neighbour = exists().where(
        _THEIRS.person_id == Person.id,
        or_(_THEIRS.ends_on.is_(None), _THEIRS.ends_on > today),
        _HOUSE.id == _THEIRS.household_id,
        _HOUSE.village_id.in_(mine),
    )
    unit = session.scalar(select(Person.unit).where(Person.id == me_id))
    same_unit = and_(Person.unit.is_not(None), Person.unit == unit)
    rows = session.execute(
        select(Person.id, Person.name, Person.unit, neighbour.label("near"), same_unit.label("same_unit"))
        .where(_may_cover(session, me_id, starts_on, ends_on, today), *conditions)
        .order_by(neighbour.desc(), func.coalesce(same_unit, false()).desc(), Person.pinyin, Person.id)
    )
    return [
        Candidate(row.id, row.name, row.unit, "village" if row.near else "unit" if row.same_unit else "township")
        for row in rows
    ]


def _may_cover(session: Session, me_id: int, starts_on: date, ends_on: date, today: date) -> ColumnElement[bool]:
    """A condition on `Person`: a helper of the same township, joined, reachable, there in these days."""
    under = [Area.path.startswith(path, autoescape=True) for path in _township_paths(session, me_id, today)]
    areas = select(Area.id).where(or_(*under)) if under else select(Area.id).where(false())
    helps = exists().where(
        Grant.person_id == Person.id, Grant.role == "helper", Grant.area_id.in_(areas), current_grants(today)
    )
    away = exists().where(
        Absence.person_id == Person.id,
        Absence.state == "active",
        Absence.starts_on < ends_on,
        Absence.ends_on > starts_on,
    )
    reachable = and_(has_joined(), Person.unreachable_at.is_(None))
    return and_(Person.id != me_id, reachable, helps, ~away)


def _township_paths(session: Session, me_id: int, today: date) -> list[str]:
    """The paths of the townships in which the person is a helper, whatever the grant's own level."""
    own = session.scalars(
        select(Area.path)
        .join(Grant, Grant.area_id == Area.id)
        .where(Grant.person_id == me_id, Grant.role == "helper", current_grants(today))
    ).all()
    ids = {int(part) for path in own for part in path.strip("/").split("/")}
    return list(session.scalars(select(Area.path).where(Area.id.in_(ids), Area.level == "township")))


def check_cover(session: Session, me_id: int, cover_id: int, starts_on: date, ends_on: date, today: date) -> None:
    """Raises Refused("absence.no_such_cover") for anybody who could not stand in in these days."""
    allowed = _may_cover(session, me_id, starts_on, ends_on, today)
    if session.scalar(select(Person.id).where(Person.id == cover_id, allowed)) is None:
        raise Refused("absence.no_such_cover")

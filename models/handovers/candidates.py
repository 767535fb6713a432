"""Who could take households: helpers of the area, with how many they have, the nearest and least laden first."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from models.access import PersonView
from models.households import Assignment, Household, current_assignments
from models.people import Grant, Person, current_grants
from models.people.queries import people_scope

SHOWN, MOST_READ = 8, 50
_LOAD, _NEAR, _HOUSE = aliased(Assignment), aliased(Assignment), aliased(Household)


@dataclass(frozen=True)
class Taker:
    id: int
    name: str
    unit: str | None
    households: int
    near: bool
    """Helps in one of the villages already."""


def is_helper(session: Session, person_id: int, today: date) -> bool:
    """Whether somebody is still there and a helper today."""
    found = select(Person.id).where(
        Person.id == person_id,
        Person.ended_on.is_(None),
        exists().where(Grant.person_id == Person.id, Grant.role == "helper", current_grants(today)),
    )
    return session.scalar(found) is not None


def list_takers(
    session: Session,
    me: PersonView,
    right: str,
    households: tuple[int, ...],
    without: int | None,
    today: date,
    name: str = "",
    *,
    laden: bool = False,
) -> list[Taker]:
    """Eight helpers of the person's area, those of the same villages and the least laden first (`laden`: the most);
    by a part of the name where one is given."""
    load = (
        select(func.count(_LOAD.id))
        .where(
            _LOAD.person_id == Person.id, _LOAD.position == "first",
            _LOAD.ends_on.is_(None) | (_LOAD.ends_on > today),
        )
        .correlate(Person)
        .scalar_subquery()
    )  # fmt: skip
    villages = select(Household.village_id).where(Household.id.in_(households))
    near = exists().where(
        _NEAR.person_id == Person.id,
        _NEAR.ends_on.is_(None) | (_NEAR.ends_on > today),
        _HOUSE.id == _NEAR.household_id,
        _HOUSE.village_id.in_(villages),
    )
    helps = exists().where(Grant.person_id == Person.id, Grant.role == "helper", current_grants(today))
    query = select(Person.id, Person.name, Person.unit, load.label("load"), near.label("near")).where(
        people_scope(me.paths(right)), helps, Person.id != (without or 0)
    )
    if name:
        query = query.where(Person.name.contains(name, autoescape=True))
    order = load.desc() if laden else load
    rows = session.execute(query.order_by(near.desc(), order, Person.pinyin, Person.id).limit(MOST_READ)).all()
    exact = [row for row in rows if row.name == name]
    return [Taker(row.id, row.name, row.unit, row.load, bool(row.near)) for row in exact or rows[:SHOWN]]


def list_held(session: Session, person_id: int, today: date) -> list[tuple[int, str, str]]:
    """(id, head's name, village's name) of the households whose first helper somebody is."""
    from models.areas import Area

    rows = session.execute(
        select(Household.id, Household.head_name, Area.name)
        .join(Assignment, Assignment.household_id == Household.id)
        .join(Area, Area.id == Household.village_id)
        .where(Assignment.person_id == person_id, Assignment.position == "first", current_assignments(today))
        .order_by(Household.village_id, Household.id)
    )
    return [(row.id, row.head_name, row.name) for row in rows]

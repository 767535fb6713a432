"""Questions about people: who is in somebody's area, who joined, what a person's card shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.access import PersonView
from models.areas import Area
from models.errors import Refused
from models.households import Assignment, Household, current_assignments
from models.people.grants import current_grants
from models.people.tables import ROLES, Grant, Invitation, Person
from models.secrets import mask

PAGE = 10
STATES = ("all", "unjoined", "unreachable")
# Aliases, so that a query around a scope that has the same tables is not drawn into its conditions.
_AREA, _GRANT, _ASSIGNMENT, _HOME = aliased(Area), aliased(Grant), aliased(Assignment), aliased(Household)


@dataclass(frozen=True)
class PersonLine:
    """One line of a list. `state`: joined, unjoined, unreachable."""

    id: int
    name: str
    unit: str | None
    state: str


@dataclass(frozen=True)
class PeoplePage:
    """Ten people of a list; `page` counts from 0, `title` is the village's name where the list is one village's."""

    lines: tuple[PersonLine, ...]
    page: int
    pages: int
    total: int
    title: str = ""


@dataclass(frozen=True)
class PostLine:
    role: str
    post: str | None
    area: str | None
    unit: str | None


@dataclass(frozen=True)
class PersonCard:
    """A person as the officer and the person see it; the phone is masked, moments are UTC."""

    id: int
    name: str
    unit: str | None
    phone: str
    posts: tuple[PostLine, ...]
    households: int
    state: str
    joined_at: datetime | None
    unreachable_at: datetime | None
    version: int


@dataclass(frozen=True)
class PeopleCounts:
    total: int
    joined: int
    unjoined: int
    unreachable: int


def people_scope(paths: Iterable[str]) -> ColumnElement[bool]:
    """A condition on `Person`: was ever granted something in one of the areas or below, or helps a household there."""
    area, grant, assignment, home = _AREA, _GRANT, _ASSIGNMENT, _HOME
    under = [area.path.startswith(path, autoescape=True) for path in paths]
    if not under:
        return false()
    areas = select(area.id).where(or_(*under))
    granted = exists().where(grant.person_id == Person.id, grant.area_id.in_(areas))
    helps = exists().where(
        assignment.person_id == Person.id,
        assignment.household_id == home.id,
        or_(home.area_id.in_(areas), home.village_id.in_(areas)),
    )
    return and_(Person.ended_on.is_(None), or_(granted, helps))


def access_person(session: Session, me: PersonView, person_id: int, right: str) -> int:
    """The person's id if `me` may; raises Refused("person.not_yours") alike for foreign and unknown people."""
    found = session.scalar(select(Person.id).where(Person.id == person_id, people_scope(me.paths(right))))
    if found is None:
        raise Refused("person.not_yours")
    return found


def _state(joined_at: datetime | None, unreachable_at: datetime | None) -> str:
    if joined_at is None:
        return "unjoined"
    return "unreachable" if unreachable_at else "joined"


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "unjoined":
        return Person.joined_at.is_(None)
    if state == "unreachable":
        return and_(Person.joined_at.is_not(None), Person.unreachable_at.is_not(None))
    return Person.id.is_not(None)


def count_people(session: Session, me: PersonView) -> PeopleCounts:
    """How many people the officer looks after, and how many of them can be reached."""
    scope = people_scope(me.paths("person.invite"))
    total, joined, unreachable = session.execute(
        select(func.count(), func.count(Person.joined_at), func.count(Person.unreachable_at)).where(scope)
    ).one()
    return PeopleCounts(total, joined, total - joined, unreachable)


def list_people(
    session: Session,
    me: PersonView,
    *,
    day: date,
    page: int = 0,
    state: str = "all",
    role: str = "",
    village_id: int | None = None,
    text: str = "",
) -> PeoplePage:
    """The people of the officer's area, ten a page, by role, village, state or a part of the name.

    Raises Refused("area.not_yours") for a village elsewhere.
    """
    found: Any = select(Person.id, Person.name, Person.unit, Person.joined_at, Person.unreachable_at)
    found = found.where(people_scope(me.paths("person.invite")), _in_state(state))
    title = ""
    if village_id is not None:
        village = _village(session, me, village_id)
        found, title = found.where(people_scope([village.path])), village.name
    if role:
        found = found.where(exists().where(Grant.person_id == Person.id, Grant.role == role, current_grants(day)))
    if text:
        found = found.where(_called(text))
    return _page(session, found, page, title)


def _page(session: Session, found: Any, page: int, title: str) -> PeoplePage:
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 0), pages - 1)
    rows = session.execute(found.order_by(Person.pinyin, Person.name, Person.id).limit(PAGE).offset(page * PAGE))
    lines = tuple(PersonLine(row.id, row.name, row.unit, _state(row.joined_at, row.unreachable_at)) for row in rows)
    return PeoplePage(lines, page, pages, total, title)


def _called(text: str) -> ColumnElement[bool]:
    """A part of the name or unit, or the beginning of its pinyin or initials."""
    low = text.lower()
    return or_(
        Person.name.contains(text, autoescape=True),
        Person.unit.contains(text, autoescape=True),
        func.replace(Person.pinyin, " ", "").startswith(low, autoescape=True),
        Person.initials.startswith(low, autoescape=True),
    )


def _village(session: Session, me: PersonView, village_id: int) -> Area:
    village = session.get(Area, village_id)
    if village is None or not any(village.path.startswith(path) for path in me.paths("person.invite")):
        raise Refused("area.not_yours")
    return village


def list_villages(session: Session, me: PersonView) -> tuple[tuple[int, str], ...]:
    """(id, name) of the villages in the officer's area."""
    under = [Area.path.startswith(path, autoescape=True) for path in me.paths("person.invite")]
    if not under:
        return ()
    rows = session.execute(
        select(Area.id, Area.name)
        .where(Area.level == "village", Area.ended_on.is_(None), or_(*under))
        .order_by(Area.id)
    )
    return tuple((row.id, row.name) for row in rows)


def count_roles(session: Session, me: PersonView, day: date) -> tuple[tuple[str, int], ...]:
    """(role, people) in the officer's area, in the order of `ROLES`."""
    found = session.execute(
        select(Grant.role, func.count(func.distinct(Grant.person_id)))
        .join(Person, Person.id == Grant.person_id)
        .where(people_scope(me.paths("person.invite")), current_grants(day))
        .group_by(Grant.role)
    )
    counts = {row[0]: row[1] for row in found}
    return tuple((role, counts[role]) for role in ROLES if role in counts)


def find_example(session: Session, person_id: int, day: date) -> str | None:
    """The name of a household the person looks after, for an example sentence of their own."""
    return session.scalar(
        select(Household.head_name)
        .join(Assignment, Assignment.household_id == Household.id)
        .where(Assignment.person_id == person_id, current_assignments(day))
        .order_by(Assignment.id)
        .limit(1)
    )


def get_card(session: Session, person_id: int, day: date) -> PersonCard:
    """The card of a person with today's posts. Raises Refused("person.unknown"). No right is checked here."""
    person = session.get(Person, person_id)
    if person is None:
        raise Refused("person.unknown")
    posts = session.execute(
        select(Grant.role, Grant.post, Area.name, Grant.unit)
        .outerjoin(Area, Area.id == Grant.area_id)
        .where(Grant.person_id == person_id, current_grants(day))
        .order_by(Grant.id)
    )
    households = session.scalar(
        select(func.count(func.distinct(Assignment.household_id))).where(
            Assignment.person_id == person_id, current_assignments(day)
        )
    )
    return PersonCard(
        id=person.id,
        name=person.name,
        unit=person.unit,
        phone=mask((person.phone or "").removeprefix("+86")),
        posts=tuple(PostLine(*row) for row in posts),
        households=households or 0,
        state=_state(person.joined_at, person.unreachable_at),
        joined_at=person.joined_at,
        unreachable_at=person.unreachable_at,
        version=binding_version(person),
    )


def binding_version(person: Person) -> int:
    """Changes whenever the person's account does: a button made for an older binding is stale."""
    return int(person.joined_at.timestamp()) if person.joined_at else 0


def find_open_invitation(session: Session, person_id: int, now: datetime) -> Invitation | None:
    """The person's link that can still be used."""
    return session.scalar(
        select(Invitation)
        .where(
            Invitation.person_id == person_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    )

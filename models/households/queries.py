"""Questions about households: whom one may log for, 我的户, 查户, one household's card."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models import access
from models.access import PersonView, holds, household_scope
from models.areas import GROUP, VILLAGE, Area
from models.households.assignments import current_assignments
from models.households.tables import Assignment, Household, Member, Nickname
from models.pages import fit_page
from models.people import Person
from models.photos import Photo
from models.secrets import mask
from models.visits.tables import Visit

PAGE = 10
RECENT_VISITS = 5


@dataclass(frozen=True)
class Loggable:
    """A household somebody may log for, with every word that may name it. `own`: assigned to the person."""

    household_id: int
    number: str | None
    head_name: str
    village: str
    group: str
    pinyin: str
    initials: str
    nicknames: tuple[str, ...]
    members: tuple[str, ...]
    helpers: tuple[str, ...]
    own: bool


def list_loggable(session: Session, person: PersonView, day: date, right: str = "visit.log") -> list[Loggable]:
    """The households in the person's reach on a day, own ones first, then by village and name."""
    own = select(Assignment.household_id).where(holds(person.id, day))
    rows = session.execute(
        select(
            Household.id, Household.number, Household.head_name, Household.pinyin, Household.initials,
            VILLAGE.name.label("village"), case((GROUP.level == "group", GROUP.name), else_="").label("group"),
            Household.id.in_(own).label("own"),
        )
        .join(VILLAGE, VILLAGE.id == Household.village_id)
        .join(GROUP, GROUP.id == Household.area_id)
        .where(Household.status != "ended", household_scope(person, right, day))
        .order_by(Household.id.in_(own).desc(), VILLAGE.id, Household.id)
    ).all()  # fmt: skip
    ids = [row.id for row in rows]
    members = _names(
        session, ids, select(Member.household_id, Member.name).where(Member.ended_on.is_(None)), Member.household_id
    )
    nicknames = _names(
        session, ids, select(Nickname.household_id, Nickname.name).where(Nickname.person_id == person.id, Nickname.kept),
        Nickname.household_id,
    )  # fmt: skip
    helpers = _names(
        session, ids,
        select(Assignment.household_id, Person.name)
        .join(Person, Person.id == Assignment.person_id)
        .where(current_assignments(day), Assignment.person_id != person.id),
        Assignment.household_id,
    )  # fmt: skip
    return [
        Loggable(
            row.id, row.number, row.head_name, row.village, row.group, row.pinyin or "", row.initials or "",
            nicknames.get(row.id, ()), members.get(row.id, ()), helpers.get(row.id, ()), bool(row.own),
        )
        for row in rows
    ]  # fmt: skip


IN_ONE_QUERY = 500


def _names(
    session: Session, ids: Sequence[int], query: Select[int, str], column: InstrumentedAttribute[int]
) -> dict[int, tuple[str, ...]]:
    """(household, name) rows gathered by household."""
    found: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(ids), IN_ONE_QUERY):
        for row in session.execute(query.where(column.in_(ids[start : start + IN_ONE_QUERY]))):
            found[row[0]] = (*found.get(row[0], ()), row[1])
    return found


@dataclass(frozen=True)
class Place:
    """A household in a line: whose it is and where."""

    household_id: int
    name: str
    village: str
    group: str
    number: str | None
    paused: bool
    last_met_on: date | None = None


PLACES = (
    select(
        Household.id, Household.head_name, Household.number, Household.paused_at, Household.last_met_on,
        VILLAGE.name.label("village"), GROUP.name.label("area"), GROUP.level,
    )
    .join(VILLAGE, VILLAGE.id == Household.village_id).join(GROUP, GROUP.id == Household.area_id)
    .where(Household.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip


def list_places(session: Session, ids: Iterable[int]) -> dict[int, Place]:
    """Name and place of households by id."""
    return {
        row.id: Place(
            row.id, row.head_name, row.village, row.area if row.level == "group" else "", row.number,
            row.paused_at is not None, row.last_met_on,
        )
        for row in session.execute(PLACES, {"ids": list(ids)})
    }  # fmt: skip


@dataclass(frozen=True)
class Found:
    """Ten households of a search; `page` counts from 1."""

    items: tuple[Place, ...]
    page: int
    pages: int
    total: int


def find_households(session: Session, person: PersonView, text: str, *, day: date, page: int = 1) -> Found:
    """Households in the person's reading scope by part of a name, member, number, village, or pinyin initials."""
    conditions = [household_scope(person, "household.read", day), Household.status != "ended"]
    gone = aliased(Household)
    for word in text.split()[:4]:
        like = f"%{_escape(word)}%"
        conditions.append(
            or_(
                Household.head_name.like(like, escape="\\"),
                Household.number.like(like, escape="\\"),
                Household.id.in_(select(gone.merged_into).where(gone.number == word)),
                Household.initials == word.lower(),
                Household.pinyin == word.lower(),
                Household.village_id.in_(select(Area.id).where(Area.name.like(like, escape="\\"))),
                Household.id.in_(select(Member.household_id).where(Member.name.like(like, escape="\\"))),
            )
        )
    total = session.scalar(select(func.count()).select_from(Household).where(*conditions)) or 0
    page, pages = fit_page(page, total, PAGE)
    ids = session.scalars(
        select(Household.id).where(*conditions).order_by(Household.village_id, Household.id)
        .limit(PAGE).offset((page - 1) * PAGE)
    ).all()  # fmt: skip
    places = list_places(session, ids)
    return Found(tuple(places[each] for each in ids), page, pages, total)


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@dataclass(frozen=True)
class VisitLine:
    visit_id: int
    visited_on: date
    outcome: str
    kind: str
    state: str
    person: str
    capacity: str
    photos: int
    entered: bool
    mine: bool


@dataclass(frozen=True)
class Card:
    """One household as somebody in its scope sees it. Phone masked, moments UTC, days local."""

    place: Place
    kind: str
    cause: str | None
    people_count: int | None
    members: tuple[tuple[str, str | None, bool], ...]
    """(name, relation, away)."""
    helpers: tuple[tuple[int, str, str], ...]
    """(person, name, position), first before second."""
    phone: str
    visits: tuple[VisitLine, ...]
    visits_total: int
    photos_total: int
    last_met_on: date | None
    paused_at: datetime | None


def get_card(session: Session, person: PersonView, household_id: int, *, day: date) -> Card:
    """Raises Refused("household.not_yours")."""
    access.access_household(session, person, household_id, "household.read", day=day)
    household = session.get_one(Household, household_id)
    confirmed = (Visit.household_id == household_id, Visit.state == "confirmed")
    return Card(
        place=list_places(session, [household_id])[household_id],
        kind=household.kind,
        cause=household.cause,
        people_count=household.people_count,
        members=_members(session, household_id),
        helpers=list_helpers(session, household_id, day),
        phone=mask(household.phone),
        visits=list_visits(session, person, household_id, limit=RECENT_VISITS),
        visits_total=session.scalar(select(func.count()).select_from(Visit).where(*confirmed)) or 0,
        photos_total=_photos_total(session, household_id),
        last_met_on=household.last_met_on,
        paused_at=household.paused_at,
    )


def _members(session: Session, household_id: int) -> tuple[tuple[str, str | None, bool], ...]:
    rows = session.execute(
        select(Member.name, Member.relation, Member.away)
        .where(Member.household_id == household_id, Member.ended_on.is_(None))
        .order_by(Member.id)
    )
    return tuple((row.name, row.relation, row.away) for row in rows)


def list_helpers(session: Session, household_id: int, day: date) -> tuple[tuple[int, str, str], ...]:
    """(person, name, position) of who helps the household on a day, first before second."""
    rows = session.execute(
        select(Person.id, Person.name, Assignment.position)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.household_id == household_id, current_assignments(day))
        .order_by(Assignment.position)
    )
    return tuple((row.id, row.name, row.position) for row in rows)


PICTURE = Photo.medium == "photo"


def photo_of_visit() -> ColumnElement[bool]:
    """That a photo belongs to a visit: its own, or its report's where several households share them."""
    return or_(Photo.visit_id == Visit.id, and_(Photo.visit_id.is_(None), Photo.draft_id == Visit.draft_id))


def _photos_total(session: Session, household_id: int) -> int:
    rows = (
        select(Photo.id)
        .join(Visit, photo_of_visit())
        .where(Visit.household_id == household_id, Visit.state == "confirmed", Photo.state == "stored", PICTURE)
        .distinct()
    )
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def list_visits(
    session: Session, person: PersonView, household_id: int, *, limit: int, offset: int = 0
) -> tuple[VisitLine, ...]:
    """Records and what waits for 属实 of a household, newest first; withdrawn ones stay visible to their author."""
    photos = (
        select(func.count(Photo.id))
        .where(photo_of_visit(), PICTURE, Photo.state.in_(("stored", "waiting")))
        .correlate(Visit)
        .scalar_subquery()
    )
    seen = or_(
        Visit.state == "confirmed",
        and_(Visit.state == "withdrawn", Visit.person_id == person.id),
        and_(Visit.state == "unconfirmed", Visit.entered_by.is_not(None)),
    )
    rows = session.execute(
        select(Visit, Person.name, photos.label("photos"))
        .join(Person, Person.id == Visit.person_id)
        .where(Visit.household_id == household_id, seen)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return tuple(
        VisitLine(
            visit.id, visit.visited_on, visit.outcome, visit.kind, visit.state, name, visit.capacity, count,
            visit.entered_by is not None, visit.person_id == person.id,
        )
        for visit, name, count in rows
    )  # fmt: skip


def get_phone(session: Session, person: PersonView, household_id: int, *, day: date) -> str:
    """The whole number, for who may see it. Raises Refused("household.not_yours"). The caller writes the audit row."""
    access.access_household(session, person, household_id, "household.phone", day=day)
    return session.get_one(Household, household_id).phone or ""

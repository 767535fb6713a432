"""Questions about cases: what I owe, what is reported in my area, what may be done about one case."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from models.access import PersonView, access_area
from models.areas import GROUP, VILLAGE, Area
from models.cases.views import DutyView, find_view, list_views
from models.drafts import Draft
from models.duties import Duty
from models.duties.cases import list_village_cases, stamp
from models.duties.recasting import RULE_OFF
from models.errors import Refused
from models.households import Assignment, Household, current_assignments
from models.pages import fit_page
from models.visits import Visit
from models.visits.consenting import waits_for_consent

PAGE = 10
DECISIONS = ("hand", "take", "urge", "extend", "reassign", "later")
RIGHT_FOR = {
    "hand": "case.decide", "take": "case.decide", "extend": "case.decide", "later": "case.decide",
    "urge": "case.urge", "reassign": "case.urge",
}  # fmt: skip
AT_ONCE = ("hand", "take", "urge", "extend")
"""What can be done with all cases of a village at once."""


@dataclass(frozen=True)
class Page:
    items: tuple[DutyView, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class VillageCases:
    """`stamp` of all open cases of the village: the deciding buttons carry it."""

    id: int
    name: str
    total: int
    taken: int
    stamp: int = 0


@dataclass(frozen=True)
class Report:
    """A visit that waits for its author's 确认."""

    visit_id: int
    name: str
    village: str
    group: str | None
    visited_on: date
    outcome: str
    asks_in: int = 0
    """Its report where a question is still open: it cannot be confirmed before that is answered."""


def duty_scope(person: PersonView, right: str, today: date) -> ColumnElement[bool]:
    """A condition on `Duty`: those over which the person holds the right, or which were given to the person."""
    found = [Duty.taken_by == person.id, and_(Duty.household_id.is_(None), Duty.person_id == person.id)]
    if person.owns(right):
        mine = exists().where(
            Assignment.household_id == Duty.household_id,
            Assignment.person_id == person.id,
            current_assignments(today),
        )
        found.append(mine)
    if paths := person.paths(right):
        under = or_(*(Area.path.startswith(path, autoescape=True) for path in paths))
        found.append(Duty.village_id.in_(select(Area.id).where(under)))
    return or_(*found)


def area_cases(person: PersonView, right: str = "case.read") -> ColumnElement[bool]:
    """A condition on `Duty`: open cases in the areas over which the person holds the right."""
    paths = person.paths(right)
    if not paths:
        return false()
    under = or_(*(Area.path.startswith(path, autoescape=True) for path in paths))
    return and_(Duty.state == "open", Duty.level > 0, Duty.village_id.in_(select(Area.id).where(under)))


def access_duty(session: Session, person: PersonView, duty_id: int, right: str, today: date) -> DutyView:
    """One duty, whatever its state. Raises Refused("duty.unknown") alike for foreign and unknown ones."""
    allowed = session.scalar(select(Duty.id).where(Duty.id == duty_id, duty_scope(person, right, today)))
    view = find_view(session, duty_id, today) if allowed is not None else None
    if view is None:
        raise Refused("duty.unknown")
    return view


def list_owed(session: Session, person_id: int, today: date, page: int = 1) -> Page:
    """Households a helper still owes visits: open duties of periods that have begun, least done first."""
    mine = _owed(person_id, today).where(Duty.household_id.is_not(None))
    return _page(session, mine.order_by(Duty.due_on, Duty.done, Duty.id), page, today)


def list_owed_dates(session: Session, person_id: int, today: date) -> list[DutyView]:
    """Fixed-date duties that a person still owes, the nearest day first."""
    waits = or_(Duty.paused_reason.is_(None), Duty.paused_reason != RULE_OFF)
    mine = _owed(person_id, today).where(Duty.household_id.is_(None), waits).order_by(Duty.due_on, Duty.id).limit(PAGE)
    return list_views(session, session.scalars(mine), today)


def _owed(person_id: int, today: date) -> Select[int]:
    return select(Duty.id).where(
        Duty.person_id == person_id, Duty.state == "open", Duty.starts_on <= today, Duty.done < Duty.needed
    )


def list_handed(session: Session, person_id: int, today: date) -> list[DutyView]:
    """Open cases somebody was given or took on, the nearest answer day first."""
    ids = session.scalars(
        select(Duty.id)
        .where(Duty.taken_by == person_id, Duty.state == "open")
        .order_by(Duty.taken_until, Duty.id)
        .limit(PAGE)
    )
    return list_views(session, ids, today)


def list_own_cases(session: Session, person_id: int, today: date) -> list[DutyView]:
    """Open cases that are one's own or were given to one."""
    ids = session.scalars(
        select(Duty.id)
        .where(Duty.state == "open", Duty.level > 0, or_(Duty.person_id == person_id, Duty.taken_by == person_id))
        .order_by(Duty.ends_on, Duty.id)
        .limit(PAGE)
    ).all()
    return list_views(session, ids, today)


def name_area(session: Session, area_id: int) -> str:
    return session.scalar(select(Area.name).where(Area.id == area_id)) or ""


def name_scope(session: Session, person: PersonView, right: str = "case.read") -> str:
    """The name of the area over which the person holds a right, for the head of a list."""
    names = select(Area.name).where(Area.path.in_(person.paths(right))).order_by(Area.id).limit(1)
    return session.scalar(names) or ""


def count_cases(session: Session, person: PersonView) -> int:
    """Open cases in the person's area that nobody has taken."""
    query = select(func.count()).select_from(Duty).where(area_cases(person), Duty.taken_by.is_(None))
    return session.scalar(query) or 0


UNCONFIRMED = (
    select(
        Visit.id, Household.head_name, VILLAGE.name.label("village"), GROUP.name.label("area"), GROUP.level,
        Visit.visited_on, Visit.outcome, Draft.id.label("asks_in"),
    )
    .outerjoin(Draft, and_(Draft.id == Visit.draft_id, Draft.step != "card", Draft.state.in_(("active", "parked"))))
    .join(Household, Household.id == Visit.household_id)
    .join(VILLAGE, VILLAGE.id == Household.village_id)
    .join(GROUP, GROUP.id == Household.area_id)
    .where(
        Visit.person_id == bindparam("person"), Visit.state == "unconfirmed", Visit.entered_by.is_(None),
        ~waits_for_consent(),
    )
    .order_by(Visit.id)
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip
"""Asked for each digest: written once, because putting a statement together costs more than its answer."""


def list_unconfirmed(session: Session, person_id: int, limit: int = PAGE) -> list[Report]:
    """The person's reports that wait for 确认, oldest first."""
    rows = session.execute(UNCONFIRMED, {"person": person_id, "most": limit})
    return [
        Report(
            row.id, row.head_name, row.village, row.area if row.level == "group" else None, row.visited_on, row.outcome,
            row.asks_in or 0,
        )
        for row in rows
    ]


def list_villages(session: Session, person: PersonView, *, households: bool = False) -> list[VillageCases]:
    """Villages of the person's area with open cases, most cases first; what is about no village stands under its
    township. `households`: without fixed dates."""
    only = Duty.household_id.is_not(None) if households else true()
    rows = session.execute(
        select(Area.id, Area.name, func.count(Duty.id).label("total"), func.count(Duty.taken_by).label("taken"))
        .join(Duty, Duty.village_id == Area.id)
        .where(area_cases(person), only)
        .group_by(Area.id, Area.name)
        .order_by(func.count(Duty.id).desc(), Area.id)
    )
    return [VillageCases(row.id, row.name, row.total, row.taken) for row in rows]


def stamp_of(session: Session, village_id: int) -> int:
    return stamp(list_village_cases(session, village_id))


def list_in_village(
    session: Session, person: PersonView, village_id: int, which: str, page: int, today: date
) -> tuple[VillageCases, Page]:
    """Ten open cases of one village, unvisited households first. `which`: all, waiting (nobody on it), taken.

    Raises Refused("area.not_yours").
    """
    access_area(session, person, village_id, "case.read")
    name = session.get_one(Area, village_id).name
    cases = list_village_cases(session, village_id)
    about = VillageCases(village_id, name, len(cases), sum(c.taken_by is not None for c in cases), stamp(cases))
    query = select(Duty.id).where(Duty.village_id == village_id, Duty.state == "open", Duty.level > 0)
    if which == "waiting":
        query = query.where(Duty.taken_by.is_(None))
    elif which == "taken":
        query = query.where(Duty.taken_by.is_not(None))
    return about, _page(session, query.order_by(Duty.done, Duty.ends_on, Duty.id), page, today)


def list_ahead(session: Session, person: PersonView, village_id: int, page: int, today: date) -> Page:
    """Households of a village that are still short in the period that runs, unvisited ones first: to help in time.

    Raises Refused("area.not_yours").
    """
    access_area(session, person, village_id, "case.read")
    query = select(Duty.id).where(
        Duty.village_id == village_id, Duty.household_id.is_not(None), Duty.state == "open",
        Duty.starts_on <= today, Duty.grace_ends_on >= today,
    )  # fmt: skip
    return _page(session, query.order_by(Duty.done, Duty.id), page, today)


def _page(session: Session, query: Any, page: int, today: date) -> Page:
    ids = list(session.scalars(query))
    page, pages = fit_page(page, len(ids), PAGE)
    views = list_views(session, ids[(page - 1) * PAGE : page * PAGE], today)
    return Page(tuple(views), len(ids), page, pages)


def may_do(session: Session, person: PersonView, view: DutyView) -> list[str]:
    """What the person may decide about this case now, in the order of the buttons; nothing about closed ones."""
    if view.state != "open" or view.level < 1 or view.village_id is None:
        return []
    path = session.scalar(select(Area.path).where(Area.id == view.village_id)) or ""
    decisions = DECISIONS if view.household_id is not None else [verb for verb in DECISIONS if verb != "hand"]
    allowed = [verb for verb in decisions if any(path.startswith(own) for own in person.paths(RIGHT_FOR[verb]))]
    if view.taken_id == person.id:
        allowed = ["answer", *(verb for verb in allowed if verb not in ("take", "urge"))]
    return allowed


def may_do_at_once(session: Session, person: PersonView, village_id: int) -> list[str]:
    """What the person may decide about all cases of a village at once."""
    area = session.execute(select(Area.path, Area.level).where(Area.id == village_id)).first()
    path, level = (area.path, area.level) if area else ("", "")
    at_once = AT_ONCE if level == "village" else [verb for verb in AT_ONCE if verb != "hand"]
    return [verb for verb in at_once if any(path.startswith(own) for own in person.paths(RIGHT_FOR[verb]))]


def may_at_all(person: PersonView) -> list[str]:
    """The same, over whatever area the person has."""
    return [verb for verb in AT_ONCE if person.paths(RIGHT_FOR[verb])]

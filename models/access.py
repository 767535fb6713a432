"""Rights (product.md 3b): which role may do what, and over which area. Checked here, for every command and button."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Select, and_, bindparam, exists, false, or_, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.errors import Refused
from models.households import Assignment, Household, current_assignments
from models.people import Grant, Person, current_grants

OWN, AREA = "own", "area"
"""How far a right reaches: the own households, or the area of the grant and all below it."""

RIGHTS: dict[str, dict[str, str]] = {
    "household.read": {
        "helper": OWN, "team_head": AREA, "clerk": AREA, "officer": AREA,
        "deputy": AREA, "leader": AREA, "inspector": AREA,
    },
    "household.phone": {
        "helper": OWN, "team_head": AREA, "officer": AREA, "deputy": AREA, "leader": AREA,
    },
    "visit.log": {"helper": OWN, "team_head": AREA, "deputy": AREA, "leader": AREA},
    "visit.log_for": {"clerk": AREA, "officer": AREA},
    "visit.inspect": {"inspector": AREA},
    "visit.return": {"team_head": AREA, "officer": AREA},
    "duty.explain": {"helper": OWN, "team_head": AREA},
    "case.read": {
        "helper": OWN, "team_head": AREA, "clerk": AREA, "officer": AREA, "deputy": AREA, "leader": AREA,
    },
    "burden.read": {"officer": AREA, "deputy": AREA, "leader": AREA},
    "unseen.read": {"team_head": AREA, "officer": AREA, "deputy": AREA, "leader": AREA},
    "case.urge": {"officer": AREA, "deputy": AREA, "leader": AREA},
    "case.decide": {"deputy": AREA, "leader": AREA},
    "absence.write": {
        "helper": OWN, "team_head": AREA, "officer": AREA, "deputy": AREA, "leader": AREA,
    },
    "assignment.write": {"officer": AREA},
    "handover.ask": {"helper": OWN, "team_head": AREA, "clerk": AREA, "officer": AREA},
    "handover.plan": {"team_head": AREA, "clerk": AREA, "officer": AREA},
    "handover.approve": {"deputy": AREA, "leader": AREA},
    "request.make": {"helper": OWN, "team_head": AREA, "clerk": AREA},
    "request.read": {"officer": AREA, "deputy": AREA, "leader": AREA},
    "request.answer": {"officer": AREA},
    "person.invite": {"officer": AREA},
    "person.grant": {"officer": AREA},
    "roster.import": {"officer": AREA},
    "rule.read": {
        "helper": OWN, "team_head": AREA, "officer": AREA, "deputy": AREA, "leader": AREA, "county": AREA,
    },
    "rule.write": {"officer": AREA, "deputy": AREA, "leader": AREA},
    "calendar.write": {"officer": AREA, "deputy": AREA, "leader": AREA},
    "figures.read": {
        "helper": OWN, "team_head": AREA, "clerk": AREA, "officer": AREA,
        "deputy": AREA, "leader": AREA, "inspector": AREA,
    },
    "word.write": {"officer": AREA},
    "audit.read": {"officer": AREA},
}  # fmt: skip
"""Right → role → reach. What is not in here nobody may."""


@dataclass(frozen=True)
class GrantView:
    role: str
    post: str | None
    area_id: int | None
    path: str | None
    unit: str | None
    on_ladder: bool


@dataclass(frozen=True)
class PersonView:
    """A person as handlers see one: plain values, the grants of today."""

    id: int
    name: str
    locale: str | None
    grants: tuple[GrantView, ...]
    unreachable: bool = False
    """Whether nothing unsolicited is sent to them, as to somebody who blocked the bot."""

    def may(self, right: str) -> bool:
        """Whether any of the grants holds the right at all; the area is checked where the subject is known."""
        return any(grant.role in RIGHTS.get(right, {}) for grant in self.grants)

    def has_role(self, *roles: str) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def paths(self, right: str) -> tuple[str, ...]:
        """The area paths over which the right reaches beyond the own households."""
        reach = RIGHTS.get(right, {})
        return tuple(g.path for g in self.grants if reach.get(g.role) == AREA and g.path is not None)

    def owns(self, right: str) -> bool:
        """Whether the right reaches the own households."""
        reach = RIGHTS.get(right, {})
        return any(reach.get(g.role) == OWN for g in self.grants)


TODAY = bindparam("today", type_=Date)
GRANT_COLUMNS = (Grant.role, Grant.post, Grant.area_id, Area.path, Grant.unit, Grant.on_ladder)


def list_grants(session: Session, person_id: int, today: date) -> tuple[GrantView, ...]:
    rows = session.execute(
        select(*GRANT_COLUMNS)
        .outerjoin(Area, Area.id == Grant.area_id)
        .where(Grant.person_id == person_id, current_grants(today))
        .order_by(Grant.id)
    )
    return tuple(GrantView(*row) for row in rows)


def holds(person_id: int | ColumnElement[int], day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """That an assignment row is the person's on a day."""
    return and_(Assignment.person_id == person_id, current_assignments(day))


OWN_HOUSEHOLD = select(Household.id).where(
    Household.id == bindparam("household_id"),
    exists().where(Assignment.household_id == Household.id, holds(bindparam("person_id", type_=BigInteger), TODAY)),
)


def household_scope(person: PersonView, right: str, day: date) -> ColumnElement[bool]:
    """A condition on `Household`: those over which the person holds the right on a day."""
    own = (
        exists().where(Assignment.household_id == Household.id, holds(person.id, day))
        if person.owns(right)
        else false()
    )
    paths = person.paths(right)
    return or_(own, area_scope(paths)) if paths else own


def area_scope(paths: Iterable[str]) -> ColumnElement[bool]:
    """A condition on `Household`: in one of the areas, or below one."""
    under = [Area.path.startswith(path, autoescape=True) for path in paths]
    return Household.area_id.in_(select(Area.id).where(or_(*under))) if under else false()


def access_household(session: Session, person: PersonView, household_id: int, right: str, *, day: date) -> int:
    """The household's id if the person may; raises Refused("household.not_yours") alike for foreign and unknown ones."""
    who = {"household_id": household_id, "person_id": person.id, "today": day}
    if person.owns(right) and session.scalar(OWN_HOUSEHOLD, who) is not None:
        return household_id
    paths = person.paths(right)
    if paths and session.scalar(select(Household.id).where(Household.id == household_id, area_scope(paths))) is not None:
        return household_id
    # Records of a household that was merged may be read by whoever reads the one it is part of now.
    into = session.scalar(select(Household.merged_into).where(Household.id == household_id))
    if into is None or right != "household.read":
        raise Refused("household.not_yours")
    access_household(session, person, into, right, day=day)
    return household_id


def access_area(session: Session, person: PersonView, area_id: int, right: str) -> int:
    """The area's id if the person's right reaches it; raises Refused("area.not_yours")."""
    path = session.scalar(select(Area.path).where(Area.id == area_id))
    if path is None or not any(path.startswith(own) for own in person.paths(right)):
        raise Refused("area.not_yours")
    return area_id


PERSON_AND_GRANTS = (
    select(Person.id, Person.name, Person.locale, Person.unreachable_at, *GRANT_COLUMNS)
    .outerjoin(Grant, and_(Grant.person_id == Person.id, current_grants(TODAY)))
    .outerjoin(Area, Area.id == Grant.area_id)
    .order_by(Grant.id)
)
"""One statement for the person and the grants, built once: it runs for every update."""
BY_SENDER = PERSON_AND_GRANTS.where(Person.telegram_id == bindparam("sender"), Person.ended_on.is_(None))
BY_ID = PERSON_AND_GRANTS.where(Person.id == bindparam("person_id"))


def find_by_sender(session: Session, sender: int, today: date) -> PersonView | None:
    """The joined person behind a channel's number, with today's grants; None for strangers."""
    return _find(session, BY_SENDER, {"sender": sender, "today": today})


def view(session: Session, person_id: int, today: date) -> PersonView:
    """A person as handlers see one. Raises Refused("person.unknown")."""
    found = _find(session, BY_ID, {"person_id": person_id, "today": today})
    if found is None:
        raise Refused("person.unknown")
    return found


def _find(session: Session, who: Select[*tuple[Any, ...]], ids: dict[str, Any]) -> PersonView | None:
    rows = session.execute(who, ids).all()
    if not rows:
        return None
    grants = tuple(GrantView(*row[4:]) for row in rows if row.role is not None)
    return PersonView(rows[0].id, rows[0].name, rows[0].locale, grants, rows[0].unreachable_at is not None)

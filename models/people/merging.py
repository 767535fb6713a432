"""The same human being entered twice: likely twins, side by side; joined, the new row is used from now on.

What is history stays under the old row: ended grants and assignments, visits and who made them. What goes on moves.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models import audit
from models.absences.tables import Absence
from models.access import PersonView
from models.drafts import Draft
from models.duties import Duty
from models.errors import Refused
from models.households import Assignment, Household, Nickname, current_assignments
from models.notices import Notice
from models.outbox import Message
from models.people.grants import current_grants
from models.people.queries import access_person, people_scope
from models.people.tables import Grant, Invitation, Person
from models.requests.tables import Request
from models.times import local_day
from models.visits import Visit

PAGE = 10
RIGHT = "person.grant"
_A, _B = aliased(Assignment), aliased(Assignment)
_HA, _HB = aliased(Household), aliased(Household)


@dataclass(frozen=True)
class Twins:
    """Two rows that may be one person. `why`: phone, or name (the same name and unit or village)."""

    a_id: int
    b_id: int
    a: str
    b: str
    why: str


def list_twins(session: Session, me: PersonView) -> list[Twins]:
    """Ten likely pairs in the person's area: the same phone, or the same name and unit or village."""
    other = aliased(Person)
    same_phone = and_(Person.phone_hash.is_not(None), Person.phone_hash == other.phone_hash)
    same_name = and_(Person.name == other.name, or_(Person.unit == other.unit, _same_village(other)))
    rows = session.execute(
        select(Person.id, other.id, Person.name, other.name, same_phone)
        .join(other, and_(other.id > Person.id, or_(same_phone, same_name)))
        .where(other.ended_on.is_(None), people_scope(me.paths(RIGHT)))
        .order_by(Person.id, other.id)
        .limit(PAGE)
    ).all()
    return [
        Twins(a, b, name, other_name, "phone" if phone else "name")
        for a, b, name, other_name, phone in rows
        if _may(session, me, b)
    ]


def _same_village(other: Any) -> Any:
    return (
        select(_A.id)
        .join(_HA, _HA.id == _A.household_id)
        .join(_HB, _HB.village_id == _HA.village_id)
        .join(_B, _B.household_id == _HB.id)
        .where(_A.person_id == Person.id, _B.person_id == other.id)
        .exists()
    )


def _may(session: Session, me: PersonView, person_id: int) -> bool:
    try:
        return access_person(session, me, person_id, RIGHT) == person_id
    except Refused:
        return False


@dataclass(frozen=True)
class Side:
    """One of the two rows, to compare. `households` first ones; `visits` made under it."""

    id: int
    name: str
    unit: str | None
    phone: str | None
    joined_on: date | None
    posts: tuple[str, ...]
    households: tuple[str, ...]
    visits: int


def compare(session: Session, me: PersonView, a_id: int, b_id: int, today: date) -> tuple[Side, Side]:
    """Both rows, the one to be kept first. Raises Refused("person.not_yours") and ("person.same")."""
    if a_id == b_id:
        raise Refused("person.same")
    for person_id in (a_id, b_id):
        access_person(session, me, person_id, RIGHT)
    return _side(session, a_id, today), _side(session, b_id, today)


def better_first(session: Session, a_id: int, b_id: int) -> tuple[int, int]:
    """Which of two to keep unless the officer says otherwise: the joined one, else the older one."""
    joined = session.scalars(
        select(Person.id).where(Person.id.in_((a_id, b_id)), Person.telegram_id.is_not(None))
    ).all()
    keep = joined[0] if len(joined) == 1 else min(a_id, b_id)
    return keep, b_id if keep == a_id else a_id


def _side(session: Session, person_id: int, today: date) -> Side:
    person = session.get_one(Person, person_id)
    posts = session.scalars(select(Grant.role).where(Grant.person_id == person_id, current_grants(today)).distinct())
    households = session.scalars(
        select(Household.head_name)
        .join(Assignment, Assignment.household_id == Household.id)
        .where(Assignment.person_id == person_id, current_assignments(today))
        .order_by(Household.id)
    )
    visits = session.scalar(select(func.count()).where(Visit.person_id == person_id, Visit.state == "confirmed"))
    return Side(
        person.id, person.name, person.unit, person.phone, local_day(person.joined_at) if person.joined_at else None,
        tuple(sorted(posts)), tuple(dict.fromkeys(households)), visits or 0,
    )  # fmt: skip


@dataclass(frozen=True)
class Merged:
    person_id: int


def merge(session: Session, me: PersonView, keep_id: int, gone_id: int, *, now: datetime) -> Merged:
    """Joins two rows: `keep_id` goes on with the grants, households, duties and the account of both.

    Raises Refused("person.not_yours"), ("person.same"), ("person.merged") where one of them is joined already.
    """
    if keep_id == gone_id:
        raise Refused("person.same")
    for person_id in (keep_id, gone_id):
        access_person(session, me, person_id, RIGHT)
    keep = session.get_one(Person, keep_id, with_for_update=True)
    gone = session.get_one(Person, gone_id, with_for_update=True)
    if keep.merged_into is not None or gone.merged_into is not None:
        raise Refused("person.merged")
    today = local_day(now)
    _move_grants(session, keep_id, gone_id, today)
    _move_assignments(session, keep_id, gone_id, today)
    _move_what_goes_on(session, keep_id, gone_id)
    _move_nicknames(session, keep_id, gone_id)
    _move_account(session, keep, gone, now)
    gone.merged_into, gone.ended_on = keep_id, today
    audit.record(session, "person.merge", now=now, person_id=me.id, subject=f"person:{keep_id}", merged=gone_id)
    session.flush()
    return Merged(keep_id)


def _move_grants(session: Session, keep_id: int, gone_id: int, today: date) -> None:
    """Grants of today and later move; the same post twice is one."""

    def key(grant: Grant) -> tuple[Any, ...]:
        return grant.role, grant.post, grant.area_id, grant.unit

    has = {key(grant) for grant in session.scalars(_open(select(Grant), Grant, keep_id, today))}
    for grant in session.scalars(_open(select(Grant), Grant, gone_id, today)).all():
        if key(grant) in has:
            grant.ends_on = max(today, grant.starts_on)
        else:
            grant.person_id = keep_id
    session.flush()


def _move_assignments(session: Session, keep_id: int, gone_id: int, today: date) -> None:
    """Households of today and later move; where both have the same one, the first helper's place stays."""
    mine = {row.household_id: row for row in session.scalars(_open(select(Assignment), Assignment, keep_id, today))}
    for row in session.scalars(_open(select(Assignment), Assignment, gone_id, today)).all():
        twin = mine.get(row.household_id)
        if twin is not None:
            less = row if twin.position <= row.position else twin
            less.ends_on, less.reason = max(today, less.starts_on or today), "merged"
        row.person_id = keep_id if twin is None or row.ends_on is None else row.person_id
        session.flush()


def _open(query: Select[Any], table: Any, person_id: int, today: date) -> Select[Any]:
    return query.where(table.person_id == person_id, or_(table.ends_on.is_(None), table.ends_on > today))


def _move_what_goes_on(session: Session, keep_id: int, gone_id: int) -> None:
    """Open duties, waiting notices and reports, drafts, absences, requests."""
    moves: list[tuple[Any, Any, Any]] = [
        (Duty, Duty.person_id, Duty.state == "open"),
        (Duty, Duty.taken_by, Duty.state == "open"),
        (Visit, Visit.person_id, Visit.state == "unconfirmed"),
        (Draft, Draft.person_id, Draft.state == "parked"),
        (Absence, Absence.person_id, Absence.state == "active"),
        (Absence, Absence.cover_id, Absence.state == "active"),
        (Request, Request.person_id, Request.state == "open"),
    ]
    active = session.scalar(select(Draft.id).where(Draft.person_id == keep_id, Draft.state == "active"))
    state = "parked" if active is not None else "active"
    session.execute(
        update(Draft).where(Draft.person_id == gone_id, Draft.state == "active").values(person_id=keep_id, state=state)
    )
    for table, column, condition in moves:
        session.execute(update(table).where(column == gone_id, condition).values({column.key: keep_id}))
    session.execute(update(Person).where(Person.merged_into == gone_id).values(merged_into=keep_id))
    session.expire_all()
    _move_notices(session, keep_id, gone_id)


def _move_notices(session: Session, keep_id: int, gone_id: int) -> None:
    """What was not told yet is told to the row that goes on, once where both were to hear it."""
    waiting = session.scalars(select(Notice).where(Notice.recipient_id == gone_id, Notice.state == "waiting"))
    for notice in waiting.all():
        same = select(Notice.id).where(
            Notice.recipient_id == keep_id,
            Notice.step == notice.step,
            Notice.cycle == notice.cycle,
            or_(Notice.duty_id == notice.duty_id, Notice.visit_id == notice.visit_id),
        )
        if session.scalar(same.limit(1)) is None:
            notice.recipient_id = keep_id
        else:
            notice.state, notice.reason = "cancelled", "merged"
        session.flush()


def _move_nicknames(session: Session, keep_id: int, gone_id: int) -> None:
    """A word that both know stays what it means to the row that goes on."""
    known = set(session.scalars(select(Nickname.name).where(Nickname.person_id == keep_id)))
    for row in session.scalars(select(Nickname).where(Nickname.person_id == gone_id)).all():
        if row.name not in known:
            row.person_id = keep_id
    session.flush()


def _move_account(session: Session, keep: Person, gone: Person, now: datetime) -> None:
    """The account of the joined one is kept; of two accounts the kept row's. Links of the other are no good any more."""
    account, joined_at = gone.telegram_id, gone.joined_at
    gone.telegram_id = gone.joined_at = None
    session.flush()
    if keep.telegram_id is None and account is not None:
        keep.telegram_id, keep.joined_at = account, joined_at
        keep.unreachable_at, keep.unreachable_reason = gone.unreachable_at, gone.unreachable_reason
        keep.locale = keep.locale or gone.locale
    if keep.phone is None:
        keep.phone, keep.phone_hash = gone.phone, gone.phone_hash
    pending = Message.state.in_(("pending", "retry"))
    to = {"recipient_id": keep.id, **({"chat": keep.telegram_id} if keep.telegram_id else {})}
    session.execute(update(Message).where(Message.recipient_id == gone.id, pending).values(to))
    session.execute(
        update(Invitation)
        .where(Invitation.person_id == gone.id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.flush()

"""退回: a team head or the officer sends a record back with a remark; its author answers in the chat or corrects it.

Decided here: a returned visit counts until it is withdrawn or corrected; a remark takes nothing away from anybody. The
question ends (`closed`) when the answer has gone into the digest of who asked; a correction or a withdrawal of the
record is an answer too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Integer, Select, bindparam, select, update
from sqlalchemy.orm import Session

from models import access, audit
from models.errors import Refused
from models.households.queries import Place, list_places
from models.notices import Notice, add_notices, cancel_visit_notices
from models.people import Person
from models.recipients import load_recipients, next_hour
from models.times import local_day
from models.visits.tables import Visit, VisitReturn

LONGEST = 300
RETURNED, ANSWERED = "returned", "return_answered"


@dataclass(frozen=True)
class ReturnView:
    """One remark about a record, with its answer. `answer` is empty where the record was corrected or withdrawn."""

    return_id: int
    visit_id: int
    place: Place
    visited_on: date
    state: str
    visit_state: str
    by: str
    by_id: int
    author: str
    on: date
    remark: str
    answer: str


@dataclass(frozen=True)
class Returned:
    visit_id: int


def access_to_return(session: Session, person_id: int, visit_id: int, *, now: datetime) -> Visit:
    """A record that the person may send back.

    Raises Refused("visit.unknown") alike for unknown and foreign ones, ("visit.own_return") for one's own,
    ("visit.returned_already").
    """
    visit = session.get(Visit, visit_id)
    if visit is None or visit.state != "confirmed":
        raise Refused("visit.unknown")
    today = local_day(now)
    person = access.view(session, person_id, today)
    try:
        access.access_household(session, person, visit.household_id, "visit.return", day=today)
    except Refused:
        raise Refused("visit.unknown") from None
    if visit.person_id == person_id:
        raise Refused("visit.own_return")
    if session.scalar(_open(visit_id).limit(1)) is not None:
        raise Refused("visit.returned_already")
    return visit


def _open(visit_id: int) -> Select[VisitReturn]:
    return select(VisitReturn).where(VisitReturn.visit_id == visit_id, VisitReturn.state == "open")


def return_visit(
    session: Session, person_id: int, visit_id: int, version: int, remark: str, *, now: datetime
) -> Returned:
    """Sends a record back with one line; its author reads it in the next digest and in 待办.

    Raises as `access_to_return`, ("visit.changed") where it says something else by now, ("visit.write_words").
    """
    visit = access_to_return(session, person_id, visit_id, now=now)
    if visit.version != version:
        raise Refused("visit.changed")
    if not remark.strip():
        raise Refused("visit.write_words")
    row = VisitReturn(
        visit_id=visit.id, returned_by=person_id, remark=remark.strip()[:LONGEST], returned_at=now, state="open"
    )
    session.add(row)
    session.flush()
    audit.record(session, "visit.return", now=now, person_id=person_id, subject=f"visit:{visit.id}")
    _tell(session, visit.id, visit.person_id, RETURNED, f"{RETURNED}:{row.id}", now)
    return Returned(visit.id)


def answer_return(session: Session, person_id: int, return_id: int, words: str, *, now: datetime) -> Returned:
    """The author's answer. Raises Refused("visit.not_yours"), ("visit.return_closed"), ("visit.write_words")."""
    row = get_open_return(session, person_id, return_id)
    if not words.strip():
        raise Refused("visit.write_words")
    _answer(session, row, words.strip()[:LONGEST], now)
    audit.record(session, "visit.answer_return", now=now, person_id=person_id, subject=f"visit:{row.visit_id}")
    return Returned(row.visit_id)


def get_open_return(session: Session, person_id: int, return_id: int) -> VisitReturn:
    """A remark that waits for the person's answer. Raises Refused("visit.not_yours") and ("visit.return_closed")."""
    row = session.get(VisitReturn, return_id)
    if row is None or session.get_one(Visit, row.visit_id).person_id != person_id:
        raise Refused("visit.not_yours")
    if row.state != "open":
        raise Refused("visit.return_closed")
    return row


def answer_by_change(session: Session, visit: Visit, *, now: datetime) -> None:
    """A record that was corrected or withdrawn answers what it was returned for."""
    for row in session.scalars(_open(visit.id)).all():
        _answer(session, row, None, now)


def _answer(session: Session, row: VisitReturn, words: str | None, now: datetime) -> None:
    row.answer, row.answered_at, row.state = words, now, "answered"
    cancel_visit_notices(session, row.visit_id, RETURNED, reason="answered")
    _tell(session, row.visit_id, row.returned_by, ANSWERED, f"{ANSWERED}:{row.id}", now)
    session.flush()


def _tell(session: Session, visit_id: int, person_id: int, kind: str, step: str, now: datetime) -> None:
    rows = [
        {"recipient_id": person.id, "visit_id": visit_id, "kind": kind, "step": step, "due_at": next_hour(person, now)}
        for person in load_recipients(session, [person_id], local_day(now)).values()
        if person.reachable
    ]
    add_notices(session, rows, now=now)


def close_told(session: Session, notice_ids: Iterable[int]) -> None:
    """Ends the questions whose answers have gone into a digest."""
    told = select(Notice.step).where(Notice.id.in_(list(notice_ids)), Notice.kind == ANSWERED)
    ids = [int(step.rpartition(":")[2]) for step in session.scalars(told)]
    if ids:
        session.execute(
            update(VisitReturn).where(VisitReturn.id.in_(ids), VisitReturn.state == "answered").values(state="closed")
        )


OPEN_OF = (
    select(VisitReturn.id)
    .join(Visit, Visit.id == VisitReturn.visit_id)
    .where(Visit.person_id == bindparam("person"), VisitReturn.state == "open")
    .order_by(VisitReturn.id)
    .limit(bindparam("most", type_=Integer))
)


def list_open_returns(session: Session, person_id: int, limit: int = 10) -> list[ReturnView]:
    """What was sent back to a person and waits for an answer, oldest first."""
    return list_returns(session, session.scalars(OPEN_OF, {"person": person_id, "most": limit}))


def list_returns_of(session: Session, visit_id: int, limit: int = 3) -> list[ReturnView]:
    """The newest remarks about a record, oldest of them first."""
    newest = select(VisitReturn.id).where(VisitReturn.visit_id == visit_id).order_by(VisitReturn.id.desc())
    return list_returns(session, sorted(session.scalars(newest.limit(limit))))


def list_returns(session: Session, return_ids: Iterable[int]) -> list[ReturnView]:
    """Remarks by id, in the order given."""
    wanted = list(return_ids)
    if not wanted:
        return []
    found = session.execute(
        select(VisitReturn, Visit).join(Visit, Visit.id == VisitReturn.visit_id).where(VisitReturn.id.in_(wanted))
    ).all()
    people = {row.VisitReturn.returned_by for row in found} | {row.Visit.person_id for row in found}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names = {row.id: row.name for row in rows}
    places = list_places(session, [row.Visit.household_id for row in found])
    views = {
        row.VisitReturn.id: ReturnView(
            row.VisitReturn.id, row.Visit.id, places[row.Visit.household_id], row.Visit.visited_on,
            row.VisitReturn.state, row.Visit.state, names[row.VisitReturn.returned_by], row.VisitReturn.returned_by,
            names[row.Visit.person_id], local_day(row.VisitReturn.returned_at), row.VisitReturn.remark,
            row.VisitReturn.answer or "",
        )
        for row in found
    }  # fmt: skip
    return [views[each] for each in wanted if each in views]

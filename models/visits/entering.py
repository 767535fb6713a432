"""代录 and 属实: a clerk writes down what a helper did, it counts only by that person's word, the clerk hears it.

The question is urgent while nobody is in quiet hours and passes through the cap of urgent messages; what is too much
joins the next digest (product.md 3a).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from models import access, audit
from models.errors import Refused
from models.households import Assignment
from models.households.queries import Place, list_places
from models.notices import add_notices, cancel_visit_notices
from models.people import Person
from models.recipients import load_recipients, next_hour
from models.times import is_quiet, local_day
from models.visits import records
from models.visits.actions import Withdrawn
from models.visits.consenting import ask_consent, find_consent, waits_for_consent
from models.visits.tables import OUTCOMES, Visit

ASKED = "attest"
ANSWER_WORKDAYS = 3
"""After so many working days without an answer the clerk hears that there is none."""


@dataclass(frozen=True)
class Entered:
    visit_id: int
    helper: str
    asked: bool


def enter_for(
    session: Session, clerk_id: int, household_id: int, person_id: int, outcome: str, visited_on: date, *, now: datetime
) -> Entered:
    """代录: a clerk writes down what a helper did; it counts only when that person answers 属实.

    Raises Refused("household.not_yours", "visit.not_helper", "visit.future", "visit.too_old", "button.broken").
    """
    today = local_day(now)
    clerk = access.view(session, clerk_id, today)
    access.access_household(session, clerk, household_id, "visit.log_for", day=today)
    if outcome not in OUTCOMES:
        raise Refused("button.broken")
    helps = session.scalar(
        select(Assignment.id).where(Assignment.household_id == household_id, access.holds(person_id, visited_on))
    )
    if helps is None:
        raise Refused("visit.not_helper")
    records.check_day(session, household_id, visited_on, today)
    visit = session.scalar(
        select(Visit).where(
            Visit.household_id == household_id, Visit.person_id == person_id, Visit.visited_on == visited_on,
            Visit.state == "unconfirmed", Visit.entered_by.is_not(None),
        )
    )  # fmt: skip
    if visit is None:
        visit = Visit(
            household_id=household_id, person_id=person_id, entered_by=clerk_id, state="unconfirmed",
            outcome=outcome, visited_on=visited_on, logged_at=now, capacity="clerk",
        )  # fmt: skip
        session.add(visit)
        session.flush()
        audit.record(session, "visit.enter_for", now=now, person_id=clerk_id, subject=f"visit:{visit.id}")
        _ask(session, visit, now)
    helper = session.get_one(Person, person_id)
    return Entered(visit.id, helper.name, helper.telegram_id is not None)


def _ask(session: Session, visit: Visit, now: datetime) -> None:
    """Urgent, or in quiet hours a line of the next digest: then the clerk has gone home, too."""
    rows = [
        {
            "recipient_id": person.id,
            "visit_id": visit.id,
            "kind": ASKED,
            "step": ASKED,
            "batch": f"{ASKED}:{visit.id}",
            "form": "digest" if is_quiet(now) else "urgent",
            "due_at": next_hour(person, now) if is_quiet(now) else now,
        }
        for person in load_recipients(session, [visit.person_id], local_day(now)).values()
        if person.reachable
    ]
    add_notices(session, rows, now=now)


def attest(session: Session, person_id: int, visit_id: int, *, true: bool, now: datetime) -> Withdrawn:
    """属实 makes a 代录 a record of the person's own; 不属实 drops it; who entered it hears which.

    Raises Refused("visit.not_yours") and ("visit.attested") once it was answered.
    """
    visit = session.get(Visit, visit_id)
    if visit is None or visit.person_id != person_id or visit.entered_by is None:
        raise Refused("visit.not_yours")
    if visit.state != "unconfirmed" or find_consent(session, visit_id) is not None:
        raise Refused("visit.attested")
    cancel_visit_notices(session, visit.id, ASKED, reason="answered")
    today = local_day(now)
    if not true:
        visit.state = "dropped"
        audit.record(session, "visit.deny", now=now, person_id=person_id, subject=f"visit:{visit.id}")
    elif visit.visited_on < records.oldest_day(session, visit.household_id, today):
        ask_consent(session, visit, now=now)
    else:
        records.confirm(session, visit, access.view(session, person_id, today), now=now)
    tell_clerk(session, visit, "attested" if true else "denied", now=now)
    return Withdrawn(visit_id)


def tell_clerk(session: Session, visit: Visit, what: str, *, now: datetime) -> None:
    """A line in the next digest of who entered it. `what`: attested, denied, unanswered."""
    cancel_visit_notices(session, visit.id, "unanswered", reason=what)
    rows = [
        {
            "recipient_id": person.id,
            "visit_id": visit.id,
            "kind": what,
            "step": what,
            "due_at": next_hour(person, now),
            "state": "waiting" if person.reachable else "cancelled",
            "reason": None if person.reachable else "unreachable",
        }
        for person in load_recipients(session, [visit.entered_by or 0], local_day(now)).values()
    ]
    add_notices(session, rows, now=now)


@dataclass(frozen=True)
class Claim:
    """A 代录 that waits for its person's 属实."""

    visit_id: int
    place: Place
    visited_on: date
    outcome: str
    by: str


CLAIMS = (
    select(Visit, Person.name)
    .join(Person, Person.id == Visit.entered_by)
    .where(Visit.person_id == bindparam("person"), Visit.state == "unconfirmed", ~waits_for_consent())
    .order_by(Visit.id)
    .limit(bindparam("most", type_=Integer))
)


def list_claims(session: Session, person_id: int, limit: int = 5) -> list[Claim]:
    """What others have written down for a person and nobody has answered yet, oldest first."""
    rows = session.execute(CLAIMS, {"person": person_id, "most": limit}).all()
    if not rows:
        return []
    places = list_places(session, [row.Visit.household_id for row in rows])
    return [
        Claim(row.Visit.id, places[row.Visit.household_id], row.Visit.visited_on, row.Visit.outcome, row.name)
        for row in rows
    ]

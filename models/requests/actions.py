"""Making a request and taking it back. The officer hears of all open ones in one line of the digest."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.errors import Refused
from models.households import Household
from models.notices import add_notices
from models.people import Grant, current_grants
from models.recipients import list_holders, load_recipients, next_hour
from models.requests.tables import Request
from models.times import local_day

LEADERS = ("deputy", "leader")
"""Who approves what the officer may not decide alone: the first of them that the township has."""


def make_request(
    session: Session,
    kind: str,
    *,
    person_id: int,
    now: datetime,
    household_id: int | None = None,
    visit_id: int | None = None,
    absence_id: int | None = None,
    village_id: int | None = None,
    words: str | None = None,
    **facts: Any,
) -> int:
    """Adds a request of one of KINDS and tells the officer by a line of the digest; its id.

    The same thing asked twice (a doubled message) is one request. `facts` are ids and days, never names or texts.
    """
    if village_id is None:
        village_id = _place_of(session, person_id, household_id, now)
    request = Request(
        kind=kind, state="open", person_id=person_id, village_id=village_id, household_id=household_id,
        visit_id=visit_id, absence_id=absence_id, facts=facts, words=words, created_at=now,
    )  # fmt: skip
    if (same := _find_same(session, request)) is not None:
        return same
    session.add(request)
    session.flush()
    audit.record(session, "request.make", now=now, person_id=person_id, subject=f"request:{request.id}", kind=kind)
    tell_deciders(session, request, now=now)
    return request.id


def _place_of(session: Session, person_id: int, household_id: int | None, now: datetime) -> int | None:
    if household_id is not None:
        return session.get_one(Household, household_id).village_id
    grants = select(Grant.area_id).where(
        Grant.person_id == person_id, Grant.area_id.is_not(None), current_grants(local_day(now))
    )
    return session.scalar(grants.order_by(Grant.id).limit(1))


def _find_same(session: Session, request: Request) -> int | None:
    rows = session.scalars(
        select(Request).where(
            Request.state == "open",
            Request.kind == request.kind,
            Request.person_id == request.person_id,
            Request.household_id == request.household_id,
            Request.visit_id == request.visit_id,
            Request.absence_id == request.absence_id,
        )
    )
    return next((row.id for row in rows if (row.words, row.facts) == (request.words, request.facts)), None)


def tell_deciders(session: Session, request: Request, *, now: datetime) -> None:
    """A notice for everybody who may decide it; the digest folds them into one line."""
    if request.village_id is None:
        return
    today = local_day(now)
    roles = LEADERS if request.facts.get("ask") == "leader" else ("officer",)
    found = (list_holders(session, role, [request.village_id], today)[request.village_id] for role in roles)
    people = load_recipients(session, next((ids for ids in found if ids), []), today)
    rows = [
        {
            "recipient_id": person.id,
            "kind": "request",
            "step": f"request:{request.id}:{request.version}",
            "due_at": next_hour(person, now),
            "facts": {"request_id": request.id},
        }
        for person in people.values()
        if person.reachable and person.id != request.person_id
    ]
    add_notices(session, rows, now=now)


def withdraw_request(session: Session, person_id: int, request_id: int, *, now: datetime) -> int:
    """Takes one's own request back; its id. Raises Refused("request.unknown") and ("request.closed")."""
    request = session.get(Request, request_id, with_for_update=True)
    if request is None or request.person_id != person_id:
        raise Refused("request.unknown")
    if request.state != "open":
        raise Refused("request.closed")
    request.state, request.version, request.answered_at = "withdrawn", request.version + 1, now
    if request.kind == "old_visit":
        from models.visits.consenting import refuse_consent

        refuse_consent(session, request.visit_id or 0, person_id, now=now)
    audit.record(session, "request.withdraw", now=now, person_id=person_id, subject=f"request:{request_id}")
    session.flush()
    return request_id

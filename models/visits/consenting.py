"""A visit older than the previous period: it waits for the officer's consent and then stands as 补记 (engine.md 3)."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from models import access, audit
from models.notices import cancel_visit_notices
from models.requests import Request, make_request, withdraw_request
from models.times import local_day
from models.visits import records
from models.visits.tables import Visit

KIND = "old_visit"


def ask_consent(session: Session, visit: Visit, *, now: datetime) -> int:
    """Puts the visit before the officer; the request's id. Until then it is no report that its author must confirm."""
    cancel_visit_notices(session, visit.id, "unconfirmed", reason=KIND)
    return make_request(
        session, KIND, person_id=visit.person_id, household_id=visit.household_id, visit_id=visit.id,
        words=visit.note, now=now,
    )  # fmt: skip


def waits_for_consent() -> ColumnElement[bool]:
    """Rows of `Visit` that the officer has been asked about and has not decided yet."""
    return exists().where(Request.visit_id == Visit.id, Request.kind == KIND, Request.state == "open")


def find_consent(session: Session, visit_id: int) -> int | None:
    """The open request about a visit."""
    asked = select(Request.id).where(Request.visit_id == visit_id, Request.kind == KIND, Request.state == "open")
    return session.scalar(asked.limit(1))


def take_back_questions(session: Session, person_id: int, draft_id: int, *, now: datetime) -> None:
    """撤销 of a report: what of it waits for the officer is not asked any more."""
    open_ones = (
        select(Request.id)
        .join(Visit, Visit.id == Request.visit_id)
        .where(Visit.draft_id == draft_id, Request.kind == KIND, Request.state == "open")
    )
    for request_id in session.scalars(open_ones).all():
        withdraw_request(session, person_id, request_id, now=now)


def consent(session: Session, visit_id: int, officer_id: int, *, now: datetime) -> None:
    """同意: the visit is a record of its author's from now on; nothing happens where it was taken back meanwhile."""
    visit = session.get_one(Visit, visit_id)
    if visit.state != "unconfirmed":
        return
    visit.consented_by = officer_id
    records.confirm(session, visit, access.view(session, visit.person_id, local_day(now)), now=now)


def refuse_consent(session: Session, visit_id: int, officer_id: int, *, now: datetime) -> None:
    """不同意, or the author took the question back: the visit is not recorded, its row stays."""
    visit = session.get_one(Visit, visit_id)
    if visit.state == "unconfirmed":
        visit.state = "dropped"
        audit.record(session, "visit.refuse", now=now, person_id=officer_id, subject=f"visit:{visit.id}")

"""Reports that wait: for their author's 确认, or (代录) for the word of whom somebody else wrote them down for."""

from datetime import date, datetime

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from models.notices import Notice, add_notices
from models.recipients import load_recipients, next_hour
from models.times import ONE_DAY, calendar, local_day, moment_at
from models.visits import Visit
from models.visits.consenting import waits_for_consent
from models.visits.entering import ANSWER_WORKDAYS, tell_clerk

BATCH = 100
UNANSWERED = "unanswered"
_SILENT = (
    select(Visit)
    .where(
        Visit.state == "unconfirmed",
        Visit.entered_by.is_not(None),
        ~exists().where(Notice.visit_id == Visit.id, Notice.kind.in_((UNANSWERED, "attested"))),
    )
    .order_by(Visit.logged_at, Visit.id)
    .limit(BATCH)
)
"""代录 without an answer whose clerks have not heard so yet, oldest first."""


def mind_unanswered(session: Session, *, now: datetime) -> bool:
    """Tells clerks of 代录 that nobody has answered, a bounded number of them; True = call me again."""
    rows = session.scalars(_SILENT).all()
    late = [visit for visit in rows if answer_by(visit) < local_day(now)]
    for visit in late:
        tell_clerk(session, visit, UNANSWERED, now=now)
    return len(late) == BATCH


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """When the oldest unanswered 代录 has waited long enough."""
    oldest = session.scalars(_SILENT).first()
    return None if oldest is None else max(now, moment_at(answer_by(oldest) + ONE_DAY))


def answer_by(visit: Visit) -> date:
    """The last day of an answer in time."""
    return calendar().add_workdays(local_day(visit.logged_at), ANSWER_WORKDAYS)


UNSAID = (
    Visit.state == literal("unconfirmed", literal_execute=True),
    Visit.entered_by.is_(None),
    ~waits_for_consent(),
    ~exists().where(Notice.visit_id == Visit.id, Notice.kind == "unconfirmed"),
)
"""Conditions on `Visit`: a report that waits for its author's 确认 and that no digest mentions."""
_UNSAID = select(Visit.id, Visit.person_id).where(*UNSAID).order_by(Visit.person_id, Visit.logged_at).limit(BATCH)


def mind_unconfirmed(session: Session, *, now: datetime) -> bool:
    """A report that waits for 确认 heads its author's next digest; this makes sure that there is one."""
    reports = session.execute(_UNSAID).all()
    if not reports:
        return False
    people = load_recipients(session, [row.person_id for row in reports], local_day(now))
    rows = [
        {
            "recipient_id": row.person_id,
            "visit_id": row.id,
            "kind": "unconfirmed",
            "step": "unconfirmed",
            "due_at": next_hour(people[row.person_id], now),
        }
        for row in reports
        if row.person_id in people
    ]
    add_notices(session, rows, now=now)
    return True

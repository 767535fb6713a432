"""Visits somebody wrote down for somebody else: after three working days without a word the clerk hears of it."""

from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from models.notices import Notice
from models.times import ONE_DAY, calendar, local_day, moment_at
from models.visits import Visit
from models.visits.entering import ANSWER_WORKDAYS, tell_clerk

BATCH = 100
UNANSWERED = "unanswered"


def mind_unanswered(session: Session, *, now: datetime) -> bool:
    """Tells clerks of 代录 that nobody has answered, a bounded number of them; True = call me again."""
    rows = session.scalars(_silent().limit(BATCH)).all()
    late = [visit for visit in rows if answer_by(visit) < local_day(now)]
    for visit in late:
        tell_clerk(session, visit, UNANSWERED, now=now)
    return len(late) == BATCH


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """When the oldest unanswered 代录 has waited long enough."""
    oldest = session.scalar(_silent().limit(1))
    return None if oldest is None else max(now, moment_at(answer_by(oldest) + ONE_DAY))


def answer_by(visit: Visit) -> date:
    """The last day of an answer in time."""
    return calendar().add_workdays(local_day(visit.logged_at), ANSWER_WORKDAYS)


def _silent() -> Select[Visit]:
    """代录 without an answer whose clerks have not heard so yet, oldest first."""
    told = exists().where(Notice.visit_id == Visit.id, Notice.kind.in_((UNANSWERED, "attested")))
    waiting = select(Visit).where(Visit.state == "unconfirmed", Visit.entered_by.is_not(None), ~told)
    return waiting.order_by(Visit.logged_at, Visit.id)

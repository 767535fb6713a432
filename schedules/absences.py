"""Absences: their ends, covers who did not answer, duties that are to stand still. Each step may be taken twice."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.absences import Absence, actions, running
from models.times import local_day

_ACTIVE = (
    select(Absence)
    .where(Absence.state == "active")
    .order_by(Absence.starts_on, Absence.id)
    .with_for_update(skip_locked=True)
)
_ASKED = select(Absence).where(Absence.state == "active", Absence.cover_state == "asked")


def run_some(session: Session, *, now: datetime) -> bool:
    """Does what is due of all absences, of which there are few at a time; True = call me again."""
    today = local_day(now)
    return any(_run(session, absence, today, now) for absence in session.scalars(_ACTIVE).all())


def _run(session: Session, absence: Absence, today: date, now: datetime) -> bool:
    if absence.ends_on <= today:
        actions.note_end(session, absence, now=now)
        return True
    if absence.cover_state == "asked" and running.answer_by(absence) <= now:
        actions.note_silence(session, absence, now=now)
        return True
    return running.pause_duties(session, absence, now=now) > 0


def next_run_at(session: Session, now: datetime) -> datetime | None:
    """The next moment at which a cover's silence is one. Days begin at midnight, which is planned anyway."""
    return min((running.answer_by(absence) for absence in session.scalars(_ASKED)), default=None)

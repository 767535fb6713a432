"""What a visit does to its household's duties: confirmed, corrected, undone or withdrawn; a death, an absence."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from models import audit
from models.duties.away import end_absence, keep_away_until, lighten, list_spans
from models.duties.pausing import DECEASED, pause_household, resume_household
from models.duties.settling import Change, note, settle
from models.duties.tables import Duty
from models.households import Household
from models.times import local_day
from models.visits import Visit

TOUCHED = (
    select(Duty)
    .where(
        Duty.household_id == bindparam("household_id"),
        Duty.starts_on <= bindparam("last"),
        or_(Duty.ends_on >= bindparam("first"), Duty.state.in_(("open", "settled"))),
    )
    .order_by(Duty.ends_on.desc(), Duty.cycle.desc())
)
"""The duties that visits from the day `first` to the day `last` may change."""


@dataclass(frozen=True)
class Formerly:
    """What a visit said before it was corrected."""

    household_id: int
    visited_on: date
    outcome: str
    away_until: date | None = None


def after_visit(session: Session, visit: Visit, *, now: datetime, formerly: Formerly | None = None) -> list[Change]:
    """Works out anew every duty that a visit touches: one confirmed, corrected, undone or withdrawn just now.

    Call it in the same transaction, after the visit's row was changed; `formerly` is what it said before a
    correction. Returns what became of each duty, the period of the visit's own day first. A confirmed death pauses
    everything about the household.
    """
    session.flush()
    _after_death(session, visit, formerly, now)
    days = [visit.visited_on, *([visit.away_until] if visit.away_until else [])]
    if formerly is not None:
        days += [formerly.visited_on, *([formerly.away_until] if formerly.away_until else [])]
    changes = []
    for household_id in dict.fromkeys([visit.household_id, formerly.household_id if formerly else visit.household_id]):
        changes += work_out(session, household_id, min(days), max(days), now=now, visit=visit)
    return changes


def work_out(
    session: Session, household_id: int, first: date, last: date, *, now: datetime, visit: Visit | None = None
) -> list[Change]:
    """Brings a household's duties up to date that days from `first` to `last`, or absences, may have changed."""
    spans = list_spans(session, [household_id]).get(household_id, [])
    keep_away_until(session, household_id, spans)
    last = max([last, *(span.until for span in spans)])
    duties = session.scalars(TOUCHED, {"household_id": household_id, "first": first, "last": last}).all()
    changes = []
    for duty in duties:
        lighter = duty.state not in ("void", "waived") and lighten(duty, spans)
        if lighter:
            _note_quota(session, duty, visit, now)
        changes.append(settle(session, duty, now=now, visit=visit, moved=lighter))
    session.flush()
    return changes


def _note_quota(session: Session, duty: Duty, visit: Visit | None, now: datetime) -> None:
    kind = "lighter" if duty.needed_home is not None else "as_before"
    person_id, cause = (visit.person_id, f"visit:{visit.id}") if visit is not None else (None, None)
    note(session, duty, kind, now=now, person_id=person_id, cause=cause, n=duty.needed)


def come_back(session: Session, person_id: int, household_id: int, *, now: datetime) -> bool:
    """回来了: the family is at home again; whether it was away. The caller checks the right."""
    today = local_day(now)
    was_away = end_absence(session, household_id, today=today)
    if was_away:
        audit.record(session, "household.back", now=now, person_id=person_id, subject=f"household:{household_id}")
        work_out(session, household_id, today, today, now=now)
    return was_away


def _after_death(session: Session, visit: Visit, formerly: Formerly | None, now: datetime) -> None:
    """A death that was confirmed just now, or one that no longer stands."""
    is_dead = visit.outcome == DECEASED and visit.state == "confirmed"
    was_dead = visit.outcome == DECEASED if formerly is None else formerly.outcome == DECEASED
    before = visit.household_id if formerly is None else formerly.household_id
    # A record corrected in its words only has said of the death before all that there was to say.
    if is_dead and (formerly is None or not was_dead or before != visit.household_id):
        pause_household(session, visit.household_id, now=now, visit_id=visit.id, version=visit.version)
    if not was_dead or (is_dead and before == visit.household_id):
        return
    others = select(Visit.id).where(Visit.household_id == before, Visit.outcome == DECEASED, Visit.state == "confirmed")
    is_paused = session.get_one(Household, before).paused_at is not None
    if is_paused and session.scalar(others.limit(1)) is None:
        resume_household(session, before, now=now, person_id=visit.person_id)

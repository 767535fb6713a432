"""What the officer decides about a household after a death was reported: it goes on, or it has ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import access, audit
from models.duties.pausing import end_household, resume_household
from models.errors import Refused
from models.households.tables import Household
from models.times import local_day


@dataclass(frozen=True)
class Decided:
    household_id: int


def resume(session: Session, person_id: int, household_id: int, *, now: datetime) -> Decided:
    """The family lives on: everything goes on from today. Raises as `_check_paused`, and ("household.not_yours")."""
    _access(session, person_id, household_id, now)
    _check_paused(session, household_id)
    resume_household(session, household_id, now=now, person_id=person_id)
    audit.record(session, "household.resume", now=now, person_id=person_id, subject=f"household:{household_id}")
    return Decided(household_id)


def end(session: Session, person_id: int, household_id: int, *, now: datetime) -> Decided:
    """Nobody is left: the household ends, its history stays. Raises as `_check_paused`, and ("household.not_yours")."""
    _access(session, person_id, household_id, now)
    _check_paused(session, household_id)
    end_household(session, household_id, now=now, person_id=person_id)
    audit.record(session, "household.end", now=now, person_id=person_id, subject=f"household:{household_id}")
    return Decided(household_id)


def _check_paused(session: Session, household_id: int) -> None:
    """Who decides second is told so: the first decision stands."""
    household = session.get_one(Household, household_id, with_for_update=True)
    if household.status == "ended":
        raise Refused("household.ended_already")
    if household.paused_at is None:
        raise Refused("household.not_paused")


def _access(session: Session, person_id: int, household_id: int, now: datetime) -> None:
    day = local_day(now)
    person = access.view(session, person_id, day)
    access.access_household(session, person, household_id, "assignment.write", day=day)

"""Stops with a reason: a death, an extension. Shown wherever the duty is, ended by themselves or by the officer."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties.replanning import PAUSED, SAID_WHILE_OPEN
from models.duties.settling import close, note, settle
from models.duties.steps import resume, step_moment, stop
from models.duties.tables import Duty
from models.errors import Refused
from models.households import Household
from models.households.assignments import has_second_helper
from models.notices import add_notices, cancel_waiting
from models.recipients import list_holders, load_recipients
from models.rules import get_parameters
from models.times import ONE_DAY, after_quiet, calendar, local_day

DECEASED = "deceased"
LONGEST_PAUSE_DAYS = 60


def pause_until(session: Session, duty: Duty, until: date, reason: str, *, now: datetime) -> None:
    """Stops one duty's clock up to and with a day. Raises Refused("duty.until_past") or ("duty.until_far")."""
    today = local_day(now)
    if until < today:
        raise Refused("duty.until_past", until=until.isoformat())
    if (until - today).days > LONGEST_PAUSE_DAYS:
        raise Refused("duty.until_far", days=LONGEST_PAUSE_DAYS)
    duty.paused_until, duty.paused_reason = until, reason
    stop(duty, "resume", until + ONE_DAY, today=today)
    cancel_waiting(session, [duty.id], PAUSED, SAID_WHILE_OPEN)


def end_stop(session: Session, duty: Duty, *, now: datetime) -> None:
    """Lets a stopped duty go on from today."""
    today = local_day(now)
    parameters = get_parameters(session, duty.rule_id)
    second = has_second_helper(session, duty.household_id, today)
    resume(duty, parameters, has_second=second, today=today)


def pause_household(session: Session, household_id: int, *, now: datetime, visit_id: int, version: int = 1) -> None:
    """A death was reported: everything about the household stops at once and the officers hear it urgently.

    `version`: of the visit; a death corrected away and back is told again.
    """
    household = session.get_one(Household, household_id)
    if household.paused_at is None:
        household.paused_at, household.paused_reason = now, DECEASED
    today = local_day(now)
    for duty in _open_duties(session, household_id):
        if duty.paused_reason == DECEASED:
            continue
        duty.paused_reason, duty.version = DECEASED, duty.version + 1
        stop(duty, "held", calendar().week_opening(today + ONE_DAY), today=today)
        note(session, duty, "paused", now=now, cause=f"visit:{visit_id}", reason=DECEASED)
        cancel_waiting(session, [duty.id], PAUSED)
    _tell_officers(session, household, visit_id, version, now)


def _tell_officers(session: Session, household: Household, visit_id: int, version: int, now: datetime) -> None:
    today = local_day(now)
    officers = list_holders(session, "officer", [household.village_id], today)[household.village_id]
    rows = [
        {
            "recipient_id": person.id,
            "visit_id": visit_id,
            "kind": DECEASED,
            "step": DECEASED if version == 1 else f"{DECEASED}:{version}",
            "form": "urgent",
            "batch": f"visit:{visit_id}",
            "due_at": after_quiet(now),
            "facts": {"household_id": household.id},
        }
        for person in load_recipients(session, officers, today).values()
        if person.reachable
    ]
    add_notices(session, rows, now=now)


def _open_duties(session: Session, household_id: int) -> list[Duty]:
    query = select(Duty).where(Duty.household_id == household_id, Duty.state == "open").order_by(Duty.id)
    return list(session.scalars(query))


def resume_household(session: Session, household_id: int, *, now: datetime, person_id: int | None = None) -> None:
    """The report was wrong, or the family lives on: everything goes on, the ladder moved by the time stopped."""
    from models.absences.running import pause_absent

    household = session.get_one(Household, household_id)
    household.paused_at = household.paused_reason = None
    duties = _open_duties(session, household_id)
    for duty in duties:
        if duty.paused_reason != DECEASED:
            continue
        end_stop(session, duty, now=now)
        duty.version += 1
        note(session, duty, "resumed", now=now, person_id=person_id)
        settle(session, duty, now=now, person_id=person_id)
    pause_absent(session, {duty.person_id for duty in duties if duty.person_id is not None}, now=now)


def end_household(session: Session, household_id: int, *, now: datetime, person_id: int) -> None:
    """The officer confirms that nobody is left: the household ends, its open duties are void."""
    household = session.get_one(Household, household_id)
    household.status = "ended"
    for duty in _open_duties(session, household_id):
        close(session, duty, "void", actor=person_id, cause=DECEASED, now=now)


def keep_held(duty: Duty, *, today: date) -> None:
    """Nobody decided yet: the household stays paused for another week."""
    duty.next_action_at = step_moment(calendar().week_opening(today + ONE_DAY))

"""An open duty's next planned moment, worked out anew from its row and what has become of its household."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.duties.steps import plan_next, resume, step_moment, stop
from models.duties.tables import Duty
from models.households import Household
from models.households.assignments import has_second_helper
from models.notices import cancel_waiting
from models.rules import get_parameters
from models.times import ONE_DAY, calendar, local_day

PAUSED = "paused"
SAID_WHILE_OPEN = ("remind", "repeat", "level", "again", "early")
"""Kinds of notices: what the owner and those above are told of an open duty, not what was decided about it."""


def replan(session: Session, duty: Duty, *, now: datetime) -> None:
    """Works out an open duty's next planned moment anew; what is due by now waits on a free day for the next working day."""
    today = local_day(now)
    parameters = get_parameters(session, duty.rule_id)
    has_second = has_second_helper(session, duty.household_id, today)
    plan_next(duty, parameters, has_second=has_second, today=today)
    if duty.next_action_at is not None and duty.next_action_at < now:
        duty.next_action_at = step_moment(calendar().on_or_after(today))


def follow_household(session: Session, duty: Duty, *, now: datetime) -> None:
    """A death reported, or decided about, while the duty was closed stops it now, or no longer does."""
    household = session.get(Household, duty.household_id) if duty.household_id is not None else None
    if household is None or (household.paused_at is not None) == (duty.next_action == "held"):
        return
    today = local_day(now)
    if household.paused_at is not None:
        duty.paused_reason = household.paused_reason
        stop(duty, "held", calendar().week_opening(today + ONE_DAY), today=today)
        cancel_waiting(session, [duty.id], PAUSED, SAID_WHILE_OPEN)
    else:
        second = has_second_helper(session, household.id, today)
        resume(duty, get_parameters(session, duty.rule_id), has_second=second, today=today)

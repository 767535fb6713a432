"""Open duties follow another calendar: their next moments and the end of a 补录期 that still runs; nothing else.

What was said is never said again: of an owner's reminders only as many are to come as were to come before, a step of
the ladder that was told stays told. What would have been due on a day gone by comes on the next working day.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.dates import owner_days
from models.duties.recasting import OWNERS_STEPS, Standing, to_plain
from models.duties.steps import next_step, opened_on, period_of_duty, step_moment
from models.duties.tables import Duty, DutyEvent
from models.rules import Parameters, get_parameters
from models.rules.moving import know, parts
from models.times import ONE_DAY, Workdays, local_day, moment_at, supposing

EVENT = "calendar"
FIELDS = ("grace_ends_on", "closes_at", "mentioned_on", "next_action", "next_action_at")


def follow_duty(
    duty: Duty, rule: Parameters, of: Standing, before: Workdays, after: Workdays, *, now: datetime
) -> dict[str, Any]:
    """Moves one open duty from one calendar to another; what it was where that changed. Changes the object only."""
    was, today = {name: getattr(duty, name) for name in FIELDS}, local_day(now)
    with supposing(before):
        planned = next_step(duty, rule, has_second=of.has_second, today=today)
        days = _owners_days(duty, rule, before)
    on_plan = (duty.next_action, duty.next_action_at) == (planned.action, planned.at)
    if duty.cycle == 1 and today <= duty.grace_ends_on == before.add_workdays(duty.ends_on, rule.grace_workdays):
        _move_end(duty, max(after.add_workdays(duty.ends_on, rule.grace_workdays), today))
    _keep_said(duty, days, _owners_days(duty, rule, after))
    if on_plan and duty.stopped_on is None:
        with supposing(after):
            step = next_step(duty, rule, has_second=of.has_second, today=today)
        if step != planned:
            duty.next_action, duty.next_action_at = step.action, step.at
            if step.at <= now:
                tonight = of.hour_to_come and step.action in OWNERS_STEPS and after.is_workday(today)
                duty.next_action_at = step_moment(today if tonight else after.next_workday(today))
    elif duty.next_action_at is not None and duty.stopped_on is None:
        _off_a_free_day(duty, before, after, today)
    return {name: value for name, value in was.items() if getattr(duty, name) != value}


def _move_end(duty: Duty, on: date) -> None:
    """The 补录期 is one of working days: one more of them free, and it ends a day later."""
    if on != duty.grace_ends_on:
        duty.grace_ends_on, duty.closes_at = on, moment_at(on + ONE_DAY)


def _owners_days(duty: Duty, rule: Parameters, workdays: Workdays) -> tuple[date, ...]:
    if duty.person_id is None or duty.cycle > 1:
        return ()
    return owner_days(period_of_duty(duty), rule, workdays, opened_on(duty))


def _keep_said(duty: Duty, before: tuple[date, ...], after: tuple[date, ...]) -> None:
    """No more reminders than were still to come."""
    dealt_with = duty.mentioned_on or opened_on(duty) - ONE_DAY
    left = sum(day > dealt_with for day in before)
    said = after[: max(len(after) - left, 0)]
    if said and said[-1] > dealt_with:
        duty.mentioned_on = said[-1]


def _off_a_free_day(duty: Duty, before: Workdays, after: Workdays, today: date) -> None:
    """What waits for a reason of its own keeps its day, unless nobody works on it any more."""
    on = local_day(duty.next_action_at) if duty.next_action_at is not None else today
    if on >= today and before.is_workday(on) and not after.is_workday(on):
        duty.next_action_at = step_moment(after.next_workday(on))


def follow_open(
    session: Session, before: Workdays, after: Workdays, *, person_id: int | None, cause: str, now: datetime
) -> int:
    """All open duties follow, each with a line in its timeline; how many changed."""
    known, events = know(session, now=now), list[dict[str, Any]]()
    for duty in session.scalars(select(Duty).where(Duty.state == "open").order_by(Duty.id)):
        was = follow_duty(duty, get_parameters(session, duty.rule_id), known.of(duty), before, after, now=now)
        if was:
            facts = {
                "was": {name: to_plain(value) for name, value in was.items()},
                "became": {name: to_plain(getattr(duty, name)) for name in was},
            }
            events.append(
                {"duty_id": duty.id, "at": now, "kind": EVENT, "person_id": person_id, "cause": cause, "facts": facts}
            )
    session.flush()
    for part in parts(events):
        session.execute(insert(DutyEvent), part)
    return len(events)

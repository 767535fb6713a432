"""Where an open duty goes next: the next planned moment, worked out from its row alone.

The day's steps are taken at one hour before anybody's digest; the notices they make wait for each person's own hour.
"""

from dataclasses import dataclass
from datetime import date, datetime

from models.dates import owner_days
from models.duties.postponing import later_by
from models.duties.tables import Duty
from models.periods import LadderDay, Period, ladder_days, repeat_days
from models.rules import Parameters
from models.times import ONE_DAY, calendar, local_day, moment_at

STEP_MINUTE = 5 * 60
ACTIONS = ("remind", "early", "level", "again", "repeat", "answer", "resume", "held", "watch")
"""What `next_action` may say: the owner is reminded; the team head hears early; a level is told; its people hear it
again; the owner hears it again; a taken case is to be answered; a stop ends; a paused household is still paused;
nothing is planned any more, somebody looks once a week."""


@dataclass(frozen=True)
class NextStep:
    action: str
    on: date

    @property
    def at(self) -> datetime:
        """The UTC moment at which the step is taken."""
        return step_moment(self.on)


def step_moment(day: date) -> datetime:
    return moment_at(day, STEP_MINUTE)


def period_of_duty(duty: Duty) -> Period:
    return Period(duty.period, duty.starts_on, duty.due_on, duty.ends_on, duty.grace_ends_on)


def opened_on(duty: Duty) -> date:
    return max(local_day(duty.opened_at), duty.starts_on)


def owed_reminders(duty: Duty, parameters: Parameters) -> list[date]:
    """The reminders not yet dealt with, in order; none once the duty was opened again after its 补录期."""
    if duty.person_id is None or duty.cycle > 1:
        return []
    dealt_with = duty.mentioned_on or opened_on(duty) - ONE_DAY
    days = owner_days(period_of_duty(duty), parameters, calendar(), opened_on(duty))
    return [day for day in days if day > dealt_with]


def next_rung(duty: Duty, parameters: Parameters, *, has_second: bool) -> LadderDay | None:
    """The next step of the ladder; what lay before the duty was opened falls away."""
    steps = ladder_days(
        period_of_duty(duty), parameters.ladder, calendar(), has_second=has_second, shift=duty.shift_days,
        later=later_by(duty, parameters), in_row=duty.in_row > 0,
    )  # fmt: skip
    for rung in steps:
        if rung.index < duty.position or (rung.step.level < 0 and rung.on < opened_on(duty)):
            continue
        return rung
    return None


def next_step(duty: Duty, parameters: Parameters, *, has_second: bool, today: date) -> NextStep:
    """The next planned moment of an open duty that is neither taken nor paused. There always is one."""
    found = []
    if reminders := owed_reminders(duty, parameters):
        found.append(NextStep("remind", reminders[0]))
    rung = next_rung(duty, parameters, has_second=has_second)
    if rung is not None:
        found.append(NextStep("early" if rung.step.level < 0 else "level", rung.on))
    elif duty.level > 0 and any(step.again == "monday" for step in parameters.ladder):
        told_on = local_day(duty.level_at) if duty.level_at else today
        found.append(NextStep("again", calendar().week_opening(told_on + ONE_DAY)))
    if (repeat := _next_repeat(duty, parameters)) is not None:
        found.append(NextStep("repeat", repeat))
    if not found:
        return NextStep("watch", calendar().week_opening(today + ONE_DAY))
    return min(found, key=lambda step: (step.on, ACTIONS.index(step.action)))


def _next_repeat(duty: Duty, parameters: Parameters) -> date | None:
    if duty.level < 1 or duty.person_id is None or duty.repeats >= parameters.repeat_times:
        return None
    if duty.wish is not None:
        return None  # The officer has been asked; until the answer the owner is left alone.
    mentioned = duty.mentioned_on or duty.grace_ends_on
    return repeat_days(mentioned, parameters.repeat_workdays, 1, calendar())[0]


def first_step(duty: Duty, parameters: Parameters, *, has_second: bool, today: date) -> NextStep:
    """The step a duty begins with; moments before it was opened are not planned."""
    step = next_step(duty, parameters, has_second=has_second, today=today)
    return step if step.on >= today else NextStep(step.action, today)


def stop(duty: Duty, action: str, on: date, *, today: date) -> None:
    """Stops the ladder from today until a planned moment; a stop within a stop keeps its beginning."""
    duty.stopped_on = duty.stopped_on or today
    duty.next_action, duty.next_action_at = action, step_moment(on)


def resume(duty: Duty, parameters: Parameters, *, has_second: bool, today: date) -> None:
    """Ends a stop: the remaining levels move by the working days that were lost, reminders of that time fall away.

    What else came due meanwhile is done today, on a free day the next working day: a stop may end on any day.
    """
    if duty.stopped_on is not None:
        lost_from = max(duty.stopped_on, duty.grace_ends_on + later_by(duty, parameters))
        yesterday = today - ONE_DAY
        duty.shift_days += calendar().workdays_between(lost_from, yesterday)
        duty.mentioned_on = max(duty.mentioned_on or yesterday, yesterday)
    duty.stopped_on = duty.taken_by = duty.taken_until = duty.paused_until = duty.paused_reason = None
    step = next_step(duty, parameters, has_second=has_second, today=today)
    duty.next_action, duty.next_action_at = step.action, step_moment(max(step.on, calendar().on_or_after(today)))


def plan_next(duty: Duty, parameters: Parameters, *, has_second: bool, today: date) -> None:
    step = next_step(duty, parameters, has_second=has_second, today=today)
    duty.next_action, duty.next_action_at = step.action, step.at

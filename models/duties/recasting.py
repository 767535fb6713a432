"""A rule changed from now on: its open duties follow the new version, those that ended stay as they ended.

What was said is never said again: a step of the ladder that was told counts as told in the new one, reminders of days
gone by fall away. Each duty's event keeps what it was and what it became, so that taking the change back puts back
exactly what nothing else has touched since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.duties.away import NEEDED_AWAY
from models.duties.planning import period_for
from models.duties.postponing import later_by
from models.duties.steps import next_step, opened_on, period_of_duty, resume, step_moment, stop
from models.duties.tables import Duty
from models.periods import prorated
from models.rules import LadderStep, Parameters, RuleParameters
from models.rules.dates import DateParameters, same_day
from models.times import ONE_DAY, calendar, local_day, moment_at

RULE_OFF = "rule_off"
OFF_UNTIL = date(2100, 1, 1)
"""A rule that is off has no end; whoever switches it on ends the stop."""
OWNERS_STEPS = ("remind", "repeat")
FIELDS = (
    "period", "needed", "needed_home", "due_on", "ends_on", "grace_ends_on", "closes_at", "position", "mentioned_on",
    "shift_days", "state", "stopped_on", "taken_by", "taken_until", "paused_until", "paused_reason", "next_action", "next_action_at", "closed_at",
)  # fmt: skip
"""What a changed rule may change about a duty."""
OWED = (
    "period", "needed", "needed_home", "due_on", "ends_on", "grace_ends_on", "closes_at", "state", "closed_at",
)  # fmt: skip
MOMENTS = ("closes_at", "next_action_at", "closed_at")
DAYS = ("due_on", "ends_on", "grace_ends_on", "mentioned_on", "stopped_on", "taken_until", "paused_until")


@dataclass(frozen=True)
class Standing:
    """What a duty's new quota follows from: `began_on` is the day from which the household or its helper counts;
    `hour_to_come`: the owner's hour of today has not struck yet."""

    kind: str
    began_on: date | None
    has_second: bool
    hour_to_come: bool


def recast(
    duty: Duty, before: Parameters, after: Parameters, of: Standing, *, on: bool, now: datetime
) -> dict[str, Any]:
    """Moves one open duty to another version of its rule, `on` or switched off; what it was where that changed.

    Changes the object only. A duty whose quota falls to nothing becomes void, one that has enough becomes done.
    """
    was, today = _values(duty), local_day(now)
    moved = before != after
    if moved and duty.cycle == 1:
        if isinstance(before, RuleParameters) and isinstance(after, RuleParameters):
            _set_quota(duty, before, after, of)
            _set_days(duty, before, after, today)
        elif isinstance(before, DateParameters) and isinstance(after, DateParameters):
            _set_date(duty, before, after, today)
    if moved:
        duty.position = position_in(after.ladder, before.ladder, duty.position)
    if not on:
        _switch_off(duty, today)
    elif duty.paused_reason == RULE_OFF:
        _switch_on(duty, after, of, today)
    ended = _end(duty, now)
    if moved and not ended and duty.stopped_on is None:
        _plan(duty, after, of, now)
    # Where the ladder is another one, the same number means another step.
    return _changed(was, duty) | ({} if before.ladder == after.ladder else {"position": was["position"]})


def _values(duty: Duty) -> dict[str, Any]:
    return {name: getattr(duty, name) for name in FIELDS}


def _changed(was: Mapping[str, Any], duty: Duty) -> dict[str, Any]:
    return {name: value for name, value in was.items() if getattr(duty, name) != value}


def _set_quota(duty: Duty, before: RuleParameters, after: RuleParameters, of: Standing) -> None:
    """Less where somebody began in the middle, as when it was planned; what a hand-over made less stays less."""
    period, began_on = period_of_duty(duty), of.began_on or duty.starts_on
    old = prorated(before.quota_for(of.kind).needed, began_on, period)
    new = prorated(after.quota_for(of.kind).needed, began_on, period)
    if old == new:
        return
    home = duty.needed if duty.needed_home is None else duty.needed_home
    home = new if home == old else min(home, new)
    if duty.needed_home is None:
        duty.needed = home
    else:
        duty.needed_home, duty.needed = home, min(home, NEEDED_AWAY)


def _set_days(duty: Duty, before: RuleParameters, after: RuleParameters, today: date) -> None:
    """The due day with what postponed it, and the 补录期: one that runs never ends before today, one that is over stays."""
    length = length_of(duty, before)
    if length is None:
        return
    former, period = period_for(before, length, duty.starts_on), period_for(after, length, duty.starts_on)
    if (former.due_on, before.postpone_days) != (period.due_on, after.postpone_days):
        duty.due_on = period.due_on + later_by(duty, after)
    if former.grace_ends_on != period.grace_ends_on and today <= duty.grace_ends_on:
        duty.grace_ends_on = max(period.grace_ends_on, today)
        duty.closes_at = moment_at(duty.grace_ends_on + ONE_DAY)


def _set_date(duty: Duty, before: DateParameters, after: DateParameters, today: date) -> None:
    """Another due day, where that is still to come; else the duty keeps its own."""
    day = same_day(duty.period, before, after, duty.due_on)
    if day is None or (day.on != duty.due_on and day.on < today):
        return
    grace_ends_on = calendar().add_workdays(day.on, after.grace_workdays)
    if day.on == duty.due_on:
        if before.grace_workdays == after.grace_workdays or today > duty.grace_ends_on:
            return
        grace_ends_on = max(grace_ends_on, today)
    duty.period, duty.due_on, duty.ends_on, duty.grace_ends_on = day.code, day.on, day.on, grace_ends_on
    duty.closes_at = moment_at(grace_ends_on + ONE_DAY)


def length_of(duty: Duty, parameters: RuleParameters) -> str | None:
    """Which of the rule's lengths of period a duty is for; None where the rule no longer knows it."""
    for length in parameters.periods():
        if period_for(parameters, length, duty.starts_on).code == duty.period:
            return length
    return None


def position_in(after: Sequence[LadderStep], before: Sequence[LadderStep], position: int) -> int:
    """How many steps of the new ladder lie behind a duty that has so many of the old one behind it: up to the last
    one told, none where none of them is left."""
    told = {(step.level, step.who) for step in before[:position]}
    behind = [index + 1 for index, step in enumerate(after) if (step.level, step.who) in told]
    return max(behind, default=0)


def _switch_off(duty: Duty, today: date) -> None:
    duty.paused_reason, duty.paused_until, duty.taken_by, duty.taken_until = RULE_OFF, None, None, None
    stop(duty, "resume", OFF_UNTIL, today=today)


def _switch_on(duty: Duty, after: Parameters, of: Standing, today: date) -> None:
    """It goes on, the ladder moved by the time it was off; what ran out in that time is asked for no more."""
    if today > duty.grace_ends_on:
        duty.needed = 0
    resume(duty, after, has_second=of.has_second, today=today)


def _end(duty: Duty, now: datetime) -> bool:
    if duty.needed <= 0 or (duty.cycle == 1 and duty.done >= duty.needed):
        duty.state, duty.closed_at = ("void" if duty.needed <= 0 else "done"), now
    return duty.state != "open"


def _plan(duty: Duty, after: Parameters, of: Standing, now: datetime) -> None:
    """The next moment from now on, at people's own hours: today's only where that hour is to come."""
    today = local_day(now)
    heard = today - ONE_DAY if of.hour_to_come else today
    duty.mentioned_on = max(duty.mentioned_on or opened_on(duty) - ONE_DAY, heard)
    step = next_step(duty, after, has_second=of.has_second, today=today)
    duty.next_action, duty.next_action_at = step.action, step.at
    if step.at <= now and not (step.action in OWNERS_STEPS and of.hour_to_come):
        duty.next_action_at = step_moment(calendar().next_workday(today))


def put_back(
    duty: Duty,
    was: Mapping[str, Any],
    became: Mapping[str, Any],
    before: Parameters,
    after: Parameters,
    of: Standing,
    *,
    now: datetime,
) -> None:
    """Undoes a recast: a duty that is as the change left it becomes what it was; one that went on since gets back what
    it owed, and goes on from where it is."""
    untouched = all(to_plain(getattr(duty, name)) == became[name] for name in was)
    for name, value in was.items():
        if (untouched or name in OWED) and to_plain(getattr(duty, name)) == became[name]:
            setattr(duty, name, from_plain(name, value))
    if untouched:
        if duty.state == "open" and duty.next_action_at is not None and duty.next_action_at <= now:
            duty.next_action_at = step_moment(calendar().next_workday(local_day(now)))
        return
    duty.position = position_in(after.ladder, before.ladder, duty.position)
    if duty.state == "open" and duty.stopped_on is None:
        _plan(duty, after, of, now)


def to_plain(value: Any) -> Any:
    """A day or moment as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def from_plain(name: str, value: Any) -> Any:
    if value is not None and name in MOMENTS:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and name in DAYS else value

"""What each value of a rule may be: one list for the dialogue in chat and for the configuration file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from models.errors import Refused
from models.rules import crons
from models.rules.lengths import days_of, workdays_to_due
from models.rules.parameters import MONTHS, WEEKDAYS, LadderStep, Quota, RuleParameters, Unseen

Profile = Literal["攻坚期", "常态化"]
Kind = Literal["general", "low_income", "destitute", "monitored", "exited"]
Role = Literal["team_head", "second_helper", "officer", "deputy", "leader"]
Form = Literal["digest", "monday", "alert"]
Again = Literal["never", "monday"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
KINDS, ROLES, FORMS = get_args(Kind), get_args(Role), get_args(Form)
NEVER = "never"
PERIODS = ("week", "half_month", *MONTHS, *(f"months:{count}" for count in (2, 3, 4, 6)))
"""What is offered in chat; the configuration file also takes a cron expression."""

BOUNDS: Mapping[str, tuple[int, int]] = {
    "needed": (0, 31),
    "due_day": (1, 28),
    "due_before_end": (0, 60),
    "grace_workdays": (0, 10),
    "repeat_workdays": (1, 20),
    "repeat_times": (0, 20),
    "answer_workdays": (1, 20),
    "new_assignment_days": (0, 60),
    "unconfirmed_workdays": (0, 20),
    "postpone_days": (0, 31),
    "postpone_times": (0, 4),
    "late_limit": (0, 20),
    "leads": (0, 60),
    "within_days": (0, 31),
    "level": (-1, 4),
    "after": (-20, 60),
    "after_alone": (1, 60),
    "after_in_row": (1, 60),
    "least": (0, 20),
    "most": (1, 50),
    "times": (1, 12),
    "least_days": (7, 366),
    "leader_days": (0, 366),
}
"""Smallest and largest value, both allowed."""


def check_number(name: str, value: int) -> None:
    """Raises Refused("rule.bounds", low, high)."""
    low, high = BOUNDS[name]
    if not low <= value <= high:
        raise Refused("rule.bounds", low=low, high=high)


def check_period(period: str) -> None:
    """Raises Refused("rule.period"), ("rule.cron", low, high)."""
    if period.startswith(crons.PREFIX):
        crons.lengths_of(period)
    elif period not in PERIODS:
        raise Refused("rule.period")


def check_ladder(ladder: Iterable[LadderStep]) -> None:
    """Every step on its side of the due day, nobody twice, no higher level before a lower one.

    Raises Refused("rule.bounds"), ("rule.ladder_side"), ("rule.ladder_twice"), ("rule.ladder_order", level, after,
    lower, lower_after).
    """
    steps = tuple(ladder)
    for step in steps:
        _check_step(step)
    check_order(steps)


def check_order(steps: Sequence[LadderStep]) -> None:
    """Raises Refused("rule.ladder_twice"), ("rule.ladder_order", level, after, lower, lower_after)."""
    if len({(step.level, step.who) for step in steps}) != len(steps):
        raise Refused("rule.ladder_twice")
    for lower in steps:
        for higher in steps:
            if higher.level > lower.level and higher.after < lower.after:
                raise Refused(
                    "rule.ladder_order", level=higher.level, after=higher.after, lower=lower.level,
                    lower_after=lower.after,
                )  # fmt: skip


def _check_step(step: LadderStep) -> None:
    check_number("level", step.level)
    check_number("after", step.after)
    for name in ("after_alone", "after_in_row"):
        if (other := getattr(step, name, None)) is not None:
            check_number(name, other)
    if step.level == 0 or step.after == 0 or (step.level < 0) != (step.after < 0):
        raise Refused("rule.ladder_side")
    if step.who not in ROLES or step.form not in FORMS or step.again not in get_args(Again):
        raise Refused("rule.unknown")


def check_visits(parameters: RuleParameters) -> None:
    """Everything one version of a visit rule may say, by itself. Raises Refused as the checks above, and
    ("rule.lead_too_long", days) for reminders that begin before the period does, ("rule.early_too_long", days) for a
    step before the due day that does."""
    for name in BOUNDS.keys() & vars(parameters).keys():
        check_number(name, getattr(parameters, name))
    for quota in (Quota(parameters.needed, parameters.period), *parameters.kinds.values()):
        check_number("needed", quota.needed)
        check_period(quota.period)
    reminders = parameters.reminders
    check_number("within_days", reminders.within_days)
    if reminders.weekday not in (*WEEKDAYS, NEVER) or parameters.due_weekday not in WEEKDAYS:
        raise Refused("rule.unknown")
    check_ladder(parameters.ladder)
    _check_leads(parameters)


def _check_leads(parameters: RuleParameters) -> None:
    if (longest := min(map(days_of, parameters.periods()))) < parameters.reminders.within_days:
        raise Refused("rule.lead_too_long", days=longest)
    longest_early = workdays_to_due(parameters)
    for step in parameters.ladder:
        if -step.after > longest_early:
            raise Refused("rule.early_too_long", days=longest_early)


def check_load(least: int, most: int) -> None:
    """Raises Refused("rule.bounds")."""
    check_number("least", least)
    check_number("most", most)
    if least > most:
        raise Refused("rule.bounds", low=least, high=BOUNDS["most"][1])


def check_unseen(rule: Unseen) -> None:
    """Raises Refused("rule.bounds")."""
    for name, value in vars(rule).items():
        check_number(name, value)


def plain(value: Any) -> Any:
    """A value as JSON keeps it, so that what was read and what was written compare equal."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value

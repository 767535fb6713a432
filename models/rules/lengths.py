"""How long the periods of a rule are, and how far it is from their beginning to their due day. Days of the calendar,
those of the shortest period of that length, where it does not say working days."""

from models.rules import crons
from models.rules.parameters import MONTHS, WEEKDAYS, RuleParameters

HALF_MONTH_DAYS, HALF_MONTH_TO_DUE = 15, 11
"""Days of a half-month, and days from its beginning to its due day."""
WEEK_DAYS = 7
SHORTEST_MONTH = 28


def months_of(period: str) -> int:
    """How many months a period has; a week, a half-month and those of a cron expression are none."""
    none = period in ("week", "half_month") or period.startswith(crons.PREFIX)
    return 0 if none else MONTHS.get(period) or int(period.removeprefix("months:"))


def days_of(period: str) -> int:
    """The days of the shortest period of that length."""
    if period.startswith(crons.PREFIX):
        return min(crons.lengths_of(period))
    return WEEK_DAYS if period == "week" else months_of(period) * SHORTEST_MONTH or HALF_MONTH_DAYS


def days_to_due(period: str, parameters: RuleParameters) -> int:
    """The days from the first to the due day, in the shortest period of that length."""
    if period == "week":
        return WEEKDAYS.index(parameters.due_weekday)
    if period.startswith(crons.PREFIX):
        return max(days_of(period) - 1 - parameters.due_before_end, 0)
    count = months_of(period)
    return (count - 1) * SHORTEST_MONTH + parameters.due_day if count else HALF_MONTH_TO_DUE


def workdays_to_due(parameters: RuleParameters) -> int:
    """How many working days before the due day lie in every one of the rule's periods: five of them are a week, whatever
    weekday they begin on."""
    room = min(days_to_due(period, parameters) for period in parameters.periods())
    return max(count for count in range(room + 1) if count * 7 // 5 <= room)

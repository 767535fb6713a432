"""Fixed dates: the period of a due day, and the days on which its owner is reminded (engine.md 2).

Pure arithmetic: plain days in, plain days out.
"""

from datetime import date
from functools import lru_cache

from models.periods import Period, explain_from, reminder_days
from models.rules import Parameters
from models.rules.dates import DateParameters, DueDay
from models.times import ONE_DAY, Workdays


def lead_days(due_on: date, leads: tuple[int, ...], workdays: Workdays) -> tuple[date, ...]:
    """The days before a due day on which its owner hears of it, each a working day, in order, each once."""
    return tuple(sorted({workdays.on_or_before(due_on - ONE_DAY * lead) for lead in leads}))


def date_period(day: DueDay, parameters: DateParameters, workdays: Workdays) -> Period:
    """From the first reminder to the due day, which is the end too; a due day on a free day stays where it is."""
    starts_on = min([*lead_days(day.on, parameters.leads, workdays), day.on])
    grace_ends_on = workdays.add_workdays(day.on, parameters.grace_workdays)
    return Period(day.code, starts_on, day.on, day.on, grace_ends_on)


@lru_cache(maxsize=256)
def date_reminders(period: Period, parameters: DateParameters, workdays: Workdays) -> tuple[date, ...]:
    """The leads, the working day after the due day, the last day of grace."""
    days = {*lead_days(period.due_on, parameters.leads, workdays), workdays.next_workday(period.due_on)}
    if parameters.grace_workdays:
        days.add(period.grace_ends_on)
    return tuple(sorted(days))


def owner_days(period: Period, parameters: Parameters, workdays: Workdays, opened_on: date) -> tuple[date, ...]:
    """The days on which a duty's owner is reminded, whatever kind of rule it is. A fixed date that began to be owed
    after its first reminder (switched on late, a standstill) is heard of on the next working day too."""
    if isinstance(parameters, DateParameters):
        days = date_reminders(period, parameters, workdays)
        soon = workdays.next_workday(opened_on)
        return tuple(sorted({*days, soon})) if period.starts_on < opened_on and soon <= period.due_on else days
    return reminder_days(period, parameters.reminders, workdays)


def explained_from(period: Period, parameters: Parameters, workdays: Workdays) -> date:
    """From when a reason may be given instead: the last reminder before the due day; a date without any, its day."""
    if not isinstance(parameters, DateParameters):
        return explain_from(period, workdays)
    return max(lead_days(period.due_on, parameters.leads, workdays), default=period.due_on)

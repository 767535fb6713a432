"""Fixed dates: the period of a due day, and the days on which its owner is reminded (engine.md 2).

Pure arithmetic: plain days in, plain days out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from models.periods import Period, explain_from, reminder_days
from models.rules import Parameters
from models.rules.dates import DateParameters, DueDay, due_days
from models.times import ONE_DAY, Workdays

AROUND = timedelta(days=366)
"""The days of one period lie no further apart, whatever versions of a rule say."""


@dataclass(frozen=True)
class DateVersion:
    """One version of a fixed date: from which day it holds, when it was made, whether it is on."""

    starts_on: date
    made_on: date
    on: bool
    parameters: DateParameters


@dataclass(frozen=True)
class Due:
    """A due day with the place of the version that governs it. `began_on`: when it began to be owed."""

    place: int
    period: Period
    began_on: date


def list_due(
    versions: Sequence[DateVersion], live: date, first: date, last: date, workdays: Workdays
) -> tuple[Due, ...]:
    """What is due from `first` to `last`, in order; nothing before going live or being switched on.

    A newer version takes over what has not begun by its first day; where its own day was over by then, the older one
    keeps that time too, so that a changed day is neither owed twice nor forgotten.
    """
    held, since = dict[str, Due](), None
    for place, version in enumerate(versions):
        if not version.on:
            held, since = {}, None
            continue
        known_from = max(version.starts_on, version.made_on) if since is not None else max(live, version.starts_on)
        since = since or known_from
        begun = {code: due for code, due in held.items() if due.began_on < version.starts_on}
        kept = dict[str, Due]()
        for day in due_days(version.parameters, first - AROUND, last + AROUND):
            if day.on >= known_from:
                period = date_period(day, version.parameters, workdays)
                kept[day.code] = Due(place, period, max(period.starts_on, since))
            elif day.code in held:
                kept[day.code] = held[day.code]
        held = {**kept, **begun}
    found = [due for due in held.values() if first <= due.period.due_on <= last]
    return tuple(sorted(found, key=lambda due: (due.period.due_on, due.period.code)))


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

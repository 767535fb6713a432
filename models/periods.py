"""Periods a quota runs over, and the days that follow from one: reminders, ladder (product.md section 5, R1, R20).

Pure arithmetic: plain days in, plain days out.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from models.rules import MONTHS, WEEKDAYS, LadderStep, Reminders, crons
from models.rules.lengths import SHORTEST_MONTH
from models.times import ONE_DAY, Workdays

HALF_MONTH_LEAD = 4
FULL_FROM_DAYS = 20
ONE_FROM_DAYS = 7
NO_TIME = timedelta()


@dataclass(frozen=True)
class Period:
    """Local days. `grace_ends_on` is the last day of the 补录期."""

    code: str
    starts_on: date
    due_on: date
    ends_on: date
    grace_ends_on: date


@dataclass(frozen=True)
class LadderDay:
    """One step of the ladder with its day; `index` is its place in the rule's ladder."""

    on: date
    index: int
    step: LadderStep


def period_of(
    day: date,
    every: str,
    due_day: int,
    grace_workdays: int,
    workdays: Workdays,
    *,
    due_weekday: str = "friday",
    due_before_end: int = 5,
) -> Period:
    """The period `day` lies in. `every`: week, half_month, month, quarter, half_year, year, `months:N`, or `cron:…`.

    The due day counts in the period's last month; a half-month is due four days before it ends, a week (Monday to
    Sunday) on its `due_weekday`, a period by a cron expression so many days before its end.
    """
    if every == "week":
        starts_on = day - ONE_DAY * day.weekday()
        ends_on, due_on = starts_on + ONE_DAY * 6, starts_on + ONE_DAY * WEEKDAYS.index(due_weekday)
        code = "{}-W{:02d}".format(*day.isocalendar())
    elif every.startswith(crons.PREFIX):
        starts_on, ends_on = crons.begin_of(every, day), crons.next_begin(every, day) - ONE_DAY
        due_on, code = max(starts_on, ends_on - ONE_DAY * due_before_end), starts_on.isoformat()
    elif every == "half_month":
        starts_on, ends_on, code = _half_month(day)
        due_on = ends_on - ONE_DAY * HALF_MONTH_LEAD
    else:
        count = MONTHS.get(every) or int(every.removeprefix("months:"))
        starts_on, ends_on = _months(day, count)
        due_on = ends_on.replace(day=min(due_day, ends_on.day))
        code = _code(starts_on, every, count)
    return Period(code, starts_on, due_on, ends_on, workdays.add_workdays(ends_on, grace_workdays))


def _half_month(day: date) -> tuple[date, date, str]:
    first, last = _months(day, 1)
    middle = day.replace(day=15)
    if day <= middle:
        return first, middle, f"{day:%Y-%m}a"
    return middle + ONE_DAY, last, f"{day:%Y-%m}b"


def _months(day: date, count: int) -> tuple[date, date]:
    first = (day.year * 12 + day.month - 1) // count * count
    return date(first // 12, first % 12 + 1, 1), _month_start(first + count) - ONE_DAY


def _month_start(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def _code(starts_on: date, every: str, count: int) -> str:
    if every == "quarter":
        return f"{starts_on.year}-Q{starts_on.month // 3 + 1}"
    if every == "half_year":
        return f"{starts_on.year}-H{starts_on.month // 6 + 1}"
    if every == "year":
        return str(starts_on.year)
    return f"{starts_on:%Y-%m}" + (f"+{count}" if count > 1 else "")


def enough_days(period: Period) -> tuple[int, int]:
    """How many days must be left for the full quota, and for one visit: 20 and 7 (engine.md 3).

    A period shorter than a month would never have 20 days left, and whoever helps from its second day on would owe next
    to nothing. There it is what 20 and 7 days are of a month, rounded up: two thirds for the full quota, a quarter for
    one visit. Of a week: five days (begun by Wednesday) and two (by Saturday); of a half-month ten or eleven, and four.
    """
    days = (period.ends_on - period.starts_on).days + 1
    if days >= SHORTEST_MONTH:
        return FULL_FROM_DAYS, ONE_FROM_DAYS
    return -(-days * 2 // 3), -(-days // 4)


def prorated(needed: int, began_on: date, period: Period) -> int:
    """The quota of somebody who begins on `began_on`, by the days left with that day counted: see `enough_days`."""
    left, (full, one) = (period.ends_on - max(began_on, period.starts_on)).days + 1, enough_days(period)
    if began_on <= period.starts_on or left >= full:
        return needed
    return min(needed, 1) if left >= one else 0


@lru_cache(maxsize=1024)
def reminder_days(period: Period, reminders: Reminders, workdays: Workdays) -> tuple[date, ...]:
    """The days on which the helper hears what is still short, in order, each once."""
    days = {
        workdays.on_or_before(day)
        for day in (period.due_on - ONE_DAY * n for n in range(1, reminders.within_days + 1))
        if WEEKDAYS[day.weekday()] == reminders.weekday
    }
    wanted = (
        (reminders.before_due, workdays.previous_workday(period.due_on)),
        (reminders.after_due, workdays.next_workday(period.due_on)),
        (reminders.last_workday, workdays.on_or_before(period.ends_on)),
        (reminders.last_grace_day, period.grace_ends_on),
    )
    days.update(day for on, day in wanted if on)
    return tuple(sorted(day for day in days if period.starts_on <= day <= period.grace_ends_on))


def explain_from(period: Period, workdays: Workdays) -> date:
    """From when 没去成 is offered: the last reminder before the due day."""
    return max(period.starts_on, workdays.previous_workday(period.due_on))


@lru_cache(maxsize=1024)
def ladder_days(
    period: Period,
    ladder: tuple[LadderStep, ...],
    workdays: Workdays,
    *,
    has_second: bool,
    shift: int = 0,
    later: timedelta = NO_TIME,
    in_row: bool = False,
) -> tuple[LadderDay, ...]:
    """Who is told on which day. `shift`: working days by which stops have moved the steps after the 补录期;
    `later`: calendar days by which 外出务工 or 联系不上 has.

    Without a second helper that step falls away and steps with `after_alone` come on that day instead. `in_row`: the
    household's period before this one ended the same way, steps with `after_in_row` come on that day.
    """
    days = []
    for index, step in enumerate(ladder):
        if step.who == "second_helper" and not has_second:
            continue
        after = step.after if has_second or step.after_alone is None else step.after_alone
        sooner = step.after_in_row if in_row else None
        after = after if sooner is None else sooner
        if after < 0:
            on = workdays.add_workdays(period.due_on, after)
        else:
            on = workdays.add_workdays(period.grace_ends_on + later, after + shift)
        waits = step.form == "monday" and sooner is None
        days.append(LadderDay(workdays.week_opening(on) if waits else on, index, step))
    return tuple(days)


def repeat_days(last_mention: date, every: int, times: int, workdays: Workdays) -> tuple[date, ...]:
    """When an item is repeated to its owner after its last mention."""
    return tuple(workdays.add_workdays(last_mention, every * n) for n in range(1, times + 1))

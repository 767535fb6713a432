"""Every day that follows from a period, against a slow, obvious reference that counts on its fingers.

The calendars: the official years, a provisional one, local days, and a whole month in which nobody works.
"""

import calendar as plain
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.periods import Period, explain_from, ladder_days, period_of, reminder_days
from models.rules import LADDER, Reminders
from models.times import LONGEST_FREE, Workdays
from schedules.calendar import Calendar

ONE = timedelta(days=1)
OFFICIAL = Calendar()
NEW_YEAR = {date(2027, 2, 1) + ONE * n: False for n in range(28)}
SNOW = {date(year, month, 10 + n): False for year in range(2024, 2031) for month in (1, 12) for n in range(5)}
SATURDAYS = {date(2028, 5, 6) + ONE * 7 * n: True for n in range(20)}
CALENDARS = st.sampled_from([OFFICIAL, Calendar(NEW_YEAR), Calendar(SNOW), Calendar(SATURDAYS, SNOW), Workdays(SNOW)])
FEASTS = [
    date(2024, 2, 9),
    date(2025, 1, 28),
    date(2025, 10, 1),
    date(2026, 2, 15),
    date(2026, 10, 1),
    date(2024, 2, 29),
]
DAYS = st.one_of(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.builds(lambda feast, n: feast + ONE * n, st.sampled_from(FEASTS), st.integers(-12, 12)),
)
TEN_DAYS, MONDAYS = "cron:0 0 1,11,21 * *", "cron:30 7 * * 1"
EVERY = st.sampled_from(
    ["week", TEN_DAYS, MONDAYS, "half_month", "month", "quarter", "half_year", "year", "months:2", "months:5"]
)
DUE = st.integers(1, 31)
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "months:2": 2, "months:5": 5}


def walk(days: Workdays, start: date, count: int) -> date:
    """One step at a time; a working day is one finger."""
    day, fingers = start, 0
    while fingers < abs(count):
        day += ONE if count > 0 else -ONE
        fingers += days.is_workday(day)
    return day


def back_to_work(days: Workdays, day: date) -> date:
    while not days.is_workday(day):
        day -= ONE
    return day


def last_of_month(day: date) -> date:
    return day.replace(day=plain.monthrange(day.year, day.month)[1])


def slow_period(days: Workdays, day: date, every: str, due_day: int, grace: int) -> Period:
    """Walks to the first and the last day of the period, a day at a time."""
    first = last = day
    if every == "half_month":
        while first.day not in (1, 16):
            first -= ONE
        while last.day != 15 and last != last_of_month(last):
            last += ONE
        due = last - ONE * 4
    elif every in ("week", MONDAYS):
        while first.weekday() != 0:
            first -= ONE
        while last.weekday() != 6:
            last += ONE
        due = next(first + ONE * n for n in range(7) if (first + ONE * n).weekday() == 4)
        due = last - ONE * 5 if every == MONDAYS else due
    elif every == TEN_DAYS:
        while first.day not in (1, 11, 21):
            first -= ONE
        while last.day not in (10, 20) and last != last_of_month(last):
            last += ONE
        due = last - ONE * 5
    else:
        while first.day != 1 or (first.year * 12 + first.month - 1) % MONTHS[every]:
            first -= ONE
        while last != last_of_month(last) or (last.year * 12 + last.month) % MONTHS[every]:
            last += ONE
        due = max(last.replace(day=n) for n in range(1, last.day + 1) if n <= due_day)
    return Period("", first, due, last, walk(days, last, grace))


@settings(max_examples=150)
@given(DAYS, EVERY, DUE, st.integers(0, 10), CALENDARS)
def test_a_period_is_what_one_counts(day: date, every: str, due_day: int, grace: int, days: Workdays) -> None:
    found, slow = period_of(day, every, due_day, grace, days), slow_period(days, day, every, due_day, grace)
    assert (found.starts_on, found.due_on, found.ends_on, found.grace_ends_on) == (
        slow.starts_on, slow.due_on, slow.ends_on, slow.grace_ends_on,
    )  # fmt: skip


@settings(max_examples=150)
@given(DAYS, EVERY, DUE, CALENDARS)
def test_reminders_are_what_one_counts(day: date, every: str, due_day: int, days: Workdays) -> None:
    period = slow_period(days, day, every, due_day, 3)
    thursdays = [each for n in range(1, 15) if (each := period.due_on - ONE * n).weekday() == 3]
    wanted = {back_to_work(days, each) for each in thursdays}
    wanted |= {walk(days, period.due_on, -1), walk(days, period.due_on, 1), back_to_work(days, period.ends_on)}
    wanted.add(period.grace_ends_on)
    inside = sorted(each for each in wanted if period.starts_on <= each <= period.grace_ends_on)
    assert list(reminder_days(period, Reminders(), days)) == inside
    assert explain_from(period, days) == max(period.starts_on, walk(days, period.due_on, -1))


@settings(max_examples=150)
@given(DAYS, EVERY, DUE, CALENDARS, st.booleans(), st.integers(0, 8), st.sampled_from([0, 7, 14]))
def test_the_ladder_is_what_one_counts(
    day: date, every: str, due_day: int, days: Workdays, second: bool, shift: int, later: int
) -> None:
    period = slow_period(days, day, every, due_day, 3)
    found = ladder_days(period, LADDER, days, has_second=second, shift=shift, later=ONE * later)
    steps = [(n, step) for n, step in enumerate(LADDER) if second or step.who != "second_helper"]
    assert [each.index for each in found] == [n for n, _ in steps]
    for told, (_, step) in zip(found, steps, strict=True):
        after = step.after if second or step.after_alone is None else step.after_alone
        if after < 0:
            assert told.on == walk(days, period.due_on, after)
            continue
        on = walk(days, period.grace_ends_on + ONE * later, after + shift)
        if step.form == "monday":
            # The first Monday from then on; a free one: the first working day after it.
            on = min(each for each in _openings(days, on) if each >= on)
        assert told.on == on


def _openings(days: Workdays, around: date) -> list[date]:
    mondays = [around + ONE * n for n in range(-45, 46) if (around + ONE * n).weekday() == 0]
    found = []
    for monday in mondays:
        opening = monday
        while not days.is_workday(opening):
            opening += ONE
        found.append(opening)
    return found


@settings(max_examples=25)
@given(DAYS, st.integers(-12, 12), EVERY)
def test_a_calendar_without_any_working_day_still_gives_days(day: date, count: int, every: str) -> None:
    """Nobody works for two years and more: plain weekdays count where a year was free, and nothing runs for ever."""
    never = Workdays({date(2022, 1, 1) + ONE * n: False for n in range(366 * 12)})
    week = Workdays()
    assert never.add_workdays(day, count) == week.add_workdays(day, count)
    assert never.week_opening(day) >= day
    period = period_of(day, every, 25, 3, never)
    assert period.grace_ends_on > period.ends_on
    assert len(ladder_days(period, LADDER, never, has_second=True)) == len(LADDER)


def test_just_under_a_year_of_free_days_is_walked_through() -> None:
    start = date(2026, 3, 2)
    free = Workdays({start + ONE * n: False for n in range(LONGEST_FREE - 1)})
    assert free.on_or_after(start) == Workdays().on_or_after(start + ONE * (LONGEST_FREE - 1))

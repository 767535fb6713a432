"""Working days against a slow, obvious reference; layers that never raise; quiet hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.times import (
    Hours,
    after_quiet,
    is_quiet,
    local_day,
    moment_at,
    use_times,
)
from schedules.calendar import Calendar

ONE = timedelta(days=1)
CALENDAR = Calendar()
DAYS = st.dates(date(2010, 1, 1), date(2032, 12, 31))


def walk(day: date, count: int) -> date:
    """Takes one step at a time and counts the working days it passes."""
    step = ONE if count > 0 else -ONE
    left = abs(count)
    while left:
        day += step
        if CALENDAR.is_workday(day):
            left -= 1
    return day


@given(DAYS, st.integers(-25, 25))
def test_adding_working_days_is_walking_and_counting(day: date, count: int) -> None:
    assert CALENDAR.add_workdays(day, count) == walk(day, count)


@given(DAYS, st.integers(1, 25))
def test_as_many_working_days_lie_between_as_were_added(day: date, count: int) -> None:
    assert CALENDAR.workdays_between(day, CALENDAR.add_workdays(day, count)) == count


@given(DAYS)
def test_neighbours_are_working_days_with_none_between(day: date) -> None:
    after, before = CALENDAR.next_workday(day), CALENDAR.previous_workday(day)
    assert before < day < after
    assert CALENDAR.is_workday(after)
    assert CALENDAR.is_workday(before)
    assert CALENDAR.workdays_between(day, after - ONE) == 0
    assert CALENDAR.on_or_after(day) == (day if CALENDAR.is_workday(day) else after)
    assert CALENDAR.on_or_before(day) == (day if CALENDAR.is_workday(day) else before)


@given(DAYS)
def test_a_week_opens_on_its_first_working_day(day: date) -> None:
    opening = CALENDAR.week_opening(day)
    assert opening >= day
    assert CALENDAR.is_workday(opening)
    monday = opening - ONE * opening.weekday()
    openings = [monday - ONE * 7 * n for n in range(4)]
    assert any(CALENDAR.on_or_after(start) == opening for start in openings)
    assert (opening - day).days <= 16


def test_a_shifted_weekend_is_worked_on_and_a_holiday_is_not() -> None:
    assert not CALENDAR.is_workday(date(2026, 10, 1))
    assert CALENDAR.is_workday(date(2026, 10, 10))
    assert not CALENDAR.provisional(date(2026, 10, 1))


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_no_year_is_too_far_for_an_answer(day: date) -> None:
    assert CALENDAR.is_workday(day) in (True, False)


def test_years_without_an_official_plan_are_provisional() -> None:
    assert CALENDAR.provisional(date(2030, 5, 6))
    assert not CALENDAR.is_workday(date(2030, 10, 1))
    assert CALENDAR.provisional_year(date(2026, 10, 31)) is None
    assert CALENDAR.provisional_year(date(2026, 11, 1)) == 2027


def test_a_local_day_off_goes_before_every_plan() -> None:
    local = Calendar({date(2026, 11, 11): False, date(2026, 11, 14): True, date(2030, 10, 1): True})
    assert not local.is_workday(date(2026, 11, 11))
    assert local.is_workday(date(2026, 11, 14))
    assert local.is_workday(date(2030, 10, 1))
    assert not local.provisional(date(2030, 10, 1))


def test_a_day_begins_at_local_midnight() -> None:
    assert local_day(datetime(2026, 11, 30, 15, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert local_day(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == date(2026, 12, 1)
    assert moment_at(date(2026, 12, 1)) == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert moment_at(date(2026, 12, 1), 19 * 60 + 20) == datetime(2026, 12, 1, 11, 20, tzinfo=UTC)
    lisbon = ZoneInfo("Europe/Lisbon")
    assert local_day(datetime(2026, 11, 30, 16, 0, tzinfo=UTC), lisbon) == date(2026, 11, 30)


def test_a_day_with_a_changed_clock_keeps_its_wall_hours() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert moment_at(date(2026, 3, 29), 7 * 60, paris) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)


@given(st.integers(0, 365 * 24 * 60))
def test_what_waits_for_the_end_of_the_quiet_hours_comes_at_that_end(minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    later = after_quiet(moment)
    assert not is_quiet(later)
    assert later == moment or (is_quiet(moment) and later - moment <= timedelta(hours=10))


@pytest.mark.parametrize(("clock", "quiet"), [("21:29", 0), ("21:30", 1), ("07:29", 1), ("07:30", 0)])
def test_the_quiet_hours_begin_and_end_on_the_minute(clock: str, quiet: int) -> None:
    hour, minute = map(int, clock.split(":"))
    assert is_quiet(moment_at(date(2026, 11, 3), hour * 60 + minute)) == bool(quiet)


def test_quiet_hours_may_lie_within_one_day() -> None:
    use_times(CALENDAR, Hours(quiet_from=time(12), quiet_to=time(14)))
    noon = moment_at(date(2026, 11, 3), 13 * 60)
    assert after_quiet(noon) == moment_at(date(2026, 11, 3), 14 * 60)
    use_times(CALENDAR)

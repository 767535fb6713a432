"""Periods and the days that follow from them; the worked example of the rules that ship, as days."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.periods import (
    Period,
    explain_from,
    ladder_days,
    period_of,
    prorated,
    reminder_days,
    repeat_days,
)
from models.rules import LADDER, PROFILES, LadderStep, Quota, Reminders, RuleParameters
from schedules.calendar import Calendar

CALENDAR = Calendar()
DAYS = st.dates(date(2012, 1, 1), date(2026, 11, 30))
EVERY = st.sampled_from(
    ["week", "cron:0 0 1,11,21 * *", "half_month", "month", "quarter", "half_year", "year", "months:2", "months:5"]
)


def month(day: date) -> Period:
    return period_of(day, "month", 25, 3, CALENDAR)


NOVEMBER = month(date(2026, 11, 10))


def test_november_of_the_worked_example() -> None:
    assert (NOVEMBER.starts_on, NOVEMBER.due_on) == (date(2026, 11, 1), date(2026, 11, 25))
    assert (NOVEMBER.ends_on, NOVEMBER.grace_ends_on) == (date(2026, 11, 30), date(2026, 12, 3))
    assert explain_from(NOVEMBER, CALENDAR) == date(2026, 11, 24)


def test_the_helper_of_the_worked_example_hears_it_six_times() -> None:
    assert reminder_days(NOVEMBER, Reminders(), CALENDAR) == (
        date(2026, 11, 12),
        date(2026, 11, 19),
        date(2026, 11, 24),
        date(2026, 11, 26),
        date(2026, 11, 30),
        date(2026, 12, 3),
    )


def test_the_ladder_of_the_worked_example() -> None:
    days = {(day.step.level, day.step.who): day.on for day in november_ladder(has_second=True)}
    assert days == {
        (-1, "team_head"): date(2026, 11, 18),
        (1, "second_helper"): date(2026, 12, 4),
        (1, "team_head"): date(2026, 12, 7),
        (2, "officer"): date(2026, 12, 8),
        (3, "deputy"): date(2026, 12, 14),
        (4, "leader"): date(2026, 12, 17),
    }


def november_ladder(*, has_second: bool, shift: int = 0):  # type: ignore[no-untyped-def]
    return ladder_days(NOVEMBER, LADDER, CALENDAR, has_second=has_second, shift=shift)


def test_without_a_second_helper_the_team_head_is_told_on_that_day() -> None:
    days = [(day.step.who, day.on) for day in november_ladder(has_second=False)]
    assert days[:2] == [("team_head", date(2026, 11, 18)), ("team_head", date(2026, 12, 4))]


def test_a_stopped_ladder_moves_only_what_comes_after_the_period() -> None:
    moved = {day.index: day.on for day in november_ladder(has_second=True, shift=2)}
    assert moved[0] == date(2026, 11, 18)
    assert moved[3] == date(2026, 12, 10)
    assert moved[4] == date(2026, 12, 14)
    assert moved[5] == date(2026, 12, 21)


def test_the_owner_hears_it_again_every_three_working_days_four_times() -> None:
    assert repeat_days(date(2026, 12, 3), 3, 4, CALENDAR) == (
        date(2026, 12, 8),
        date(2026, 12, 11),
        date(2026, 12, 16),
        date(2026, 12, 21),
    )


def test_a_thursday_that_is_free_moves_to_the_working_day_before() -> None:
    october = month(date(2026, 10, 1))
    assert october.grace_ends_on == date(2026, 11, 4)
    may = month(date(2026, 5, 20))
    local = Calendar({date(2026, 5, 14): False})
    assert date(2026, 5, 13) in reminder_days(may, Reminders(), local)
    assert date(2026, 5, 14) not in reminder_days(may, Reminders(), local)


def test_the_deputy_hears_on_the_first_working_day_of_a_week_whose_monday_is_free() -> None:
    local = Calendar({date(2026, 12, 14): False})
    days = ladder_days(NOVEMBER, (LadderStep(3, "deputy", 5, form="monday"),), local, has_second=True)
    assert days[0].on == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("every", "day", "code", "starts_on", "due_on", "ends_on"),
    [
        ("month", date(2026, 2, 28), "2026-02", date(2026, 2, 1), date(2026, 2, 25), date(2026, 2, 28)),
        ("week", date(2026, 11, 22), "2026-W47", date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 22)),
        ("week", date(2027, 1, 1), "2026-W53", date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 3)),
        (
            "cron:0 0 1,11,21 * *",
            date(2026, 2, 28),
            "2026-02-21",
            date(2026, 2, 21),
            date(2026, 2, 23),
            date(2026, 2, 28),
        ),
        ("half_month", date(2026, 2, 15), "2026-02a", date(2026, 2, 1), date(2026, 2, 11), date(2026, 2, 15)),
        ("half_month", date(2026, 2, 16), "2026-02b", date(2026, 2, 16), date(2026, 2, 24), date(2026, 2, 28)),
        ("quarter", date(2026, 11, 3), "2026-Q4", date(2026, 10, 1), date(2026, 12, 25), date(2026, 12, 31)),
        ("half_year", date(2026, 6, 30), "2026-H1", date(2026, 1, 1), date(2026, 6, 25), date(2026, 6, 30)),
        ("year", date(2026, 6, 30), "2026", date(2026, 1, 1), date(2026, 12, 25), date(2026, 12, 31)),
        ("months:2", date(2026, 4, 2), "2026-03+2", date(2026, 3, 1), date(2026, 4, 25), date(2026, 4, 30)),
    ],
)
def test_a_period_of_each_length(
    every: str, day: date, code: str, starts_on: date, due_on: date, ends_on: date
) -> None:
    period = period_of(day, every, 25, 3, CALENDAR)
    assert (period.code, period.starts_on, period.due_on, period.ends_on) == (code, starts_on, due_on, ends_on)


def test_a_due_day_that_a_month_does_not_have_is_its_last_day() -> None:
    assert period_of(date(2026, 2, 3), "month", 31, 3, CALENDAR).due_on == date(2026, 2, 28)


@given(DAYS, EVERY)
def test_periods_follow_each_other_without_a_gap(day: date, every: str) -> None:
    period = period_of(day, every, 25, 3, CALENDAR)
    following = period_of(period.ends_on + timedelta(days=1), every, 25, 3, CALENDAR)
    assert period.starts_on <= day <= period.ends_on
    assert period.starts_on <= period.due_on <= period.ends_on < period.grace_ends_on
    assert following.starts_on == period.ends_on + timedelta(days=1)
    assert following.code > period.code
    assert period_of(period.starts_on, every, 25, 3, CALENDAR) == period


@given(DAYS, st.integers(1, 31))
def test_reminders_are_working_days_in_order_and_the_last_one_is_the_last_chance(day: date, due_day: int) -> None:
    period = period_of(day, "month", due_day, 3, CALENDAR)
    days = reminder_days(period, Reminders(), CALENDAR)
    assert list(days) == sorted(set(days))
    assert all(CALENDAR.is_workday(each) for each in days)
    assert days[-1] == period.grace_ends_on


@given(DAYS, st.booleans(), st.integers(0, 8))
def test_each_step_of_the_ladder_comes_after_the_one_before(day: date, has_second: bool, shift: int) -> None:
    period = month(day)
    days = ladder_days(period, LADDER, CALENDAR, has_second=has_second, shift=shift)
    levels = [each for each in days if each.step.level > 0]
    assert all(each.on > period.grace_ends_on for each in levels)
    assert all(CALENDAR.is_workday(each.on) for each in days)
    assert [each.on for each in levels[:3]] == sorted(each.on for each in levels[:3])


@pytest.mark.parametrize(
    ("began_on", "quota"),
    [
        (date(2026, 10, 3), 2),
        (date(2026, 11, 1), 2),
        (date(2026, 11, 11), 2),
        (date(2026, 11, 12), 1),
        (date(2026, 11, 24), 1),
        (date(2026, 11, 25), 0),
    ],
)
def test_who_begins_in_the_middle_owes_less(began_on: date, quota: int) -> None:
    assert prorated(2, began_on, NOVEMBER) == quota


@pytest.mark.parametrize(
    ("every", "began_on", "quota"),
    [
        ("week", date(2026, 11, 18), 2),
        ("week", date(2026, 11, 19), 1),
        ("week", date(2026, 11, 21), 1),
        ("week", date(2026, 11, 22), 0),
        ("half_month", date(2026, 11, 21), 2),
        ("half_month", date(2026, 11, 22), 1),
        ("half_month", date(2026, 11, 28), 0),
    ],
)
def test_of_a_shorter_period_the_share_left_decides(every: str, began_on: date, quota: int) -> None:
    assert prorated(2, began_on, period_of(began_on, every, 25, 3, CALENDAR)) == quota


def test_rule_parameters_survive_being_stored() -> None:
    for parameters in PROFILES.values():
        stored = json.loads(json.dumps(parameters.to_dict()))
        assert RuleParameters.from_dict(stored) == parameters
    assert RuleParameters.from_dict({"due_day": 20}).due_day == 20


def test_a_quota_of_its_own_goes_before_the_one_for_all_others() -> None:
    usual = PROFILES["常态化"]
    assert usual.quota_for("monitored") == Quota(1, "month")
    assert usual.quota_for("destitute") == Quota(1, "quarter")
    assert usual.quota_for("general") == Quota(1, "half_year")
    assert usual.periods() == ("half_year", "month", "quarter")


def test_the_rule_of_the_configuration_file_is_read_as_it_stands() -> None:
    rule = {"code": "R1", "on": True, "needed": None, "kinds": {"monitored": {"needed": 3, "period": "month"}}}
    assert RuleParameters.from_dict(rule) == RuleParameters(kinds={"monitored": Quota(3, "month")})

"""A fixed date's day and reminders, typed: what is understood, and that a day that does not exist comes back as said."""

from datetime import date

import pytest

from handlers.parsing.answers import read_value
from handlers.parsing.fixed_days import read_days, read_leads

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "every", "before", "days"),
    [
        ("5月20号", "year", ("5-15",), ("5-20",)), ("改到五月二十日前", "year", ("5-15",), ("5-20",)),
        ("20号", "year", ("5-15",), ("5-20",)), ("5.20", "year", ("5-15",), ("5-20",)),
        ("每年6月底", "year", ("5-15",), ("6-30",)), ("20 May", "year", ("5-15",), ("5-20",)),
        ("May 20th", "year", ("5-15",), ("5-20",)), ("2月30日", "year", ("5-15",), ("2-30",)),
        ("6月30日、12月20日", "year", ("6-20", "12-10"), ("6-30", "12-20")), ("13月1日", "year", ("5-15",), ("13-1",)),
        ("25号", "month", ("20",), ("25",)), ("每月月底", "month", ("20",), ("31",)), ("25", "month", ("20",), ("25",)),
        ("第3个月25日", "quarter", ("3-31",), ("3-25",)), ("每季度最后一个月20号", "quarter", ("3-31",), ("3-20",)),
        ("6月20日", "quarter", ("3-31",), ("3-20",)), ("12月5日", "half_year", ("6-30",), ("6-5",)),
        ("12月3日", "once", ("2026-12-01",), ("2026-12-03",)), ("3号", "once", ("2026-12-01",), ("2026-12-03",)),
        ("1月8号", "once", ("2026-12-01",), ("2027-01-08",)), ("5月0日", "year", ("5-15",), ("5-0",)), ("13月1日", "quarter", ("3-31",), ("13-1",)), ("2027年2月底", "once", ("2026-12-01",), ("2027-02-28",)),
        ("下周四", "once", ("2026-12-01",), ("2026-11-26",)),
    ],
)  # fmt: skip
def test_a_day_is_read(text: str, every: str, before: tuple[str, ...], days: tuple[str, ...]) -> None:
    assert read_days(text, every, before, TODAY) == days


@pytest.mark.parametrize(("text", "every"), [("随便", "year"), ("", "year"), ("5月20号", "month"), ("尽快", "once")])
def test_what_is_no_day_is_not_guessed(text: str, every: str) -> None:
    assert read_days(text, every, ("15",), TODAY) is None


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("提前7天、1天", (7, 1)), ("提前两周和1天", (14, 1)), ("前一天", (1,)), ("半个月、当天", (15, 0)), ("7 1", (7, 1)),
        ("不提醒", ()), ("a week", None), ("14 days, 1 day", (14, 1)), ("2 weeks", (14,)), ("早点", None), ("1天、1天", (1,)),
        ("提前1000天", (999,)), ("-5天", None), ("提前-5天", None), ("7、－3天", None), ("负五天", None), ("7-3-1", (7, 3, 1)),
        ("7 - 3", (7, 3)),
    ],
)  # fmt: skip
def test_reminders_are_read(text: str, leads: tuple[int, ...] | None) -> None:
    assert read_leads(text) == leads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("每月３次", "3-month"), ("一周一次", "1-week"), ("每周两次", "2-week"), ("1月1次", "1-month"), ("每两个月1次", "1-months:2"),
        ("每月二十次", "20-month"), ("每2周1次", None), ("每12个月1次", None), ("2月30日", None), ("周五", None),
        ("每月一到两次", None), ("每月-3次", None), ("-3次每月", None),
    ],
)  # fmt: skip
def test_how_often_is_read_where_one_number_says_it(text: str, value: str | None) -> None:
    assert read_value("R1", "quota", text, {}, TODAY) == value


@pytest.mark.parametrize(("text", "value"), [("-5", "-5"), ("改成-5天", "-5"), ("负五天", "-5"), ("第5天", "5")])
def test_a_number_below_none_stays_one(text: str, value: str) -> None:
    """It is refused as such, and not taken for 5."""
    assert read_value("R1", "grace_workdays", text, {}, TODAY) == value

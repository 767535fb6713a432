"""Days as people say them, read on Wednesday 11 November 2026."""

from datetime import date

import pytest

from handlers.parsing import WORDS
from handlers.parsing.backwards import DayMark
from handlers.parsing.dates import find_days

TODAY = date(2026, 11, 11)


def days(text: str) -> list[DayMark]:
    return find_days(text, TODAY, WORDS)


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [
        ("今天", 11, 11), ("昨晚", 11, 10), ("前天晚上", 11, 9), ("上前天", 11, 8), ("周三", 11, 11), ("周四", 11, 5), ("星期天", 11, 8),
        ("上周三", 11, 4), ("上上个星期一", 10, 26), ("9号", 11, 9), ("二十八号", 10, 28), ("廿九号", 10, 29), ("11.5", 11, 5), ("11/5", 11, 5),
        ("11月05日", 11, 5), ("2026-11-05", 11, 5), ("26天前", 10, 16), ("上个月28号", 10, 28), ("上上月3号", 9, 3), ("十一月九号", 11, 9),
        ("yesterday", 11, 10), ("last night", 11, 10), ("on monday", 11, 9), ("last friday", 11, 6), ("nov 5", 11, 5), ("5th of november", 11, 5),
    ],
)  # fmt: skip
def test_a_day_is_read_backwards(text: str, month: int, day: int) -> None:
    (mark,) = days(text)
    assert (mark.days, mark.reason) == ((date(2026, month, day),), "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11.20", "future"), ("2027年1月1日", "future"), ("下周三", "future"), ("15号", "which"), ("周末", "which"), ("13月5号", "impossible"),
        ("2月30号", "impossible"), ("初五", "lunar"), ("八月十五", "lunar"), ("农历九月初三", "lunar"), ("前几天", "vague"), ("last week", "vague"),
    ],
)  # fmt: skip
def test_a_doubtful_day_says_why(text: str, reason: str) -> None:
    assert [mark.reason for mark in days(text)] == [reason]


@pytest.mark.parametrize(
    "text", ["3.5亩", "血压140/90", "2号楼", "收入1.2万", "11.20元", "第9号", "5家", "1.5米", "may"]
)
def test_other_figures_are_no_days(text: str) -> None:
    assert days(text) == []


@pytest.mark.parametrize("text", ["9号到账", "9号前", "11月5号发的", "昨天开学"])
def test_the_day_of_something_else_is_marked_as_such(text: str) -> None:
    assert [bool(mark.role) for mark in days(text)] == [True]


def test_the_time_of_day_belongs_to_the_day() -> None:
    (mark,) = days("昨天下午3点半去的")
    assert "昨天下午3点半去的"[mark.start : mark.end] == "昨天下午3点半"

"""Days to come: what people type when they say from when to when they are away. Thursday 12 November 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.parsing.ahead import Ahead, parse_ahead

TODAY = date(2026, 11, 12)


def on(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("明天", on(11, 13), None),
        ("今天起3天", on(11, 12), on(11, 15)),
        ("明天起,三天", on(11, 13), on(11, 16)),
        ("后天起一周", on(11, 14), on(11, 21)),
        ("请假两个星期", on(11, 12), on(11, 26)),
        ("半个月", on(11, 12), on(11, 27)),
        ("25号到28号", on(11, 25), on(11, 29)),
        ("11月25日-12月3日", on(11, 25), on(12, 4)),
        ("9号", on(12, 9), None),
        ("11.20至11.25", on(11, 20), on(11, 26)),
        ("下周一到下周五", on(11, 16), on(11, 21)),
        ("周一", on(11, 16), None),
        ("周五", on(11, 13), None),
        ("到25号", on(11, 12), on(11, 26)),
        ("下个月3号", on(12, 3), None),
        ("2026-12-01到2026-12-05", on(12, 1), on(12, 6)),
        ("tomorrow for 3 days", on(11, 13), on(11, 16)),
        ("20 Nov to 25 Nov", on(11, 20), on(11, 26)),
        ("next Monday, a week", on(11, 16), on(11, 23)),
        ("1月2号", on(1, 2, 2027), None),
        ("31号", on(12, 31), None),
        ("出差", None, None),
        ("32号", None, None),
    ],
)
def test_a_beginning_and_an_end(text: str, starts: date | None, ends: date | None) -> None:
    assert parse_ahead(text, TODAY) == Ahead(starts, ends)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("3天", on(11, 16)), ("一周", on(11, 20)), ("18号", on(11, 19)), ("到18号", on(11, 19)), ("下周五", on(11, 21)),
        ("12月3日", on(12, 4)), ("two weeks", None), ("2 weeks", on(11, 27)), ("until 20 Nov", on(11, 21)), ("不知道", None),
    ],
)  # fmt: skip
def test_an_end_alone_once_the_beginning_is_known(text: str, ends: date | None) -> None:
    assert parse_ahead(text, TODAY, on(11, 13)) == Ahead(on(11, 13), ends)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    parse_ahead(text, TODAY)
    parse_ahead(text, TODAY, TODAY)

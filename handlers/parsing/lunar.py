"""Days of the lunar calendar (十月初三, 腊月二十) as days of ours."""

import re
from datetime import date, timedelta
from functools import lru_cache

from handlers.parsing.text import numeral

_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def lunar_days(month: int, day: int, today: date) -> tuple[date | None, date | None]:
    """The last such day up to today and the next one after it; leap months are passed over unless they are nearer."""
    found = sorted(on for year in range(today.year - 2, today.year + 3) for on in _on(year, month, day))
    past = max((on for on in found if on <= today), default=None)
    coming = min((on for on in found if on > today), default=None)
    return past, coming


def lunar_day_of_month(day: int, today: date) -> tuple[date | None, date | None]:
    """初三 without a month: the last one up to today, the next one after."""
    found = [
        first + timedelta(days=day - 1)
        for year in (today.year - 1, today.year, today.year + 1)
        for first, length in _months(year).values()
        if 1 <= day <= length
    ]
    past = max((on for on in found if on <= today), default=None)
    coming = min((on for on in found if on > today), default=None)
    return past, coming


def last_of_month(month: int, today: date) -> date | None:
    """The last day of the coming (or present) lunar month: 腊月底."""
    ends = [
        first + timedelta(days=length - 1)
        for year in range(today.year - 1, today.year + 2)
        for number, (first, length) in _months(year).items()
        if abs(number) == month
    ]
    return min((on for on in ends if on >= today), default=None)


def month_number(said: str) -> int:
    """正, 冬, 腊 or a numeral; 0 where it is none."""
    return _MONTHS.get(said) or numeral(said) or 0


def day_number(said: str) -> int:
    return numeral(re.sub("^初", "", said)) or 0


def _on(year: int, month: int, day: int) -> list[date]:
    months = _months(year)
    found = [months[number] for number in (month, -month) if number in months]
    return [first + timedelta(days=day - 1) for first, length in found if 1 <= day <= length]


@lru_cache(maxsize=32)
def _months(year: int) -> dict[int, tuple[date, int]]:
    """A lunar year's months: number (below 0: the leap month after it) → our date of its first day, its length."""
    from lunar_python import LunarYear, Solar  # needed for lunar days only

    found = {}
    for month in LunarYear.fromYear(year).getMonthsInYear():
        first = Solar.fromJulianDay(month.getFirstJulianDay())
        found[month.getMonth()] = (date(first.getYear(), first.getMonth(), first.getDay()), month.getDayCount())
    return found

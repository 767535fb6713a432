"""The Chinese working calendar in layers that never raise (engine.md 2).

Local days (the file's, then those set in the chat), then the years as they were last agreed to, then the official plan
(chinesecalendar), then self-derived holidays (provisional), then plain weekdays (provisional). Shifted working weekends
count as working days.
"""

from datetime import date
from functools import cache
from typing import Any

import chinese_calendar

from models.times import Workdays, is_weekday

WARN_FROM = (11, 1)


class Calendar(Workdays):
    """Working days of one installation; `fixed` says for single days whether they are worked on."""

    def plan(self, day: date) -> bool:
        """What the official plan says; where there is none, the holidays worked out by this program."""
        official = self.official(day)
        return _derive(day) if official is None else official

    def official(self, day: date) -> bool | None:
        """The official plan's word, or None outside the years it covers."""
        return _official(day)

    def holiday(self, day: date) -> tuple[str, str] | None:
        """The holiday for which a day is free or worked on instead, as the official plan has it."""
        if self.official(day) is None:
            return None
        _, name = chinese_calendar.get_holiday_detail(day)
        return (chinese_calendar.Holiday(name).chinese, str(name)) if name else None

    def provisional_year(self, today: date) -> int | None:
        """Next year, from 1 November on while nothing official is known about it: time to warn the officer."""
        if (today.month, today.day) < WARN_FROM or self.official(date(today.year + 1, 12, 31)) is not None:
            return None
        return today.year + 1


@cache
def _official(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@cache
def _holidays() -> Any:
    import holidays  # heavy, and needed only beyond the official years

    return holidays.country_holidays("CN")


def _derive(day: date) -> bool:
    try:
        return bool(_holidays().is_working_day(day))
    except (ImportError, NotImplementedError, ValueError):
        return is_weekday(day)

"""The Chinese working calendar in layers that never raise (engine.md 2).

Local overrides, then the official plan (chinesecalendar), then self-derived holidays (provisional), then plain
weekdays (provisional). Shifted working weekends count as working days.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import chinese_calendar

from models.times import Workdays

WARN_FROM = (11, 1)


class Calendar(Workdays):
    """Working days of one installation; `overrides` says for single days whether they are worked on."""

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._known: dict[date, bool] = {}
        self._derived: Any = None

    def is_workday(self, day: date) -> bool:
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._look_up(day)
        return known

    def provisional(self, day: date) -> bool:
        return day not in self._overrides and _official(day) is None

    def provisional_year(self, today: date) -> int | None:
        """Next year, from 1 November on while nothing official is known about it: time to warn the officer."""
        if (today.month, today.day) < WARN_FROM:
            return None
        return today.year + 1 if self.provisional(date(today.year + 1, 12, 31)) else None

    def _look_up(self, day: date) -> bool:
        if day in self._overrides:
            return self._overrides[day]
        official = _official(day)
        return self._derive(day) if official is None else official

    def _derive(self, day: date) -> bool:
        try:
            if self._derived is None:
                import holidays  # heavy, and needed only beyond the official years

                self._derived = holidays.country_holidays("CN")
            return bool(self._derived.is_working_day(day))
        except (ImportError, NotImplementedError, ValueError):
            return super().is_workday(day)


def _official(day: date) -> bool | None:
    """The official plan's word, or None outside the years it covers."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None

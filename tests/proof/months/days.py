"""The working days of the model, straight from the official plan: a list, and places in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cache

import chinese_calendar

from tests.proof.months.lives import DAY


class Days:
    """From 40 days before the first day to 100 after the last one."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        days = (first - DAY * 40 + DAY * n for n in range((last - first).days + 140))
        self._worked = [day for day in days if chinese_calendar.is_workday(day)]
        self._set = set(self._worked)
        self.after, self.reminders = cache(self._after), cache(self._reminders)

    def all(self) -> Iterator[date]:
        return (self.first + DAY * n for n in range((self.last - self.first).days + 1))

    def works(self, day: date) -> bool:
        return day in self._set

    def _after(self, day: date, count: int) -> date:
        """The so-manieth working day after a day; before it where negative."""
        if count < 0:
            return self._worked[bisect_left(self._worked, day) + count]
        return self._worked[bisect_right(self._worked, day) + count - 1]

    def between(self, earlier: date, later: date) -> int:
        """How many working days lie after a day, up to and with another."""
        return max(0, bisect_right(self._worked, later) - bisect_right(self._worked, earlier))

    def before(self, day: date) -> date:
        return self.after(day, -1)

    def upto(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        return day if self.works(day) else self.before(day)

    def opening(self, day: date) -> date:
        """The next Monday, or that week's first working day; a week without any is no week."""
        monday = day - DAY * day.weekday()
        while (first := monday if self.works(monday) else self.after(monday, 1)) < day:
            monday += DAY * 7
        return first

    @staticmethod
    def month_end(start: date) -> date:
        return (start + DAY * 31).replace(day=1) - DAY

    def _reminders(self, start: date, due: date, end: date, grace: date) -> list[date]:
        """Thursdays in the fortnight before the due day, the working days around it, the last ones of month and 补录期."""
        thursdays = [due - DAY * n for n in range(1, 15) if (due - DAY * n).weekday() == 3]
        found = {self.upto(day) for day in thursdays} | {self.before(due), self.after(due, 1), self.upto(end), grace}
        return sorted(day for day in found if day >= start)

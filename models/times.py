"""Days and hours of one installation: its zone, its quiet hours, its working days.

The database keeps UTC; a day is always a local day of the one zone. Which days are worked on is told by a
`Workdays` object; `schedules.calendar.Calendar` is the real one, set once at start, so that this folder needs no
calendar package.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import Refused

ONE_DAY = timedelta(days=1)
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


LONGEST_FREE = 366
"""Where so many days on end are free, nobody works by this calendar any more: plain weekdays count instead."""


class Workdays:
    """Arithmetic over working days, in layers: `fixed`, the days of the configuration file; `local`, those set in the
    chat; `years`, by year the days that are not as plain weekdays are; then the plan, here weekdays.

    `mark` is another one after every change of what was set in the chat.
    """

    def __init__(
        self,
        fixed: Mapping[date, bool] | None = None,
        local: Mapping[date, bool] | None = None,
        years: Mapping[int, Collection[date]] | None = None,
        mark: str = "",
    ) -> None:
        self.fixed, self.local = dict(fixed or {}), dict(local or {})
        self.years = {year: frozenset(days) for year, days in (years or {}).items()}
        self.mark = mark
        self._set = {**self.local, **self.fixed}
        self._known: dict[date, bool] = {}

    def with_days(self, local: Mapping[date, bool], years: Mapping[int, Collection[date]], mark: str) -> "Workdays":
        """The same with other days set in the chat, and other years."""
        return type(self)(self.fixed, local, years, mark)

    def is_workday(self, day: date) -> bool:
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._set[day] if day in self._set else self.general(day)
        return known

    def general(self, day: date) -> bool:
        """Whether the day is worked on without what differs here."""
        unlike = self.years.get(day.year)
        return self.plan(day) if unlike is None else (day in unlike) != is_weekday(day)

    def plan(self, day: date) -> bool:
        """What this program knows of the day."""
        return is_weekday(day)

    def official(self, day: date) -> bool | None:
        """What the official plan says of the day; None where there is none."""
        return None

    def holiday(self, day: date) -> tuple[str, str] | None:
        """What the official plan calls a day that is free, or worked on instead, for a holiday (zh, en)."""
        return None

    def provisional(self, day: date) -> bool:
        """Whether nothing official is known about this day, and nothing was set here."""
        return day not in self._set and self.official(day) is None

    def on_or_after(self, day: date) -> date:
        """The first working day from `day` on; after a year without any, the first plain weekday from `day` on."""
        return self._nearest(day, ONE_DAY)

    def on_or_before(self, day: date) -> date:
        """The last working day up to `day`; before a year without any, the last plain weekday up to `day`."""
        return self._nearest(day, -ONE_DAY)

    def _nearest(self, day: date, step: timedelta) -> date:
        found = day
        for _ in range(LONGEST_FREE):
            if self.is_workday(found):
                return found
            found += step
        while not is_weekday(day):
            day += step
        return day

    def next_workday(self, day: date) -> date:
        """The first working day after `day`."""
        return self.on_or_after(day + ONE_DAY)

    def previous_workday(self, day: date) -> date:
        """The last working day before `day`."""
        return self.on_or_before(day - ONE_DAY)

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative); `day` itself for 0."""
        for _ in range(abs(count)):
            day = self.next_workday(day) if count > 0 else self.previous_workday(day)
        return day

    def workdays_between(self, earlier: date, later: date) -> int:
        """How many working days lie after `earlier` up to and with `later`; 0 when `later` is not later."""
        return sum(self.is_workday(earlier + ONE_DAY * n) for n in range(1, (later - earlier).days + 1))

    def week_opening(self, day: date) -> date:
        """The first Monday on or after `day`; where that Monday is free, the first working day after it."""
        monday = day - ONE_DAY * day.weekday()
        while (opening := self.on_or_after(monday)) < day:
            monday += ONE_DAY * 7
        return opening


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@dataclass(frozen=True)
class Hours:
    """The zone, the quiet hours, when digests come (minutes after local midnight), and how many messages a day."""

    zone: ZoneInfo = DEFAULT_ZONE
    quiet_from: time = time(21, 30)
    quiet_to: time = time(7, 30)
    helper_minute: int = 19 * 60 + 20
    other_minute: int = 7 * 60 + 50
    digest_per_day: int = 1
    urgent_per_day: int = 2


_workdays: Workdays | None = None
_other: ContextVar[Workdays | None] = ContextVar("other workdays", default=None)
_hours = Hours()


def use_times(workdays: Workdays, hours: Hours | None = None) -> None:
    """Sets the installation's calendar and hours, once at start."""
    global _workdays, _hours
    _workdays = workdays
    _hours = hours or Hours()


def use_workdays(workdays: Workdays) -> None:
    """Sets another calendar; the hours stay."""
    global _workdays
    _workdays = workdays


def calendar() -> Workdays:
    """The installation's working days. Raises Refused("calendar.missing") before `use_times`."""
    other = _other.get()
    if other is not None:
        return other
    if _workdays is None:
        raise Refused("calendar.missing")
    return _workdays


@contextmanager
def supposing(workdays: Workdays) -> Iterator[None]:
    """Within it `calendar` is this one: what would be if."""
    token = _other.set(workdays)
    try:
        yield
    finally:
        _other.reset(token)


def hours() -> Hours:
    return _hours


def local_day(moment: datetime, zone: ZoneInfo | None = None) -> date:
    """The calendar day of a moment in the installation's zone."""
    return moment.astimezone(zone or _hours.zone).date()


def moment_at(day: date, minute: int = 0, zone: ZoneInfo | None = None) -> datetime:
    """The UTC moment of so many minutes after local midnight, by the clock on the wall."""
    at = datetime.combine(day, time(minute // 60, minute % 60), zone or _hours.zone)
    return at.astimezone(UTC)


def is_quiet(moment: datetime) -> bool:
    clock = moment.astimezone(_hours.zone).time()
    if _hours.quiet_from <= _hours.quiet_to:
        return _hours.quiet_from <= clock < _hours.quiet_to
    return clock >= _hours.quiet_from or clock < _hours.quiet_to


def after_quiet(moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in (UTC)."""
    if not is_quiet(moment):
        return moment
    local = moment.astimezone(_hours.zone)
    end = datetime.combine(local.date(), _hours.quiet_to, _hours.zone)
    if end <= local:
        end = datetime.combine(local.date() + ONE_DAY, _hours.quiet_to, _hours.zone)
    return end.astimezone(UTC)

"""Days and hours of one installation: its zone, its quiet hours, its working days.

The database keeps UTC; a day is always a local day of the one zone. Which days are worked on is told by a
`Workdays` object; `schedules.calendar.Calendar` is the real one, set once at start, so that this folder needs no
calendar package.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import Refused

ONE_DAY = timedelta(days=1)
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


class Workdays:
    """Arithmetic over working days; by itself it knows weekdays only."""

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5

    def provisional(self, day: date) -> bool:
        """Whether nothing official is known about this day."""
        return True

    def on_or_after(self, day: date) -> date:
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def on_or_before(self, day: date) -> date:
        while not self.is_workday(day):
            day -= ONE_DAY
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

    def last_workday_of_month(self, day: date) -> date:
        """The last working day of the month that `day` lies in."""
        return self.on_or_before((day.replace(day=28) + ONE_DAY * 4).replace(day=1) - ONE_DAY)

    def week_opening(self, day: date) -> date:
        """The first Monday on or after `day`; where that Monday is free, the first working day after it."""
        monday = day - ONE_DAY * day.weekday()
        while (opening := self.on_or_after(monday)) < day:
            monday += ONE_DAY * 7
        return opening


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
_hours = Hours()


def use_times(workdays: Workdays, hours: Hours | None = None) -> None:
    """Sets the installation's calendar and hours, once at start."""
    global _workdays, _hours
    _workdays = workdays
    _hours = hours or Hours()


def calendar() -> Workdays:
    """The installation's working days. Raises Refused("calendar.missing") before `use_times`."""
    if _workdays is None:
        raise Refused("calendar.missing")
    return _workdays


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

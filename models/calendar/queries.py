"""Questions about the calendar: what differs here, what a year was planned with, what the official plan says now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calendar.tables import CalendarDay
from models.installation import find_fact
from models.pages import fit_page
from models.people import Person
from models.times import ONE_DAY, Workdays, calendar, is_weekday, local_day

FACT = "calendar"
"""The fact that says which calendar holds: `mark`, and the file's days as they were last used."""
YEARS = "calendar_years"
"""The fact that says, by year, which days are not as plain weekdays are, and whether that was official."""
UNDO_FOR = timedelta(days=7)
"""So long an agreed plan can be taken back."""
Year = dict[str, Any]
PAGE = 10


@dataclass(frozen=True)
class FileDays:
    """One entry of the configuration file."""

    first_on: date
    last_on: date
    worked: bool
    name: str


@dataclass(frozen=True)
class LocalDays:
    """An entry as lists show it. `day_id` None: it stands in the file and is changed there; `usual`: how many of its
    days are like that without it."""

    day_id: int | None
    first_on: date
    last_on: date
    worked: bool
    name: str
    by: str
    made_on: date | None
    usual: int


@dataclass(frozen=True)
class DaysPage:
    items: tuple[LocalDays, ...]
    total: int
    page: int
    pages: int


_file: tuple[FileDays, ...] = ()


def use_file_days(days: Iterable[FileDays]) -> None:
    """Sets the entries of the configuration file, once at start."""
    global _file
    _file = tuple(days)


def file_days() -> tuple[FileDays, ...]:
    return _file


def each_day(first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def list_rows(session: Session, today: date) -> list[CalendarDay]:
    """The entries of the chat that have days to come, first days first."""
    rows = select(CalendarDay).where(CalendarDay.ended_at.is_(None), CalendarDay.last_on >= today)
    return list(session.scalars(rows.order_by(CalendarDay.first_on, CalendarDay.id)))


def read_local(session: Session, without: int | None = None, *, now: datetime | None = None) -> dict[date, bool]:
    """Every day that was set in the chat, with whether it is worked on; `without` one entry's days from `now` on."""
    found: dict[date, bool] = {}
    for row in session.scalars(select(CalendarDay).order_by(CalendarDay.id)):
        ended_at = now if row.id == without else row.ended_at
        last = row.last_on if ended_at is None else min(row.last_on, local_day(ended_at) - ONE_DAY)
        found.update(dict.fromkeys(each_day(row.first_on, last), row.worked))
    return found


def read_years(session: Session) -> dict[int, Year]:
    """By year what it was last planned with: `official`, `days` that are not as plain weekdays are."""
    return {int(year): value for year, value in (find_fact(session, YEARS) or {}).items()}


def days_of(year: Year) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, year["days"]))


def find_mark(session: Session) -> str:
    """Another one after every change; empty before the first."""
    return str((find_fact(session, FACT) or {}).get("mark", ""))


def read_calendar(session: Session) -> Workdays:
    """The working days as the rows have them at this moment."""
    years = {number: days_of(year) for number, year in read_years(session).items()}
    return calendar().with_days(read_local(session), years, find_mark(session))


def plan_of(workdays: Workdays, year: int) -> frozenset[date]:
    """The days of a year that the program's own plan has otherwise than plain weekdays."""
    days = each_day(date(year, 1, 1), date(year, 12, 31))
    return frozenset(day for day in days if workdays.plan(day) != is_weekday(day))


def is_official(workdays: Workdays, year: int) -> bool:
    return workdays.official(date(year, 12, 31)) is not None


@dataclass(frozen=True)
class Proposal:
    """An official plan that is another one than the year was planned with. `days`: (day, worked on by it); `revised`:
    an official plan was known before; `stamp` names this very proposal."""

    year: int
    days: tuple[tuple[date, bool], ...]
    revised: bool
    stamp: str


def find_proposal(session: Session, year: int) -> Proposal | None:
    """What the official plan of a year would change from what the year was planned with; None where nothing."""
    known, workdays = read_years(session).get(year), calendar()
    if known is None or not is_official(workdays, year):
        return None
    differing = sorted(days_of(known) ^ plan_of(workdays, year))
    if not differing:
        return None
    stamp = f"{crc32(','.join(map(str, differing)).encode()):08x}"
    return Proposal(year, tuple((day, workdays.plan(day)) for day in differing), known["official"], stamp)


@dataclass(frozen=True)
class Agreed:
    """An official plan that somebody agreed to lately. `days`: (day, worked on before that); `official`: whether the
    year was planned by an official plan before too."""

    year: int
    days: tuple[tuple[date, bool], ...]
    official: bool
    by: str
    on: date

    def former(self, days: frozenset[date]) -> frozenset[date]:
        """What the year was planned with before, from what it is planned with now."""
        return days ^ {day for day, _ in self.days}


def find_agreed(session: Session, year: int, now: datetime) -> Agreed | None:
    """The plan of a year that can be taken back still; None where nobody agreed to one within seven days."""
    known = read_years(session).get(year)
    act = known.get("agreed") if known is not None else None
    if known is None or act is None or now - datetime.fromisoformat(act["at"]) > UNDO_FOR:
        return None
    now_days, before = days_of(known), frozenset(map(date.fromisoformat, act["before"]))
    differing = tuple((day, (day in before) != is_weekday(day)) for day in sorted(now_days ^ before))
    by = _names(session, [act["by"]]).get(act["by"], "")
    return Agreed(year, differing, act["official"], by, local_day(datetime.fromisoformat(act["at"])))


def list_agreed(session: Session, now: datetime) -> list[Agreed]:
    """Plans that can be taken back still, of this year and those to come."""
    found = [find_agreed(session, year, now) for year in sorted(read_years(session)) if year >= local_day(now).year]
    return [each for each in found if each is not None]


def list_proposals(session: Session, today: date) -> list[Proposal]:
    """Official plans of this year and those to come that nobody has agreed to yet."""
    found = [find_proposal(session, year) for year in sorted(read_years(session)) if year >= today.year]
    return [each for each in found if each is not None]


def list_days(session: Session, today: date, page: int = 1) -> DaysPage:
    """Ten entries with days to come, the file's among them, first days first."""
    workdays = read_calendar(session)
    views = [_view(workdays, None, days, "", None) for days in file_days() if days.last_on >= today]
    rows = list_rows(session, today)
    names = _names(session, [row.author_id for row in rows])
    views += [_view(workdays, row.id, row, names.get(row.author_id, ""), local_day(row.made_at)) for row in rows]
    views.sort(key=lambda each: (each.first_on, each.last_on, each.day_id or 0))
    page, pages = fit_page(page, len(views), PAGE)
    return DaysPage(tuple(views[(page - 1) * PAGE : page * PAGE]), len(views), page, pages)


def find_days(session: Session, day_id: int, today: date) -> LocalDays | None:
    """An entry of the chat that has days to come."""
    row = session.scalar(
        select(CalendarDay).where(
            CalendarDay.id == day_id, CalendarDay.last_on >= today, CalendarDay.ended_at.is_(None)
        )
    )
    if row is None:
        return None
    name = _names(session, [row.author_id]).get(row.author_id, "")
    return _view(read_calendar(session), row.id, row, name, local_day(row.made_at))


def _names(session: Session, ids: Iterable[int]) -> Mapping[int, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def _view(
    workdays: Workdays, day_id: int | None, days: CalendarDay | FileDays, by: str, made_on: date | None
) -> LocalDays:
    usual = sum(workdays.general(day) == days.worked for day in each_day(days.first_on, days.last_on))
    return LocalDays(day_id, days.first_on, days.last_on, days.worked, days.name, by, made_on, usual)

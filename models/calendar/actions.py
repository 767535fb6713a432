"""Changing the calendar: days set in the chat or taken back, an official plan agreed to. Nothing is sent again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from models import audit
from models.access import PersonView, access_area
from models.areas import find_township
from models.calendar.following import follow_open
from models.calendar.queries import (
    FACT,
    YEARS,
    Agreed,
    days_of,
    each_day,
    file_days,
    find_agreed,
    find_days,
    find_proposal,
    is_official,
    list_rows,
    plan_of,
    read_calendar,
    read_local,
    read_years,
)
from models.calendar.tables import CalendarDay
from models.errors import Refused
from models.installation import find_fact, set_fact
from models.times import Workdays, calendar, local_day, use_workdays

RIGHT = "calendar.write"
LONGEST, MOST_SPANS, NAME_AT_MOST = 31, 12, 20
FREE_AT_MOST = 45
"""Days on end without one that is worked on: more than that is a slip of the finger."""
SETTLES_IN = timedelta(seconds=30)
"""By then every node has the new days; what one of them planned by the old ones meanwhile is put right."""
Span = tuple[date, date]


@dataclass(frozen=True)
class Wish:
    """What somebody wants of the calendar. `act`: set (`spans`, `worked`, `name`), end (`day_id`), year (`year` as the
    official plan has it now, named by `stamp`), back (`year` as it was before somebody agreed to that)."""

    act: str
    spans: tuple[Span, ...] = ()
    worked: bool = False
    name: str = ""
    day_id: int = 0
    year: int = 0
    stamp: str = ""


@dataclass(frozen=True)
class Changed:
    """`ids`: the entries that were made, or the one that ended; `duties`: open ones that have another next moment."""

    act: str
    ids: tuple[int, ...]
    year: int
    duties: int


def check_right(session: Session, person: PersonView) -> None:
    """Raises Refused("area.not_yours") for anybody who may not change the township's calendar."""
    access_area(session, person, find_township(session) or 0, RIGHT)


def check_name(name: str) -> str:
    """Why, in a few words. Raises Refused("calendar.name", most)."""
    said = " ".join(name.split())
    if not said or len(said) > NAME_AT_MOST or not any(char.isalpha() for char in said):
        raise Refused("calendar.name", most=NAME_AT_MOST)
    return said


def check_spans(session: Session, spans: Sequence[Span], today: date) -> None:
    """Raises Refused("calendar.past"), ("calendar.far", day), ("calendar.long", most), ("calendar.locked", day, name),
    ("calendar.twice", day, name)."""
    last_day = date(today.year + 1, 12, 31)
    if not spans or len(spans) > MOST_SPANS:
        raise Refused("calendar.no_day")
    for first, last in spans:
        if first < today or last < first:
            raise Refused("calendar.past")
        if last > last_day:
            raise Refused("calendar.far", day=last_day.isoformat())
        if (last - first).days >= LONGEST:
            raise Refused("calendar.long", most=LONGEST)
    taken = [("calendar.locked", each.first_on, each.last_on, each.name) for each in file_days()]
    taken += [("calendar.twice", row.first_on, row.last_on, row.name) for row in list_rows(session, today)]
    seen: set[date] = set()
    for day in (day for span in spans for day in each_day(*span)):
        for code, first, last, name in taken:
            if first <= day <= last:
                raise Refused(code, day=day.isoformat(), name=name)
        if day in seen:
            raise Refused("calendar.twice", day=day.isoformat(), name="")
        seen.add(day)


def suppose(session: Session, wish: Wish, *, now: datetime) -> Workdays:
    """The calendar as it would be. Raises as `check_spans`, Refused("calendar.same", n), ("calendar.never", most),
    ("calendar.gone"), ("calendar.year_done"), ("calendar.back_late")."""
    today, known = local_day(now), read_calendar(session)
    mark, local, years = uuid4().hex, known.local, dict(known.years)
    if wish.act == "set":
        check_spans(session, wish.spans, today)
        days = [day for span in wish.spans for day in each_day(*span)]
        if all(known.general(day) == wish.worked for day in days):
            raise Refused("calendar.same", n=len(days))
        local = {**local, **dict.fromkeys(days, wish.worked)}
    elif wish.act == "end":
        if find_days(session, wish.day_id, today) is None:
            raise Refused("calendar.gone")
        local = read_local(session, wish.day_id, now=now)
    elif wish.act == "back":
        years[wish.year] = _agreed(session, wish, now).former(frozenset(years[wish.year]))
    else:
        proposal = find_proposal(session, wish.year)
        if proposal is None or proposal.stamp != wish.stamp:
            raise Refused("calendar.year_done")
        years[wish.year] = plan_of(known, wish.year)
    after = known.with_days(local, years, mark)
    _check_worked(after, wish)
    return after


def _agreed(session: Session, wish: Wish, now: datetime) -> Agreed:
    found = find_agreed(session, wish.year, now)
    if found is None:
        raise Refused("calendar.back_late")
    return found


def _check_worked(after: Workdays, wish: Wish) -> None:
    for first, _ in wish.spans:
        start = first - timedelta(days=FREE_AT_MOST)
        free = 0
        for day in each_day(start, first + timedelta(days=LONGEST + FREE_AT_MOST)):
            free = 0 if after.is_workday(day) else free + 1
            if free > FREE_AT_MOST:
                raise Refused("calendar.never", most=FREE_AT_MOST)


def change(session: Session, person: PersonView, wish: Wish, *, now: datetime) -> Changed:
    """Makes it so, and lets open duties follow. Raises as `suppose`, and Refused("area.not_yours")."""
    check_right(session, person)
    find_fact(session, FACT, lock=True)
    before, after = read_calendar(session), suppose(session, wish, now=now)
    ids = _write(session, person.id, wish, after, now=now)
    cause = f"calendar_day:{ids[0]}" if ids else f"calendar_year:{wish.year}"
    duties = take(session, before, after, person_id=person.id, cause=cause, now=now)
    audit.record(
        session, f"calendar.{wish.act}", now=now, person_id=person.id, subject=cause, duties=duties, worked=wish.worked
    )
    return Changed(wish.act, ids, wish.year, duties)


def _write(session: Session, person_id: int, wish: Wish, after: Workdays, *, now: datetime) -> tuple[int, ...]:
    if wish.act == "set":
        name = check_name(wish.name)
        rows = [
            CalendarDay(first_on=first, last_on=last, worked=wish.worked, name=name, author_id=person_id, made_at=now)
            for first, last in wish.spans
        ]
        session.add_all(rows)
        session.flush()
        return tuple(row.id for row in rows)
    if wish.act == "end":
        row = session.get_one(CalendarDay, wish.day_id)
        row.ended_at, row.ended_by = now, person_id
        session.flush()
        return (row.id,)
    if wish.act == "back":
        note_year(session, wish.year, after.years[wish.year], official=_agreed(session, wish, now).official)
        return ()
    was = read_years(session)[wish.year]
    agreed = {"at": now.isoformat(), "by": person_id, "before": was["days"], "official": was["official"]}
    note_year(session, wish.year, after.years[wish.year], official=True, agreed=agreed)
    return ()


def note_year(
    session: Session, year: int, days: frozenset[date], *, official: bool, agreed: dict[str, Any] | None = None
) -> None:
    """Keeps what a year is planned with from now on. `agreed`: who agreed to it, and what was before."""
    known = find_fact(session, YEARS) or {}
    said = {"official": official, "days": sorted(day.isoformat() for day in days)}
    set_fact(session, YEARS, **{**known, str(year): {**said, "agreed": agreed} if agreed else said})


def note_years(session: Session, today: date) -> None:
    """Keeps what this year and the next are planned with, the first time and where the official plan agrees by now."""
    known, workdays = read_years(session), calendar()
    for year in (today.year, today.year + 1):
        official = is_official(workdays, year)
        if year not in known:
            note_year(session, year, plan_of(workdays, year), official=official)
        elif official and not known[year]["official"] and days_of(known[year]) == plan_of(workdays, year):
            note_year(session, year, days_of(known[year]), official=True)


def take(
    session: Session, before: Workdays, after: Workdays, *, person_id: int | None, cause: str, now: datetime
) -> int:
    """The days of `after` hold from here on: for this process at once, for other nodes when they see the mark."""
    fact = find_fact(session, FACT) or {}
    # Only where several nodes may run is anything planned by the old days in the seconds until they see the mark.
    alone = session.get_bind().dialect.name == "sqlite"
    oldest = (fact.get("again") or {}).get("before") or _to_plain(before)
    again = None if alone else {"at": (now + SETTLES_IN).isoformat(), "before": oldest}
    set_fact(session, FACT, **{**fact, "mark": after.mark, "again": again})
    session.flush()
    use_workdays(after)
    return follow_open(session, before, after, person_id=person_id, cause=cause, now=now)


def settle_again(session: Session, *, now: datetime) -> bool:
    """Once every node has the new days: what was planned by the old ones since follows too; whether it was time."""
    fact = find_fact(session, FACT) or {}
    again = fact.get("again")
    if not again or datetime.fromisoformat(again["at"]) > now:
        return False
    after = read_calendar(session)
    local, years = _from_plain(again["before"])
    follow_open(session, after.with_days(local, years, ""), after, person_id=None, cause="calendar", now=now)
    set_fact(session, FACT, **{**fact, "again": None})
    return True


def take_file(session: Session, *, now: datetime) -> None:
    """At the start: the rows' days, and where the file says otherwise than the last time, open duties follow."""
    use_workdays(read_calendar(session))
    known, said = find_fact(session, FACT) or {}, _days(calendar().fixed)
    if known.get("file") == said:
        return
    set_fact(session, FACT, **{**known, "mark": uuid4().hex, "file": said, "again": known.get("again")})
    session.flush()
    after = read_calendar(session)
    if "file" in known:
        fixed = {date.fromisoformat(day): worked for day, worked in known["file"].items()}
        before = type(after)(fixed, after.local, after.years, "")
        follow_open(session, before, after, person_id=None, cause="calendar_file", now=now)
    use_workdays(after)


def _days(days: Mapping[date, bool]) -> dict[str, bool]:
    return {day.isoformat(): worked for day, worked in sorted(days.items())}


def _to_plain(workdays: Workdays) -> dict[str, Any]:
    years = {str(year): sorted(day.isoformat() for day in days) for year, days in workdays.years.items()}
    return {"local": _days(workdays.local), "years": years}


def _from_plain(plain: Mapping[str, Any]) -> tuple[dict[date, bool], dict[int, list[date]]]:
    local = {date.fromisoformat(day): worked for day, worked in plain["local"].items()}
    return local, {int(year): [date.fromisoformat(day) for day in days] for year, days in plain["years"].items()}

"""The calendar from day to day: other nodes' changes are taken up, new official plans are told, missing ones warned of."""

from datetime import date, datetime
from functools import cache
from typing import Any
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.areas import Area
from models.calendar.actions import Wish, note_years, settle_again, suppose
from models.calendar.queries import find_mark, is_official, list_proposals, plan_of, read_calendar
from models.installation import find_fact, live_since, set_fact
from models.notices import add_notices
from models.recipients import hour_on, list_holders, load_recipients, next_hour
from models.times import calendar, local_day, use_workdays
from schedules.calendar import Calendar
from schedules.forecasting.days import forecast_days

LOOKED = "calendar_looked"
"""The fact that says when, and with which official plans, it was looked; and what officers were told."""
YEAR, MISSING = "calendar_year", "calendar_missing"


def mind_some(session: Session, *, now: datetime) -> bool:
    """Takes up a changed calendar; once a day, and with every new official plan, tells officers. True = call me again."""
    if find_mark(session) != calendar().mark:
        use_workdays(read_calendar(session))
    if settle_again(session, now=now):
        return True
    if live_since(session) is None:
        return False
    today = local_day(now)
    plans = f"{today}:{_known(today.year)}:{_known(today.year + 1)}"
    looked = find_fact(session, LOOKED) or {"plans": "", "told": {}}
    if looked["plans"] == plans:
        return False
    note_years(session, today)
    session.flush()
    use_workdays(read_calendar(session))
    set_fact(session, LOOKED, plans=plans, told=_tell(session, looked["told"], today, now))
    return True


@cache
def _known(year: int) -> str:
    """Another text for every official plan of a year; this program's plans never change while it runs."""
    plan = Calendar()
    return f"{crc32(str(sorted(plan_of(plan, year))).encode()):08x}" if is_official(plan, year) else ""


def _tell(session: Session, told: dict[str, str], today: date, now: datetime) -> dict[str, str]:
    """What officers hear, each thing once; what they have been told by now."""
    told = {year: what for year, what in told.items() if int(year) >= today.year}
    for proposal in list_proposals(session, today):
        if told.get(str(proposal.year)) != proposal.stamp:
            wish = Wish("year", year=proposal.year, stamp=proposal.stamp)
            moved = forecast_days(session, read_calendar(session), suppose(session, wish, now=now), now=now)
            facts = {"year": proposal.year, "stamp": proposal.stamp, "moves": moved.reminders + moved.reports}
            _notice(session, YEAR, facts, today, now)
            told[str(proposal.year)] = proposal.stamp
    days = calendar()
    missing = days.provisional_year(today) if isinstance(days, Calendar) else None
    if missing is not None and str(missing) not in told:
        _notice(session, MISSING, {"year": missing}, today, now)
        told[str(missing)] = MISSING
    return told


def _notice(session: Session, kind: str, facts: dict[str, Any], today: date, now: datetime) -> None:
    townships = session.scalars(select(Area.id).where(Area.level == "township", Area.ended_on.is_(None))).all()
    officers = {each for people in list_holders(session, "officer", townships, today).values() for each in people}
    rows = [
        {
            "recipient_id": person.id, "kind": kind, "step": f"{kind}:{now.isoformat()}",
            "due_at": hour_on(person, calendar().on_or_after(local_day(next_hour(person, now)))), "facts": facts,
        }
        for person in load_recipients(session, sorted(officers), today).values()
        if person.reachable
    ]  # fmt: skip
    add_notices(session, rows, now=now)

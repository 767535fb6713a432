"""One day looked up: whether it is worked on and why, what is due on it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.calendar.queries import file_days
from models.calendar.tables import CalendarDay
from models.dates import list_due
from models.duties.dates import date_version
from models.duties.planning import period_for
from models.duties.tables import Duty
from models.installation import live_since
from models.people import Person
from models.rules import VISIT_RULE, Rule, RuleParameters
from models.rules.dates import is_date_rule
from models.rules.holding import find_version
from models.times import ONE_DAY, Workdays, calendar, is_weekday, local_day


@dataclass(frozen=True)
class DayView:
    """`why`: file, local (set in the chat, by `by`), holiday (`holiday`: its names, zh and en), shifted, weekend,
    weekday. `guessed`: nothing official is known. `before`: where reminders of a free day go.

    `dates`: names (zh, en) of fixed dates due that day; `visits`: what of a period falls on it (due, end, grace) with
    the period's length; `open`: visit duties that are open and due that day.
    """

    on: date
    worked: bool
    why: str
    name: str
    by: str
    holiday: tuple[str, str] | None
    guessed: bool
    before: date | None
    dates: tuple[tuple[str, str], ...]
    visits: tuple[tuple[str, str], ...]
    open: int


def view_day(session: Session, on: date, now: datetime) -> DayView:
    """Everything about a day, past or to come."""
    days = calendar()
    worked = days.is_workday(on)
    why, name, by = _why(session, days, on)
    return DayView(
        on, worked, why, name, by, days.holiday(on), days.provisional(on), None if worked else days.on_or_before(on),
        tuple(_dates(session, on)), tuple(_visits(session, on)), _count_open(session, on),
    )  # fmt: skip


def _why(session: Session, days: Workdays, on: date) -> tuple[str, str, str]:
    """(why, name, by whom)."""
    for entry in file_days():
        if entry.first_on <= on <= entry.last_on:
            return "file", entry.name, ""
    rows = select(CalendarDay).where(CalendarDay.first_on <= on, CalendarDay.last_on >= on)
    for row in session.scalars(rows.order_by(CalendarDay.id.desc())):
        # One that ended holds for its days before that day.
        if row.ended_at is None or on < local_day(row.ended_at):
            return "local", row.name, session.get_one(Person, row.author_id).name
    worked, usual = days.general(on), is_weekday(on)
    if worked == usual:
        return "weekday" if usual else "weekend", "", ""
    return "shifted" if worked else "holiday", "", ""


def _dates(session: Session, on: date) -> list[tuple[str, str]]:
    """Fixed dates that are on and due that day, whether their duties are made yet or not."""
    live, found = live_since(session), list[tuple[str, str]]()
    codes = session.scalars(select(Rule.code).where(Rule.area_id.is_(None)).distinct().order_by(Rule.code))
    for code in [code for code in codes if is_date_rule(code)] if live is not None else []:
        rules = session.scalars(select(Rule).where(Rule.code == code, Rule.area_id.is_(None)).order_by(Rule.version))
        versions = [date_version(rule) for rule in rules]
        for due in list_due(versions, live or on, on, on, calendar()):
            said = versions[due.place].parameters
            found.append((said.title_zh, said.title_en))
    return found


def _visits(session: Session, on: date) -> list[tuple[str, str]]:
    """What of the visit rule's periods falls on a day."""
    rule = find_version(session, VISIT_RULE, on)
    if rule is None or rule.state != "on":
        return []
    parameters, found = RuleParameters.from_dict(rule.parameters), []
    for length in parameters.periods():
        period = period_for(parameters, length, on)
        before = period_for(parameters, length, period.starts_on - ONE_DAY)
        falls = (("due", period.due_on), ("end", period.ends_on), ("grace", before.grace_ends_on))
        found += [(what, length) for what, day in falls if day == on]
    return found


def _count_open(session: Session, on: date) -> int:
    due = select(func.count()).where(Duty.state == "open", Duty.household_id.is_not(None), Duty.due_on == on)
    return session.scalar(due) or 0

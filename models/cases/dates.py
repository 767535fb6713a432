"""Fixed-date duties in digests and lists: one's own, those one is told of, days that lie close together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases.views import DutyView
from models.duties import Duty, DutyEvent
from models.duties.checkmarks import Evidence, find_evidence
from models.notices import Notice
from models.rules import Rule
from models.rules.dates import DATE_RULES, DateParameters, due_days, is_date_rule
from models.rules.holding import holds
from models.times import local_day

CLOSE = timedelta(days=14)
"""Due days that lie no further apart are pointed out as close together."""
AHEAD = timedelta(days=366 * 4)


def is_about_date(view: DutyView) -> bool:
    return bool(view.title_zh)


def near_days(
    session: Session, person_id: int, notices: Iterable[Notice], own: Sequence[DutyView], today: date
) -> tuple[tuple[date, int], ...]:
    """The person's due days that lie close together, with how many fall on each: said once, with the first reminder of
    any of them."""
    first = {f"remind:{view.starts_on.isoformat()}": view.duty_id for view in own}
    begins = any(first.get(notice.step) is not None and notice.kind == "remind" for notice in notices if notice.duty_id)
    if not begins:
        return ()
    days = session.scalars(
        select(Duty.due_on).where(
            Duty.person_id == person_id, Duty.household_id.is_(None), Duty.state == "open", Duty.due_on >= today,
            Duty.starts_on <= today,
        )
    )  # fmt: skip
    return close_together(list(days))


def close_together(days: Sequence[date]) -> tuple[tuple[date, int], ...]:
    """Days that have another one within a fortnight, each with how many fall on it."""
    counts = Counter(days)
    near = {day for day in counts for other in counts if day != other and abs(day - other) <= CLOSE}
    return tuple((day, counts[day]) for day in sorted(near))


def date_outcome(session: Session, view: DutyView) -> tuple[str, date | None, str | None]:
    """(what, day, by whom): date_done, date_late for one after its grace, date_explained, date_waived, date_void."""
    mark: Evidence | None = find_evidence(session, view.duty_id) if view.state == "done" else None
    if mark is not None:
        return "date_late" if mark.on > view.grace_ends_on else "date_done", mark.on, mark.by
    event = session.scalar(
        select(DutyEvent).where(DutyEvent.duty_id == view.duty_id, DutyEvent.kind == view.state)
        .order_by(DutyEvent.at.desc(), DutyEvent.id.desc()).limit(1)
    )  # fmt: skip
    return f"date_{view.state}", local_day(event.at) if event is not None else None, None


def list_next(session: Session, code: str, today: date, count: int = 3) -> tuple[date, ...]:
    """The next days on which a rule is due, or would be if it were on; today's included."""
    rule = _newest(session, today).get(code)
    parameters = DateParameters.from_dict(rule.parameters) if rule is not None else DATE_RULES[code]
    return _next_days(parameters, today)[:count]


def list_close_to(session: Session, code: str, on: date, today: date) -> tuple[tuple[str, str, str, date], ...]:
    """Other rules than `code` that are on and next due within a fortnight of a day: (code, title zh, title en, day)."""
    rules = [rule for rule in _newest(session, today).values() if rule.state == "on"]
    others = {rule.code: DateParameters.from_dict(rule.parameters) for rule in rules}
    return tuple(
        (other, parameters.title_zh, parameters.title_en, day)
        for other, parameters in sorted(others.items())
        for day in _next_days(parameters, today)[:1]
        if other != code and abs(day - on) <= CLOSE
    )


def _next_days(parameters: DateParameters, today: date) -> tuple[date, ...]:
    return tuple(day.on for day in due_days(parameters, today, today + AHEAD))


def _newest(session: Session, today: date) -> dict[str, Rule]:
    """The version of each fixed date that holds today."""
    rules = session.scalars(select(Rule).where(Rule.area_id.is_(None), holds(today)))
    return {rule.code: rule for rule in rules if is_date_rule(rule.code)}

"""Fixed-date duties in digests and lists: one's own, those one is told of, days that lie close together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases.views import DutyView
from models.dates import DateVersion, list_due
from models.duties import Duty, DutyEvent
from models.duties.checkmarks import Evidence, find_evidence
from models.duties.dates import date_version
from models.installation import live_since
from models.notices import Notice
from models.rules.dates import DATE_RULES, due_days
from models.rules.holding import list_date_versions
from models.times import calendar, local_day

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
    """The next days on which a rule is due, each by the version that governs it, or would be if it were on; today's
    included."""
    versions = _versions(session).get(code) or [DateVersion(today, today, False, DATE_RULES[code])]
    return _next_days(session, versions, today)[:count]


def list_close_to(session: Session, code: str, on: date, today: date) -> tuple[tuple[str, str, str, date], ...]:
    """Other rules than `code` that are on and next due within a fortnight of a day: (code, title zh, title en, day)."""
    return tuple(
        (other, versions[-1].parameters.title_zh, versions[-1].parameters.title_en, day)
        for other, versions in sorted(_versions(session).items())
        if other != code and versions[-1].on
        for day in _next_days(session, versions, today)[:1]
        if abs(day - on) <= CLOSE
    )


def _next_days(session: Session, versions: Sequence[DateVersion], today: date) -> tuple[date, ...]:
    newest, last = versions[-1], today + AHEAD
    if not newest.on:
        return tuple(day.on for day in due_days(newest.parameters, today, last))
    found = list_due(versions, live_since(session) or today, today, last, calendar())
    return tuple(due.period.due_on for due in found)


def _versions(session: Session) -> dict[str, list[DateVersion]]:
    return {code: [date_version(rule) for rule in rules] for code, rules in list_date_versions(session).items()}

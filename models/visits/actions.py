"""What becomes of reports: 确认, undo within a day, withdrawal with a reason, 代录 and 属实."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import access, drafts
from models.drafts import Draft
from models.errors import Refused
from models.households import nicknames
from models.photos import Photo
from models.times import local_day
from models.visits import records
from models.visits.consenting import ask_consent, take_back_questions, waits_for_consent
from models.visits.reports import KIND
from models.visits.returns import answer_by_change
from models.visits.tables import Visit


@dataclass(frozen=True)
class Logged:
    """A report after 确认. `again`: it was confirmed before, nothing changed; `held`: visits older than allowed."""

    draft_id: int
    again: bool = False
    stale: bool = False
    held: int = 0


def log_visit(
    session: Session,
    person_id: int,
    household_id: int,
    visited_on: date,
    outcome: str = "met",
    *,
    kind: str = "routine",
    now: datetime,
) -> Logged:
    """Records one visit at once, as [见到,没新情况] or [打了电话] says. The same tap again changes nothing.

    Raises Refused("household.not_yours"), ("visit.future", day), ("visit.too_old", day).
    """
    today = local_day(now)
    person = access.view(session, person_id, today)
    records.access_to_log(session, person, household_id, visited_on=visited_on, today=today)
    records.check_day(session, household_id, visited_on, today)
    known = find_same_day(session, person_id, household_id, visited_on)
    if known is not None and known.draft_id is not None and (known.outcome, known.kind) == (outcome, kind):
        return Logged(known.draft_id, again=True)
    draft = _draft_for_tap(session, person_id, household_id, now)
    visit = Visit(
        household_id=household_id, person_id=person_id, draft_id=draft.id, line=1, state="unconfirmed",
        outcome=outcome, kind=kind, visited_on=visited_on, logged_at=now,
    )  # fmt: skip
    records.confirm(session, visit, person, now=now)
    attach_photos(session, draft.id, [visit])
    drafts.close(session, draft, "done", now=now)
    return Logged(draft.id)


def _draft_for_tap(session: Session, person_id: int, household_id: int, now: datetime) -> Draft:
    """The draft begun with the first tap, where it is about nothing else; otherwise one of its own."""
    found = drafts.active_row(session, person_id)
    if found is not None and found.kind == KIND and not found.words:
        base = found.facts.get("base")
        if base is None or base[0] == household_id:
            return found
    draft = Draft(person_id=person_id, kind=KIND, state="done", step="", facts={}, created_at=now, updated_at=now)
    session.add(draft)
    session.flush()
    return draft


def find_same_day(session: Session, person_id: int, household_id: int, day: date) -> Visit | None:
    """The person's own record of that household on that day."""
    return session.scalar(SAME_DAY, {"household_id": household_id, "day": day, "person_id": person_id})


def confirm_report(session: Session, person_id: int, draft_id: int, version: int, *, now: datetime) -> Logged:
    """确认: every line of the report becomes a record. A press twice, or on an older card, changes nothing.

    Lines older than the previous period stay unconfirmed until the officer consents (`held`). Raises
    Refused("draft.gone", "visit.nothing", "visit.future", "household.not_yours").
    """
    draft = session.get(Draft, draft_id)
    if draft is not None and draft.person_id == person_id and draft.state == "done":
        return Logged(draft_id, again=True)
    draft = drafts.get_own(session, person_id, draft_id)
    if draft.version != version or draft.step != "card":
        return Logged(draft_id, stale=True)
    lines = _unconfirmed(session, person_id, draft_id)
    if not lines:
        raise Refused("visit.nothing")
    held = _confirm_lines(session, person_id, lines, now)
    nicknames.offer(session, draft, now=now)
    drafts.close(session, draft, "done", now=now)
    return Logged(draft_id, held=held)


UNCONFIRMED = (
    select(Visit)
    .where(
        Visit.draft_id == bindparam("draft_id"),
        Visit.person_id == bindparam("person_id"),
        Visit.state == "unconfirmed",
    )
    .order_by(Visit.line)
)


def _unconfirmed(session: Session, person_id: int, draft_id: int) -> list[Visit]:
    return list(session.scalars(UNCONFIRMED, {"draft_id": draft_id, "person_id": person_id}))


def _confirm_lines(session: Session, person_id: int, lines: list[Visit], now: datetime) -> int:
    """Confirms what can be; for what is too old the officer is asked: how many those are."""
    today = local_day(now)
    person = access.view(session, person_id, today)
    held = 0
    for visit in lines:
        records.access_to_log(session, person, visit.household_id, visited_on=visit.visited_on, today=today)
        try:
            records.check_day(session, visit.household_id, visit.visited_on, today)
        except Refused as refused:
            if refused.code != "visit.too_old":
                raise
            ask_consent(session, visit, now=now)
            held += 1
            continue
        records.confirm(session, visit, person, now=now)
    attach_photos(session, lines[0].draft_id, lines)
    return held


LOOSE_PHOTOS = select(Photo).where(Photo.draft_id == bindparam("draft_id"), Photo.visit_id.is_(None))
SAME_DAY = (
    select(Visit)
    .where(Visit.household_id == bindparam("household_id"), Visit.visited_on == bindparam("day"))
    .where(Visit.person_id == bindparam("person_id"), Visit.state == "confirmed")
    .order_by(Visit.id.desc())
)


def attach_photos(session: Session, draft_id: int | None, visits: list[Visit]) -> None:
    """A report's photos belong to its one household; with several to the one their caption named, else to the whole."""
    if draft_id is None:
        return
    facts = session.get_one(Draft, draft_id).facts
    for photo in session.scalars(LOOSE_PHOTOS, {"draft_id": draft_id}):
        message = facts.get("captions", {}).get(photo.caption_key, facts.get("first", 0))
        named = facts.get("said", {}).get(str(message), [])
        fits = [visit for visit in visits if visit.household_id in named] if named else visits
        if len(fits) == 1:
            photo.visit_id = fits[0].id


@dataclass(frozen=True)
class ConfirmedAll:
    draft_ids: list[int]
    waiting: int = 0
    """Reports that cannot be confirmed with one word: a question is open, or a day is too old."""


def confirm_all(session: Session, person_id: int, newest_visit_id: int, *, now: datetime) -> ConfirmedAll:
    """[全部确认] of a digest: all own reports up to a visit that have nothing left to ask."""
    rows = session.scalars(
        select(Visit)
        .where(
            Visit.person_id == person_id,
            Visit.state == "unconfirmed",
            Visit.entered_by.is_(None),
            Visit.id <= newest_visit_id,
            ~waits_for_consent(),
        )
        .order_by(Visit.id)
    )
    by_draft: dict[int, list[Visit]] = {}
    for visit in rows:
        by_draft.setdefault(visit.draft_id or 0, []).append(visit)
    done, waiting = [], 0
    for draft_id, lines in by_draft.items():
        draft = session.get(Draft, draft_id)
        if draft is None or draft.step != "card":
            waiting += 1
            continue
        try:
            with session.begin_nested():
                _confirm_lines(session, person_id, lines, now)
        except Refused:
            waiting += 1
            continue
        nicknames.offer(session, draft, now=now)
        if draft.state in ("active", "parked"):
            drafts.close(session, draft, "done", now=now)
        done.append(draft_id)
    return ConfirmedAll(done, waiting)


@dataclass(frozen=True)
class Undone:
    draft_id: int


def undo_report(session: Session, person_id: int, draft_id: int, *, now: datetime) -> Undone:
    """撤销 within 24 h: everything is as it was before, the rows stay. Raises Refused("visit.undo_late", "draft.gone")."""
    rows = session.scalars(
        select(Visit).where(
            Visit.draft_id == draft_id, Visit.person_id == person_id, Visit.state.in_(("confirmed", "withdrawn"))
        )
    ).all()
    if not rows:
        raise Refused("draft.gone")
    standing = [row for row in rows if row.state == "confirmed"]
    if any(row.confirmed_at is not None and now - row.confirmed_at > records.UNDO_FOR for row in standing):
        raise Refused("visit.undo_late")
    for row in standing:
        records.withdraw(session, row, person_id, "undo", now=now)
        answer_by_change(session, row, now=now)
    take_back_questions(session, person_id, draft_id, now=now)
    return Undone(draft_id)


@dataclass(frozen=True)
class Withdrawn:
    visit_id: int


def withdraw_visit(session: Session, person_id: int, visit_id: int, reason: str, *, now: datetime) -> Withdrawn:
    """Takes an own record back at any time, with a reason: a new version, nothing is deleted.

    Raises Refused("visit.not_yours") for others' and unknown ones, ("visit.no_reason").
    """
    visit = session.get(Visit, visit_id)
    if visit is None or visit.person_id != person_id or visit.state not in ("confirmed", "withdrawn"):
        raise Refused("visit.not_yours")
    if not reason.strip():
        raise Refused("visit.no_reason")
    if visit.state == "confirmed":
        records.withdraw(session, visit, person_id, reason.strip(), now=now)
        answer_by_change(session, visit, now=now)
    return Withdrawn(visit_id)

"""Taking an import back, one short commit a batch, until something was logged on top of it.

States: done → undoing → undone. A row that was changed gets its former values, what it made new ends (nothing that
others refer to is ever deleted), assignments and duties go back. Rows about which something happened since stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import audit
from models.access import PersonView
from models.areas import Area
from models.base import Base
from models.duties.owners import after_assignment
from models.duties.restoring import restore_duty
from models.duties.settling import close
from models.duties.tables import Duty
from models.errors import Refused
from models.households import Assignment, Household, Member, Nickname
from models.households.changing import Hand, open_duties
from models.imports.actions import RIGHT, locked, tell_author
from models.imports.blocking import Blocked, find_reasons, list_blocked
from models.imports.tables import Import, ImportRow
from models.jobs import ask_for
from models.people import Grant, Person
from models.trails import Trail, put_back
from models.visits.tables import Visit

Row = TypeVar("Row", bound=Base)
UNDO_FOR = timedelta(days=30)
"""As long as rows are kept (schedules.pruning)."""
BATCH = 100
UNDONE = "undone"
TABLES: dict[str, type[Base]] = {
    table.__tablename__: table for table in (Household, Member, Assignment, Nickname, Person, Grant, Duty)
}


@dataclass(frozen=True)
class UndoView:
    """What taking back would do: so many rows, but for those on which something was logged."""

    id: int
    version: int
    filename: str
    rows: int
    blocked: tuple[Blocked, ...]


def view_undo(session: Session, me: PersonView | None, import_id: int, *, now: datetime) -> UndoView:
    """Raises Refused: import.unknown (foreign ones too), import.not_done, import.too_old."""
    found = _access(session, me, import_id, now)
    blocked = list_blocked(session, found)
    written = select(func.count()).where(ImportRow.import_id == found.id, ImportRow.state == "applied")
    rows = session.scalar(written) or 0
    return UndoView(found.id, found.version, found.filename, rows - len(blocked), tuple(blocked))


def may_undo(found: Import, now: datetime) -> bool:
    """Whether an import is of the kind that can be taken back at all."""
    return found.state == "done" and found.finished_at is not None and now - found.finished_at < UNDO_FOR


def _access(session: Session, me: PersonView | None, import_id: int, now: datetime) -> Import:
    found = session.get(Import, import_id)
    if found is None or (me is not None and found.person_id != me.id):
        raise Refused("import.unknown")
    if me is not None and not me.may(RIGHT):
        raise Refused("import.not_yours")
    if found.state != "done":
        raise Refused("import.not_done")
    if not may_undo(found, now):
        raise Refused("import.too_old", days=UNDO_FOR.days)
    return found


def begin_undo(
    session: Session, me: PersonView | None, import_id: int, version: int, *, rest: bool = False, now: datetime
) -> int:
    """Begins to take an import back; a tick does the work. `rest`: leave the rows on which something was logged, and
    take back the others. The id.

    Raises Refused: import.unknown, import.not_done, import.too_old, import.stale, import.built_on (count),
    import.nothing_to_undo.
    """
    seen = view_undo(session, me, import_id, now=now)
    found = locked(session, import_id, "done")
    if found.version != version:
        raise Refused("import.stale")
    if seen.blocked and not rest:
        raise Refused("import.built_on", count=len(seen.blocked))
    if not seen.rows:
        raise Refused("import.nothing_to_undo")
    found.state, found.version = "undoing", found.version + 1
    found.undone_by = me.id if me else None
    ask_for(session, "undo import")
    audit.record(session, "import.undo", now=now, person_id=found.undone_by, subject=f"import:{import_id}")
    return import_id


def undo_batch(session: Session, import_id: int, *, now: datetime, limit: int = BATCH) -> bool:
    """Takes up to `limit` rows back, the last of the sheet first; True while there may be more."""
    found = locked(session, import_id, "undoing", UNDONE)
    if found.state == UNDONE:
        return False
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.state == "applied")
        .order_by(ImportRow.sheet_row.desc())
        .limit(limit)
    ).all()
    if not rows:
        _finish(session, found, now)
        return False
    reasons = find_reasons(session, found, [row.subject_id for row in rows if row.subject_id is not None])
    touched: set[int] = set()
    for row in rows:
        reason = reasons.get(row.subject_id or 0)
        if reason is not None:
            row.state, row.changes = "kept", {**row.changes, "kept": reason}
            continue
        if row.before is not None:
            hand = Hand(session, now, found.undone_by, {"import_id": import_id})
            touched |= _take_back(hand, Trail.load(row.before))
        row.state = UNDONE
    session.flush()
    if touched:
        after_assignment(session, sorted(touched), now=now)
    return True


def _take_back(hand: Hand, trail: Trail) -> set[int]:
    """Ends what a row made and gives back what it replaced; the households whose helpers may have changed."""
    touched = set()
    for assignment in _rows(hand, Assignment, trail.ids("assignments")):
        if assignment.ends_on is None:
            # It never was: it ends on the day it began.
            assignment.starts_on = assignment.ends_on = assignment.starts_on or hand.today
            assignment.reason = UNDONE
            hand.record("assignment.end", assignment.household_id, before=assignment.person_id, reason=UNDONE)
        touched.add(assignment.household_id)
    for member in _rows(hand, Member, trail.ids("members")):
        member.ended_on = member.ended_on or hand.today
    for household in _rows(hand, Household, trail.ids("households")):
        _withdraw(hand, household)
    hand.session.flush()
    duties = {}
    for (name, number), was in trail.was.items():
        row = hand.session.get(TABLES[name], number)
        if isinstance(row, Duty):
            duties[row] = was
        elif row is not None:
            put_back(row, was)
            touched |= {row.household_id} if isinstance(row, Assignment) else set()
            if isinstance(row, Household):
                row.updated_at = hand.now
    hand.session.flush()
    for duty, was in duties.items():
        restore_duty(hand.session, duty, was, now=hand.now, person_id=hand.person_id)
    _end_people(hand, trail)
    return touched


def _rows(hand: Hand, table: type[Row], ids: list[int]) -> list[Row]:
    return [row for row in (hand.session.get(table, number) for number in ids) if row is not None]


def _withdraw(hand: Hand, household: Household) -> None:
    """A household that should not have come in: it ends, and its number and ID are free for the right one."""
    household.status, household.number, household.head_id_hash = "ended", None, None
    household.updated_at = hand.now
    for duty in open_duties(hand.session, [household.id]):
        close(hand.session, duty, "void", actor=hand.person_id, cause=UNDONE, now=hand.now)
    hand.record("household.withdraw", household.id)


def _end_people(hand: Hand, trail: Trail) -> None:
    """Grants end; people end too whom nobody refers to: who has joined, visited or helps somebody stays."""
    for grant in _rows(hand, Grant, trail.ids("grants")):
        grant.ends_on = grant.ends_on or max(hand.today, grant.starts_on)
    for person in _rows(hand, Person, trail.ids("people")):
        if person.joined_at is None and person.telegram_id is None and not _is_used(hand, person.id):
            person.ended_on = hand.today


def _is_used(hand: Hand, person_id: int) -> bool:
    helps = select(Assignment.id).where(
        Assignment.person_id == person_id, or_(Assignment.ends_on.is_(None), Assignment.ends_on > hand.today)
    )
    granted = select(Grant.id).where(Grant.person_id == person_id, Grant.ends_on.is_(None))
    visited = select(Visit.id).where(Visit.person_id == person_id)
    return any(hand.session.scalar(query.limit(1)) is not None for query in (helps, granted, visited))


def _finish(session: Session, found: Import, now: datetime) -> None:
    """All rows are dealt with: the author is told with `import.undone`; places that nobody lives in any more end."""
    found.state, found.version, found.undone_at = UNDONE, found.version + 1, now
    found.finished_at = now
    _end_areas(session, found.counts.get("areas", ()), now)
    audit.record(session, "import.undone", now=now, person_id=found.undone_by, subject=f"import:{found.id}")
    tell_author(session, found, "import.undone", now)


def _end_areas(session: Session, ids: Iterable[int], now: datetime) -> None:
    """Villages and groups that the import made and that hold nobody."""
    for area_id in sorted(ids, reverse=True):
        area = session.get(Area, area_id)
        lives = select(Household.id).where(
            or_(Household.area_id == area_id, Household.village_id == area_id), Household.status != "ended"
        )
        granted = select(Grant.id).where(Grant.area_id == area_id, Grant.ends_on.is_(None))
        if area is not None and not any(session.scalar(query.limit(1)) for query in (lives, granted)):
            area.ended_on = Hand(session, now, None).today

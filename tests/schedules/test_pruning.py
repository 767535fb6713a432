"""What need not be kept is dropped, a bounded piece at a time; what still waits, and the numbers, stay."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.areas import ensure_township
from models.errors import Refused
from models.imports import Import, ImportRow
from models.imports.pruning import drop_rows
from models.imports.queries import preview
from models.imports.undoing import view_undo
from models.inbox import InboxRow, drop_payloads, find_payload, store
from schedules.pruning import prune_some
from tests.models.imports.sheets import LI, WANG, bring_in, sheet, stage

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def updates(session: Session, count: int, *, at: datetime, state: str = "handled") -> None:
    first = (session.scalar(select(func.count(InboxRow.id))) or 0) + 1
    store(session, "telegram", [(first + number, 5, "{}") for number in range(count)], now=at)
    for row in session.scalars(select(InboxRow).where(InboxRow.update_id >= first)):
        row.state = state
    session.flush()


def kept(session: Session) -> int:
    return session.scalar(select(func.count(InboxRow.id)).where(InboxRow.payload.is_not(None))) or 0


def prune(session: Session, now: datetime) -> int:
    calls = 1
    while prune_some(session, now=now):
        calls += 1
    return calls


def test_raw_updates_are_emptied_after_seven_days_and_their_numbers_stay(session: Session) -> None:
    updates(session, 3, at=NOW)
    updates(session, 2, at=NOW + DAY)
    prune(session, NOW + 7 * DAY)
    assert kept(session) == 5
    prune(session, NOW + 7 * DAY + timedelta(seconds=1))
    assert kept(session) == 2
    assert session.scalar(select(func.count(InboxRow.id))) == 5
    assert store(session, "telegram", [(2, 5, "{}")], now=NOW + 8 * DAY) == []


def test_what_was_set_aside_is_emptied_too_and_what_still_waits_is_kept(session: Session) -> None:
    updates(session, 1, at=NOW, state="parked")
    updates(session, 1, at=NOW, state="new")
    updates(session, 1, at=NOW)
    prune(session, NOW + 30 * DAY)
    waiting = session.scalars(select(InboxRow).where(InboxRow.state == "new")).one()
    assert (kept(session), find_payload(session, waiting.id)) == (2, "{}")
    waiting.state = "handled"
    prune(session, NOW + 30 * DAY)
    assert kept(session) == 0


def test_a_call_does_a_bounded_piece(session: Session) -> None:
    updates(session, 25, at=NOW)
    assert drop_payloads(session, before=NOW + DAY, limit=10)
    assert kept(session) == 15
    bring_in(session, ensure_township(session, "示例县", "示例乡"), sheet([LI, WANG]))
    assert drop_rows(session, now=NOW + 31 * DAY, limit=1)
    assert session.scalar(select(func.count(ImportRow.id))) == 1


def test_rows_of_an_import_are_dropped_after_thirty_days_and_its_numbers_stay(session: Session) -> None:
    township_id = ensure_township(session, "示例县", "示例乡")
    seen = bring_in(session, township_id, sheet([LI, WANG]))
    cancelled = stage(session, township_id, sheet([LI | {"家庭人口": 5}]))
    prune(session, NOW + 29 * DAY)
    assert session.scalar(select(func.count(ImportRow.id))) == 3
    prune(session, NOW + 31 * DAY)
    assert session.scalar(select(func.count(ImportRow.id)).where(ImportRow.import_id == seen.id)) == 0
    after = preview(session, seen.id)
    assert (after.state, after.rows, after.applied) == ("done", 2, 2)
    with pytest.raises(Refused, match=r"import\.too_old"):
        view_undo(session, None, seen.id, now=NOW + 31 * DAY)
    assert session.get_one(Import, cancelled.id).state == "cancelled"
    prune(session, NOW + 62 * DAY)
    assert session.scalar(select(func.count(ImportRow.id))) == 0


def test_rows_of_an_import_on_its_way_are_never_dropped(session: Session) -> None:
    township_id = ensure_township(session, "示例县", "示例乡")
    seen = stage(session, township_id, sheet([LI]))
    session.get_one(Import, seen.id).state = "applying"
    prune(session, NOW + 90 * DAY)
    assert session.scalar(select(func.count(ImportRow.id))) == 1

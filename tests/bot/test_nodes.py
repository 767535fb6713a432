"""Roles, persons and sessions of several nodes on one PostgreSQL; the processes themselves are in tests/faults."""

import argparse
import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from bot.checks import check
from bot.config import build_config
from bot.db import Database
from bot.locks import lock_run
from bot.nodes import POLLER, SENDER, PersonLocks, SharedRole, alone, list_nodes
from bot.sessions import Lease, Lost, keeps_sessions
from models import inbox
from models.errors import Refused
from tests.bot.pooler import pooled

QUICK = Lease(silent=3.0, sure=2.0, speak=0.2, ask=0.0)
NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def role(database: Database, node: str, lease: Lease = QUICK) -> SharedRole:
    return SharedRole(database.url, SENDER, node, lease)


async def until_taken(waiting: SharedRole) -> None:
    """The database lets go of a session a moment after its connection was closed."""
    for _ in range(1_000):
        if await waiting.take():
            return
        await asyncio.sleep(0.01)
    pytest.fail("the role was never free")


def nothing(session: Session) -> int:
    return session.scalar(text("SELECT 1")) or 0


def end_session(session: Session, node: str) -> None:
    """Only of this test's database: tests that run side by side share one server."""
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE :name"
    )
    session.execute(text(query), {"name": f"%{node}"})


async def test_one_node_has_the_role_and_the_next_gets_it_when_it_lets_go(database: Database) -> None:
    first, second = role(database, "first"), role(database, "second")
    assert await first.take()
    assert not await second.take()
    assert await first.run(nothing) == 1
    with pytest.raises(Lost):
        await second.run(nothing)
    await first.close()
    await until_taken(second)
    await second.close()


async def test_a_lost_connection_loses_the_role_and_what_it_would_have_written(database: Database) -> None:
    first, second = role(database, "first"), role(database, "second")
    assert await first.take()
    await database.run(end_session, "first")
    with pytest.raises(Lost):
        await first.run(nothing)
    assert not first.held
    assert not first.sure()
    assert await second.take()
    assert not await first.take()
    await first.close()
    await second.close()


async def test_one_that_is_silent_loses_the_role_and_knows_it_before_another_has_it(database: Database) -> None:
    silent = Lease(silent=1.0, sure=0.6, speak=60, ask=0.0)
    first, second = role(database, "first", silent), role(database, "second")
    assert await first.take()
    await until_taken(second)
    assert not first.sure()
    with pytest.raises(Lost):
        await first.run(nothing)
    await first.close()
    await second.close()


async def test_one_that_says_a_word_now_and_then_keeps_it(database: Database) -> None:
    first = role(database, "first")
    for _ in range(5):  # on a machine that stands still for a second or two nobody says a word
        assert await first.take()
        await asyncio.sleep(QUICK.silent + 0.5)
        if first.sure():
            break
    assert first.sure()
    assert await first.run(nothing) == 1
    await first.close()


async def test_a_tick_is_on_one_node_at_a_time(database: Database) -> None:
    other = Database(str(database.url.render_as_string(hide_password=False)))
    entered, leave = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def stay(session: Session) -> bool:
        held = alone(session, "tick plan")
        loop.call_soon_threadsafe(entered.set)
        asyncio.run_coroutine_threadsafe(leave.wait(), loop).result(10)
        return held

    staying = asyncio.create_task(database.run(stay))
    await entered.wait()
    assert not await other.run(alone, "tick plan")
    assert await other.run(alone, "tick remind")
    leave.set()
    assert await staying
    assert await other.run(alone, "tick plan")
    other.close()


async def test_a_person_is_handled_by_one_node_which_sees_what_others_stored(database: Database) -> None:
    first, second = PersonLocks(database.url, "first", QUICK), PersonLocks(database.url, "second", QUICK)
    await database.run(inbox.store, "telegram", [(1, 77, "{}"), (2, 78, "{}")], now=NOW)
    taken = await first.take(77)
    assert taken is not None
    assert [payload for _, payload in taken.rows] == ["{}"]
    assert await second.take(77) is None
    other = await second.take(78)
    assert other is not None
    await database.run(inbox.store, "telegram", [(3, 77, "{}")], now=NOW)
    assert len(await first.free(taken)) == 2
    assert await second.take(77) is not None
    await first.close()
    await second.close()


async def test_a_person_taken_on_a_session_that_is_gone_is_not_surely_ours(database: Database) -> None:
    locks = PersonLocks(database.url, "first", QUICK)
    taken = await locks.take(77)
    assert taken is not None
    await database.run(end_session, "first")
    with pytest.raises(Lost):
        await locks.free(taken)
    again = await locks.take(78)
    assert again is not None
    assert locks.sure(again)
    assert not locks.sure(taken)
    await locks.close()


async def test_a_pooler_that_lends_sessions_is_found_out(postgres_url: str) -> None:
    assert await asyncio.to_thread(keeps_sessions, make_url(postgres_url))
    async with pooled(postgres_url) as url:
        assert not await asyncio.to_thread(keeps_sessions, url)
    async with pooled(postgres_url, refuses=True) as url:
        assert not await asyncio.to_thread(keeps_sessions, url)


async def test_the_nodes_that_run_are_seen(database: Database) -> None:
    sender, poller = role(database, "one:1:aa"), SharedRole(database.url, POLLER, "one:1:aa", QUICK)
    standing_by = role(database, "two:2:bb")
    for each in (sender, poller, standing_by):
        await each.take()
    nodes = await database.read(list_nodes)
    assert [(node.name, node.roles) for node in nodes] == [("one:1:aa", ("poller", "sender")), ("two:2:bb", ())]
    for each in (sender, poller, standing_by):
        await each.close()


def look(url: str, folder: Path) -> dict[str, tuple[bool | None, str]]:
    """What `zoufang check` says of a database, by what it looked at."""
    values = {"database": {"url": url}, "security": {"key_file": str(folder / "key")}, "telegram": {"token": "1:abc"}}
    report = check(build_config(values, home=folder), argparse.Namespace(offline=True))
    return {each["what"]: (each["ok"], each["words"]) for each in report.facts["findings"]}


async def test_check_names_the_nodes_and_refuses_a_pooler(
    database: Database, postgres_url: str, tmp_path: Path
) -> None:
    found = await asyncio.to_thread(look, postgres_url, tmp_path)
    assert found["nodes"] == (True, "none runs")
    sender = role(database, "one:1:aa")
    await sender.take()
    found = await asyncio.to_thread(look, postgres_url, tmp_path)
    assert found["sessions"][0] is True
    assert found["nodes"] == (True, "one:1:aa (sends)")
    await sender.close()
    for refuses in (False, True):
        async with pooled(postgres_url, refuses=refuses) as url:
            address = url.render_as_string(hide_password=False)
            found = await asyncio.to_thread(look, address, tmp_path)
        assert found["sessions"][0] is False


def test_check_says_which_process_runs_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/zoufang.db"
    held = lock_run(tmp_path / "zoufang.db")
    assert look(url, tmp_path)["nodes"] == (True, f"process {os.getpid()} runs")
    with pytest.raises(Refused, match=r"run\.second"):
        lock_run(tmp_path / "zoufang.db")
    held.close()
    assert look(url, tmp_path)["nodes"] == (True, "none runs; one at a time on SQLite")

"""Long work, the same on both databases: the beat does it on SQLite, a queue of jobs on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.config import build_config
from bot.db import Database
from bot.jobs import Job, JobQueue, ask, set_up_queue
from models.base import Base
from models.duties import Duty
from models.households import Household
from tests.stories.test_rosters import HEADER, LINING, LINRONG, sheet
from tests.stories.township import Town


class LiveTown(Town):
    """A township whose bot works by itself, as in a process of its own."""

    async def start_bot(self) -> None:
        self.app = self.make_app(build_config(self.values(), home=self.folder))
        await self.app.open()

    async def until(self, holds: Callable[[Session], bool], seconds: float = 20.0) -> None:
        for _ in range(int(seconds / 0.05)):
            if await self.app.database.read(holds):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError

    async def settle(self) -> None:
        await self.sim.delivered()
        await self.app.inbox.settled()
        await self.until(lambda session: not session.execute(WAITING).first())


WAITING = text(
    "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') UNION SELECT 1 FROM inbox WHERE state = 'new'"
)


@pytest.fixture
async def live(tmp_path: Path, database_url: str) -> AsyncIterator[LiveTown]:
    town = LiveTown(tmp_path, datetime(2026, 10, 31, 1, 0, tzinfo=UTC), database_url)
    await town.open()
    yield town
    await town.close()


def count(table: type[Base], session: Session) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_roster_is_fetched_read_and_applied_and_its_households_planned(live: LiveTown) -> None:
    officer = await live.person("朱发玉", "officer")
    await officer.document(sheet(HEADER, LINING, LINRONG), "户.xlsx")
    await live.until(lambda session: "确认导入" in str(officer.list_buttons()))
    await officer.tap("确认导入")
    await live.until(lambda session: count(Household, session) == 2)
    live.clock.move_to(datetime(2026, 11, 2, 1, 0, tzinfo=UTC))
    await live.until(lambda session: count(Duty, session) >= 2)


async def test_a_photo_is_fetched_and_kept(live: LiveTown) -> None:
    helper = await live.person("张伟", "helper")
    await live.household("林荣", helper="张伟")
    await helper.photo(caption="今天去了林荣家,没啥事")
    await live.until(lambda session: bool(session.execute(text("SELECT 1 FROM photos WHERE state = 'stored'")).first()))


@pytest.fixture
def database(postgres_url: str) -> Database:
    return Database(postgres_url)


def waiting(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")))


class Works:
    """Work that can fail; `left` pieces of it are to be done."""

    def __init__(self, left: int = 0, failures: int = 0) -> None:
        self.left = left
        self.failures = failures
        self.done = asyncio.Event()

    async def work(self) -> bool:
        if self.failures:
            self.failures -= 1
            raise OSError("no space left on device")
        self.left -= 1
        if self.left <= 0:
            self.done.set()
        return self.left > 0


def never(session: Session, now: datetime) -> bool:
    return False


async def working(database: Database, works: Works, wait: Callable[[], Awaitable[object]], due: bool = False) -> None:
    """Runs a queue with one kind of work until something has happened."""
    from bot.clock import Clock

    queue = JobQueue(database, Clock(), {"count": Job(works.work, lambda s, n: due and works.left > 0)}, "here")
    queue.start()
    try:
        await asyncio.wait_for(wait(), 20)
    finally:
        await queue.stop()


async def test_a_job_is_asked_for_in_the_transaction_that_needs_it_or_not_at_all(database: Database) -> None:
    await database.run(set_up_queue)
    await database.run(set_up_queue)

    def give_up(session: Session) -> None:
        ask(session, "count")
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - raised two lines above
        await database.run(give_up)
    assert await database.read(waiting) == []
    await database.run(ask, "count")
    assert await database.read(waiting) == ["count"]
    works = Works(left=3)
    await working(database, works, works.done.wait)
    assert works.left == 0
    assert await database.read(waiting) == []
    database.close()


async def test_work_that_nobody_asked_for_is_found(database: Database) -> None:
    await database.run(set_up_queue)
    works = Works(left=2)
    await working(database, works, works.done.wait, due=True)
    assert works.left == 0
    database.close()


async def test_a_job_whose_worker_died_goes_back_and_is_done(database: Database) -> None:
    await database.run(set_up_queue)
    await database.run(ask, "count")
    await database.run(die_at_work)
    works = Works(left=1)
    queue = JobQueue(database, None, {"count": Job(works.work, never)}, "here")  # type: ignore[arg-type]
    async with queue._queue.open_async():
        assert await queue.repair() == 1
        assert await queue.repair() == 0
    await working(database, works, works.done.wait)
    database.close()


def die_at_work(session: Session) -> None:
    worker = session.scalar(
        text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id")
    )
    session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"), {"worker": worker})


async def test_a_job_that_failed_is_tried_again(database: Database) -> None:
    await database.run(set_up_queue)
    await database.run(ask, "count")
    works = Works(left=1, failures=1)
    await working(database, works, works.done.wait)
    assert works.left == 0
    database.close()

"""Long work as jobs of procrastinate, on PostgreSQL: imports, photos and rosters to fetch, planning.

A job carries nothing but its name: any node that takes it does pieces of that work until there is none, each piece in
a transaction that no other node does at the same time. So a job that runs twice, late or beside another changes
nothing, and one that is lost is asked for again: every second it is looked whether something is due that nobody was
asked for. Jobs whose worker has died go back into the queue; that is not a job itself, every node does it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.schema import SchemaManager, migrations_path
from sqlalchemy import URL, text
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import NOT_FOR_EVER, Database
from models.imports import receiving
from models.imports.queries import find_oldest
from models.installation import find_fact, set_fact
from models.jobs import use_queue
from models.photos import files

log = structlog.get_logger()
# What goes wrong in a job is logged here, without its details.
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)

QUEUE = "zoufang"
SCHEMA = "job_queue"
AT_ONCE = 4
LOOK_EVERY = 1.0
REPAIR_EVERY = 10.0
ALIVE_EVERY = 5.0
STALLED_AFTER = 20.0
AGAIN_AFTER = 2
RETRY = procrastinate.RetryStrategy(wait=AGAIN_AFTER)
asking = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Never opened: it speaks on the connection of whoever asks."""


def _always(session: Session, now: datetime) -> bool:
    """Looking whether there is any is the work itself."""
    return True


def _photos_wait(session: Session, now: datetime) -> bool:
    due = files.next_fetch_at(session)
    return due is not None and due <= now


DUE: dict[str, Callable[[Session, datetime], bool]] = {
    "plan": _always,
    "import": lambda session, now: find_oldest(session, "applying") is not None,
    "undo import": lambda session, now: find_oldest(session, "undoing") is not None,
    "fetch photos": _photos_wait,
    "fetch rosters": lambda session, now: receiving.next_received(session, now=now) is not None,
}
"""What is a job where there is a queue, and whether any is due: ticks of schedules/ and the work of bot/fetching.py and
bot/rosters.py, by their names."""


@dataclass(frozen=True)
class Job:
    """`work` does one piece and says whether there may be more; `due(session, now)` tells whether there is any;
    it is asked every `every` seconds."""

    work: Callable[[], Awaitable[bool]]
    due: Callable[[Session, datetime], bool]
    every: float = LOOK_EVERY


def ask(session: Session, name: str, *, once: bool = False) -> None:
    """A job, in the transaction of `session`. `once`: only where none is waiting."""
    connection = session.connection().connection.driver_connection
    lock = {"queueing_lock": name} if once else {}
    asking.configure_task(name, queue=QUEUE, connection=connection, **cast(Any, lock)).defer()


def set_up_queue(session: Session) -> None:
    """Makes the queue's tables, or brings them to the version of the library; the second time changes nothing."""
    known = sorted(path.name for path in migrations_path.glob("*.sql"))
    fact = find_fact(session, SCHEMA)
    connection = cast(Any, session.connection().connection.driver_connection)
    if session.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        connection.execute(SchemaManager.get_schema())
    elif fact is not None:
        for name in known:
            if name > fact["upto"]:
                connection.execute((migrations_path / name).read_text(encoding="utf-8"))
    if fact is None or fact["upto"] < known[-1]:
        set_fact(session, SCHEMA, upto=known[-1])


class JobQueue:
    """Works off the jobs of `jobs`, by their names, from `start` to `stop`, also after a database that was not to be had."""

    def __init__(self, database: Database, clock: Clock, jobs: Mapping[str, Job], node: str) -> None:
        self._database = database
        self._clock = clock
        self._jobs = jobs
        self._node = node
        self._asked: dict[str, float] = {}
        self._queue = procrastinate.App(connector=_connector(database.url, node))
        for name, job in jobs.items():
            self._queue.task(name=name, queue=QUEUE, retry=RETRY)(self._doing(name, job))
        self._stopping = False
        self._running: asyncio.Task[None] | None = None

    def _doing(self, name: str, job: Job) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            try:
                # A program that stops does not finish a long job: the rows say how far it is.
                while not self._stopping and await job.work():
                    pass
            except Exception:
                log.exception("job failed", job=name)
                raise

        return do

    def start(self) -> None:
        """Does jobs from here on, and takes what is asked for."""
        use_queue(ask)
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Takes no more, and lets the pieces that are being done come to their end."""
        use_queue(None)
        self._stopping = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with self._queue.open_async():
                    await self._work()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("queue not to be had", cause=type(error).__name__)
            await asyncio.sleep(AGAIN_AFTER)

    async def _work(self) -> None:
        minding = asyncio.create_task(self._mind())
        try:
            await self._queue.run_worker_async(
                queues=[QUEUE],
                name=self._node,
                concurrency=AT_ONCE,
                install_signal_handlers=False,
                delete_jobs="successful",
                fetch_job_polling_interval=LOOK_EVERY,
                update_heartbeat_interval=ALIVE_EVERY,
                stalled_worker_timeout=STALLED_AFTER,
            )
        finally:
            minding.cancel()
            await asyncio.gather(minding, return_exceptions=True)

    async def _mind(self) -> None:
        repaired = time.monotonic()
        while True:
            try:
                await self.ask_for_due()
                if time.monotonic() - repaired >= REPAIR_EVERY:
                    repaired = time.monotonic()
                    await self.repair()
            except Exception as error:
                log.warning("jobs not looked after", cause=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def ask_for_due(self) -> None:
        """Asks for what is due; where such a job waits already, that is enough."""
        now = time.monotonic()
        look = [name for name, job in self._jobs.items() if now - self._asked.get(name, -job.every) >= job.every]
        self._asked |= dict.fromkeys(look, now)
        for name in await self._database.read(self._due, look):
            try:
                await self._database.run(ask, name, once=True)
            except AlreadyEnqueued:
                continue

    def _due(self, session: Session, names: list[str]) -> list[str]:
        return [name for name in names if self._jobs[name].due(session, self._clock.now())]

    async def repair(self) -> int:
        """Jobs of workers that have said nothing for a while go back into the queue; how many."""
        manager = self._queue.job_manager
        stalled = list(await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALLED_AFTER))
        for job in stalled:
            log.warning("job taken back", job=job.task_name)
            await manager.retry_job(job)
        return len(stalled)


def _connector(url: URL, node: str) -> procrastinate.PsycopgConnector:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = {"application_name": f"zoufang jobs {node}"[:63], **NOT_FOR_EVER}
    return procrastinate.PsycopgConnector(conninfo=address, kwargs=settings, min_size=1, max_size=AT_ONCE + 2)

"""The one async door to the database: `run` does an action in a transaction, in a worker thread.

On SQLite one thread writes; actions that wait are committed together, so a burst of updates costs one sync of the disk.
On PostgreSQL several threads each take a transaction of their own.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.migrations import migrate

T = TypeVar("T")
TOGETHER = 64
POSTGRES_THREADS = 8
MIGRATING = 0x5A4600
"""The advisory lock under which nodes that start together bring the schema up to date one after the other."""
TRIES = 3
MAY_PASS = ("40001", "40P01")
"""PostgreSQL gave way to another transaction (serialization, deadlock): the same again is right."""
NOT_FOR_EVER = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
                "tcp_user_timeout": 10_000}  # fmt: skip
"""How long a server that has vanished from the network is waited for: seconds; the last in milliseconds."""
PAUSED_IN_TRANSACTION = "-c idle_in_transaction_session_timeout=30000"
"""A node that is paused in the middle of a transaction must not hold its rows for ever."""


@dataclass
class _Job:
    action: Callable[..., Any]
    args: tuple[Any, ...]
    named: dict[str, Any]
    done: Future[Any] = field(default_factory=Future)


class Database:
    """`url` is an SQLAlchemy URL; plain `postgresql://` means psycopg. `engine`: one of `make_engine` that is there."""

    def __init__(self, url: str, engine: Engine | None = None) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = engine or make_engine(url)
        self._reading = self.engine.execution_options(read_only=True) if self.sqlite else self.engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(2 if self.sqlite else POSTGRES_THREADS, "reader")
        self._writer: threading.Thread | None = None
        self.commits = 0

    def open(self) -> None:
        """Brings the schema up to date and starts the writer."""
        with self.engine.begin() as connection:
            if not self.sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
            migrate(connection)
        if self.sqlite:
            self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
            self._writer.start()

    def close(self) -> None:
        """Finishes what waits, then lets go of the files."""
        if self._writer is not None:
            self._jobs.put(None)
            self._writer.join()
        self._readers.shutdown()
        self.engine.dispose()

    async def run(self, action: Callable[..., T], *args: Any, **named: Any) -> T:
        """`action(session, *args, **named)` in one transaction; its plain answer once that is committed."""
        if not self.sqlite:
            return await self._in_thread(self._again_where_it_may_pass, _Job(action, args, named))
        job = _Job(action, args, named)
        self._jobs.put(job)
        answer: T = await asyncio.wrap_future(job.done)
        return answer

    async def read(self, query: Callable[..., T], *args: Any, **named: Any) -> T:
        """A query beside the writer; what it sees is what was committed when it began."""
        return await self._in_thread(self._look, query, args, named)

    async def _in_thread(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, function, *args)

    def _look(self, query: Callable[..., T], args: tuple[Any, ...], named: dict[str, Any]) -> T:
        with Session(self._reading) as session:
            return query(session, *args, **named)

    def _alone(self, job: _Job) -> Any:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            return job.action(session, *job.args, **job.named)

    def _again_where_it_may_pass(self, job: _Job) -> Any:
        for _ in range(TRIES - 1):
            try:
                return self._alone(job)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in MAY_PASS:
                    raise
        return self._alone(job)

    def _write(self) -> None:
        while True:
            jobs = [self._jobs.get()]
            while len(jobs) < TOGETHER and jobs[-1] is not None:
                try:
                    jobs.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            wanted = [job for job in jobs if job is not None and job.done.set_running_or_notify_cancel()]
            if wanted:
                self._write_together(wanted)
            if jobs[-1] is None:
                return

    def _write_together(self, jobs: list[_Job]) -> None:
        """One commit for all. Where one of them fails, nothing of it stands, and each has a transaction of its own: a
        savepoint for each would be two statements more for every action, for what hardly ever happens."""
        if not self._in_one_commit(jobs):
            for job in jobs:
                self._in_one_commit([job])

    def _in_one_commit(self, jobs: list[_Job]) -> bool:
        """Answers are given out after the commit only; False where one of several failed and nothing is done. Where
        nothing could begin (another program holds the file) all fail at once: each would wait as long again."""
        answers: list[Any] = []
        begun = False
        try:
            with self.engine.connect() as connection, connection.begin():
                begun = True
                for job in jobs:
                    answers.append(_act(connection, job))
        except BaseException as error:
            if begun and len(answers) < len(jobs) > 1:
                return False
            for job in jobs:
                job.done.set_exception(error)
            return True
        self.commits += 1
        for job, answer in zip(jobs, answers, strict=True):
            job.done.set_result(answer)
        return True


class WakingDoor:
    """The database door of the handlers: after each action the sender looks at once."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake

    async def run(self, action: Callable[..., T], *args: Any, **named: Any) -> T:
        try:
            return await self._database.run(action, *args, **named)
        finally:
            self._wake()

    async def read(self, query: Callable[..., T], *args: Any, **named: Any) -> T:
        return await self._database.read(query, *args, **named)


def _act(connection: Connection, job: _Job) -> Any:
    with (
        Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False) as session,
        session.begin(),
    ):
        return job.action(session, *job.args, **job.named)


def make_engine(url: str) -> Engine:
    """An engine with this program's habits: on SQLite WAL, full sync, foreign keys, immediate write transactions."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        connecting = {"application_name": "zoufang", "options": PAUSED_IN_TRANSACTION, **NOT_FOR_EVER}
        return create_engine(parsed, pool_size=POSTGRES_THREADS + 2, pool_pre_ping=True, connect_args=connecting)
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: savepoints and BEGIN IMMEDIATE are ours.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

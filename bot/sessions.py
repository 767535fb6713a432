"""A session with PostgreSQL that is kept, for locks that are gone with it.

PostgreSQL itself ends a session that says nothing for some seconds, so whoever died, hangs or was paused loses what it
held however it is; one that wakes up again finds its connection gone.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.db import NOT_FOR_EVER

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True)
class Lease:
    """`silent`: seconds of silence after which PostgreSQL ends the session of a role. `sure`: seconds after a word with
    the database in which its holder may still act; the rest is for the send itself. `speak`: how often it says a word;
    `ask`: how often the others ask for the role."""

    silent: float = 15.0
    sure: float = 10.0
    speak: float = 3.0
    ask: float = 2.0


LEASE = Lease()
WAIT_FOR_SESSION = 5.0
REFUSED_BY_POOLER = "startup parameter"
"""What a pooler says to settings that are to hold for a session."""


def steady_seconds() -> float:
    """Seconds that never go back and also pass while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Lost(Exception):
    """The session of a role is gone, and with it the role and what was claimed."""


class Held:
    """A session of its own in a thread of its own, kept alive by a word every few seconds; lost, it stays lost until
    it is opened again."""

    def __init__(self, url: URL, name: str, node: str, lease: Lease) -> None:
        self._engine = session_engine(url, f"zoufang {name} {node}", lease)
        self._lease = lease
        self._thread = ThreadPoolExecutor(1, name)
        self._connection: Connection | None = None
        self.number = 0
        """Of the session, counted: what an earlier one held is lost."""
        self._spoke = float("-inf")
        self._speaking: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        return self._connection is not None

    def sure(self) -> bool:
        """Whether PostgreSQL cannot have ended this session yet."""
        return self.alive and steady_seconds() - self._spoke < self._lease.sure

    async def open(self) -> None:
        """Connects where there is no connection. Raises the database's error."""
        await self.call(lambda connection: None, connects=True)
        if self._speaking is None:
            self._speaking = asyncio.create_task(self._speak())

    async def call(self, work: Callable[[Connection], T], *, connects: bool = False) -> T:
        """`work(connection)` in one transaction, in the session's thread. Raises Lost where the session is gone."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._call, work, connects)

    def _call(self, work: Callable[[Connection], T], connects: bool) -> T:
        if self._connection is None:
            if not connects:
                raise Lost
            self._connection = self._engine.connect()
            self.number += 1
        began = steady_seconds()
        try:
            with self._connection.begin():
                done = work(self._connection)
        except DBAPIError as error:
            if error.connection_invalidated:
                self._drop()
                raise Lost from error
            raise
        self._spoke = began
        return done

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    async def _speak(self) -> None:
        while True:
            await asyncio.sleep(self._lease.speak)
            if self.alive:
                try:
                    await self.call(lambda connection: connection.exec_driver_sql("SELECT 1"))
                except Exception as error:
                    log.warning("session lost", cause=type(error.__cause__ or error).__name__)

    async def close(self) -> None:
        """Lets go of the session, and of all its locks."""
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
        self._thread.shutdown()
        self._engine.dispose()


def session_engine(url: URL, name: str, lease: Lease = LEASE) -> Engine:
    """Connections that keep their session; PostgreSQL ends those that are silent for the lease."""
    silent = int(lease.silent * 1000)
    settings = {"idle_session_timeout": silent, "idle_in_transaction_session_timeout": silent}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return create_engine(
        url, poolclass=NullPool, connect_args={"application_name": name[:63], "options": options, **NOT_FOR_EVER}
    )


def keeps_sessions(url: URL) -> bool:
    """Whether a connection to this address keeps its session: not so behind a pooler that gives each transaction another
    one. Raises the database's error where it cannot be reached."""
    engine = session_engine(url, "zoufang check")
    token = secrets.token_hex(8)
    try:
        with engine.connect() as first, engine.connect() as second, ThreadPoolExecutor(1) as asking:
            first.execute(text("SELECT set_config('zoufang.session', :token, false)"), {"token": token})
            first.commit()
            # A pooler has only now to choose: what the first one used is lent to the second.
            second.execute(text("SELECT 1"))
            found = asking.submit(_session_of, first)
            try:
                return found.result(WAIT_FOR_SESSION) == (token, f"{LEASE.silent:.0f}s")
            except FutureTimeout:
                return False
            finally:
                second.rollback()
                wait([found])
    except DBAPIError as error:
        if REFUSED_BY_POOLER in str(error.orig):
            return False
        raise
    finally:
        engine.dispose()


def _session_of(connection: Connection) -> tuple[str, str]:
    looked = "SELECT current_setting('zoufang.session', true), current_setting('idle_session_timeout', true)"
    row = connection.execute(text(looked)).one()
    connection.rollback()
    return row[0], row[1]

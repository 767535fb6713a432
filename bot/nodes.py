"""One node among several on PostgreSQL: who polls, who sends, who handles whose updates.

A role is a session advisory lock on a connection of its own, and what its holder claims is claimed on that connection.
PostgreSQL itself ends a session that says nothing for some seconds, so a node that died, hangs or was paused loses
its roles and its claims however it is; a node that wakes up again finds its connection gone. Before each send the
holder asks `sure`: whether it spoke with the database so recently that nobody else can have the role.
On SQLite there is one process, and it has every role.
"""

import asyncio
import os
import secrets
import socket
import time
import zlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.db import NOT_FOR_EVER
from models.inbox import list_ids_of, list_new_of

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
SPACE = 0x5A46
"""The first of the two numbers of every advisory lock of ours."""
POLLER, SENDER, HANDLER = "poller", "sender", "handler"
TRY_LOCK = text("SELECT pg_try_advisory_lock(:space, :number)")
UNLOCK = text("SELECT pg_advisory_unlock(:space, :number)")


def node_name() -> str:
    """A name no other process ever has: host, process, chance."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def lock_number(name: str) -> int:
    """The second number of the advisory lock of that name."""
    return zlib.crc32(name.encode()) - 2**31


def seconds_asleep_too() -> float:
    """Seconds that never go back and also pass while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def alone(session: Session, name: str, *, wait: bool = False) -> bool:
    """Whether no other node does this until the end of the transaction; `wait` for it. Always so on SQLite."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    numbers = {"space": SPACE, "number": lock_number(name)}
    if wait:
        session.execute(text("SELECT pg_advisory_xact_lock(:space, :number)"), numbers)
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:space, :number)"), numbers))


class Lost(Exception):
    """The session of a role is gone, and with it the role and what was claimed."""


class Role(Protocol):
    @property
    def held(self) -> bool: ...
    async def take(self) -> bool: ...
    def sure(self) -> bool: ...
    async def run(self, action: Callable[..., T], *args: Any, **named: Any) -> T: ...
    async def close(self) -> None: ...


class OwnRole:
    """A role that nobody else can have; `run` is the database's."""

    held = True

    def __init__(self, run: Callable[..., Coroutine[Any, Any, Any]]) -> None:
        self.run = run

    async def take(self) -> bool:
        return True

    def sure(self) -> bool:
        return True

    async def close(self) -> None:
        return None


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
        return self.alive and seconds_asleep_too() - self._spoke < self._lease.sure

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
        began = seconds_asleep_too()
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


class SharedRole:
    """A role that one node at a time has: whoever holds the advisory lock of its name."""

    def __init__(self, url: URL, name: str, node: str, lease: Lease = LEASE) -> None:
        self.name = name
        self._session = Held(url, name, node, lease)
        self._ask_every = lease.ask
        self._has_lock = False
        self._asked = float("-inf")

    @property
    def held(self) -> bool:
        return self._has_lock and self._session.alive

    def sure(self) -> bool:
        return self._has_lock and self._session.sure()

    async def take(self) -> bool:
        """Whether this node has the role now; asks the database every few seconds at most."""
        if self.held:
            return True
        self._has_lock = False
        if seconds_asleep_too() - self._asked < self._ask_every:
            return False
        self._asked = seconds_asleep_too()
        try:
            await self._session.open()
            self._has_lock = await self._session.call(self._try_lock)
        except Exception as error:
            log.warning("role not to be had", role=self.name, cause=type(error).__name__)
        if self._has_lock:
            log.info("role taken", role=self.name)
        return self._has_lock

    def _try_lock(self, connection: Connection) -> bool:
        return bool(connection.scalar(TRY_LOCK, {"space": SPACE, "number": lock_number(self.name)}))

    async def run(self, action: Callable[..., T], *args: Any, **named: Any) -> T:
        """`action(session, …)` in one transaction on the connection that holds the role. Raises Lost without it."""
        if not self.held:
            raise Lost
        return await self._session.call(lambda connection: _act(connection, action, args, named))

    async def close(self) -> None:
        self._has_lock = False
        await self._session.close()


def _act(connection: Connection, action: Callable[..., T], args: tuple[Any, ...], named: dict[str, Any]) -> T:
    with Session(connection, expire_on_commit=False) as session, session.begin():
        return action(session, *args, **named)


@dataclass(frozen=True)
class Taken:
    """A person whom this node handles: their new updates (row id, payload), oldest first; the session that holds them."""

    sender: int
    rows: list[tuple[int, str]]
    session: int


class PersonLocks:
    """Whose updates this node handles: one advisory lock a person, all on one session, so that the order of one
    person's updates is kept over all nodes."""

    def __init__(self, url: URL, node: str, lease: Lease = LEASE) -> None:
        self._session = Held(url, HANDLER, node, lease)

    async def take(self, sender: int) -> Taken | None:
        """From here on nobody else handles what this person sends, until `free`; None where another node does."""
        await self._session.open()
        return await self._session.call(lambda connection: self._take(connection, sender))

    async def free(self, taken: Taken) -> list[int]:
        """Lets go of the person; the row ids of what is new of theirs, which nobody may have looked at."""
        return await self._session.call(lambda connection: self._free(connection, taken))

    def sure(self, taken: Taken) -> bool:
        """Whether this node surely still has the person."""
        return self._session.sure() and self._session.number == taken.session

    async def close(self) -> None:
        await self._session.close()

    def _take(self, connection: Connection, sender: int) -> Taken | None:
        if not connection.scalar(TRY_LOCK, _person(sender)):
            return None
        with Session(connection) as session:
            return Taken(sender, list_new_of(session, sender), self._session.number)

    def _free(self, connection: Connection, taken: Taken) -> list[int]:
        if taken.session == self._session.number:
            connection.execute(UNLOCK, _person(taken.sender))
        with Session(connection) as session:
            return list_ids_of(session, taken.sender)


def _person(sender: int) -> dict[str, int]:
    return {"space": SPACE + 1, "number": sender % 2**32 - 2**31}


def session_engine(url: URL, name: str, lease: Lease = LEASE) -> Engine:
    """Connections that keep their session; PostgreSQL ends those that are silent for the lease."""
    silent = int(lease.silent * 1000)
    settings = {"idle_session_timeout": silent, "idle_in_transaction_session_timeout": silent}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return create_engine(
        url, poolclass=NullPool, connect_args={"application_name": name[:63], "options": options, **NOT_FOR_EVER}
    )

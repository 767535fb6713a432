"""One node among several on PostgreSQL: who polls, who sends, who handles whose updates.

A role is a session advisory lock on a connection of its own (bot/sessions.py), and what its holder claims is claimed
on that connection: a node that died, hangs or was paused loses its roles and its claims. Before each send the holder
asks `sure`: whether it spoke with the database so recently that nobody else can have the role.
On SQLite there is one process, and it has every role.
"""

import os
import secrets
import socket
import zlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from bot.sessions import LEASE, Held, Lease, Lost, steady_seconds
from models.inbox import list_ids_of, list_new_of

T = TypeVar("T")
log = structlog.get_logger()


SPACE = 0x5A46
"""The first of the two numbers of every advisory lock of ours."""
POLLER, SENDER, HANDLER = "poller", "sender", "handler"
TRY_LOCK = text("SELECT pg_try_advisory_lock(:space, :number)")
UNLOCK = text("SELECT pg_advisory_unlock(:space, :number)")


def node_name() -> str:
    """A name no other process ever has: host, process, chance."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(3)}"


def lock_number(name: str) -> int:
    """The second number of the advisory lock of that name."""
    return zlib.crc32(name.encode()) - 2**31


def alone(session: Session, name: str, *, for_sure: bool = False) -> bool:
    """Whether no other node does this until the end of the transaction; `for_sure`: waits until it is so. Always so on SQLite."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    numbers = {"space": SPACE, "number": lock_number(name)}
    if for_sure:
        session.execute(text("SELECT pg_advisory_xact_lock(:space, :number)"), numbers)
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:space, :number)"), numbers))


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
        if steady_seconds() - self._asked < self._ask_every:
            return False
        self._asked = steady_seconds()
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


@dataclass(frozen=True)
class Node:
    """A running process as the database sees it: its name, what it does for all ("poller", "sender")."""

    name: str
    roles: tuple[str, ...]


def list_nodes(session: Session) -> list[Node]:
    """The processes that share this PostgreSQL database just now."""
    rows = session.execute(NODES, {"names": "zoufang % %", "space": SPACE})
    found: dict[str, list[str]] = {}
    for application, locked in rows:
        _, role, name = application.split(" ", 2)
        roles = found.setdefault(name, [])
        if role in (POLLER, SENDER) and locked:
            roles.append(role)
    return [Node(name, tuple(sorted(roles))) for name, roles in sorted(found.items())]


NODES = text(
    "SELECT application_name, EXISTS (SELECT 1 FROM pg_locks WHERE pg_locks.pid = pg_stat_activity.pid"
    " AND locktype = 'advisory' AND granted AND classid = :space AND objsubid = 2)"
    " FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE :names"
)

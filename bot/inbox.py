"""The one door in: store, confirm, handle. Updates of one person in order, of different persons side by side.

Where several nodes share a database, one polls at a time, and a person's updates are handled by one node at a time:
it takes the person, handles what is new of theirs in order, and lets go.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.channel import Channel, RawUpdate, SendError
from bot.clock import Clock
from bot.db import Database
from bot.metrics import Metrics
from bot.nodes import PersonLocks, Role
from bot.sessions import Lost
from handlers import TABLE
from handlers.context import Context, Door
from handlers.dispatch import dispatch, read_standing
from handlers.incoming import Incoming
from models import inbox

log = structlog.get_logger()
AT_ONCE = 64
TRIES = 30
PASSING = (OSError, OperationalError, InterfaceError, PoolTimeout, Lost)
"""The database is not to be had just now: a full disk, a lock, a connection. No fault of the update."""
Run = Callable[..., Coroutine[Any, Any, Any]]
POLL_AGAIN_AFTER = 3.0
LOOK_AGAIN = 1.0


class Later(Exception):
    """An update stays as it is and is taken up again."""


@dataclass
class Inbox:
    """`settings` go to the handlers as they are; `door` is the database, waking the sender after each action; `role`
    is the right to poll; `persons` is None where no other node can be at work."""

    database: Database
    role: Role
    door: Door
    channel: Channel
    clock: Clock
    settings: Any
    zone: ZoneInfo
    persons: PersonLocks | None = None
    metrics: Metrics = field(default_factory=Metrics)
    again_after: float = POLL_AGAIN_AFTER
    polled_at: float = field(default_factory=time.monotonic)
    """When the channel last answered, by time.monotonic."""
    _queues: dict[int, deque[tuple[int, str | None]]] = field(default_factory=dict)
    _left: set[int] = field(default_factory=set)
    """Persons of whom an earlier update stays because the database was not to be had."""
    _tries: dict[int, int] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def poll(self) -> None:
        """Fetches updates for ever, whenever this node is the one that polls; each batch is on disk before the next
        fetch confirms it."""
        offset: int | None = None
        while True:
            try:
                if not await self.role.take():
                    await asyncio.sleep(LOOK_AGAIN)
                    continue
                updates = await self.channel.receive(offset)
                self.polled_at = time.monotonic()
                if updates:
                    await self.take(updates, self.role.run)
                    offset = updates[-1].update_id + 1
            except SendError as error:
                log.warning("poll failed", cause=error.cause)
                await asyncio.sleep(max(self.again_after, error.retry_after))
            except Exception:
                # Not on disk, so not confirmed: the same updates come again.
                log.exception("updates not stored")
                await asyncio.sleep(self.again_after)

    async def take(self, updates: list[RawUpdate], run: Run | None = None) -> None:
        """Stores updates (known ones again are nothing) and sets them going; returns once they are on disk."""
        rows = [(update.update_id, update.sender, update.payload) for update in updates]
        store = run or self.database.run
        stored = await store(inbox.store, self.channel.name, rows, now=self.clock.now())
        for inbox_id, update in stored_updates(stored, updates):
            self._queue(inbox_id, update.sender, update.payload)

    async def resume(self) -> int:
        """Takes up what was stored and is handled by nobody: by an earlier process, or by a node that is gone; how
        many persons."""
        waiting = [sender for sender in await self.database.read(inbox.list_waiting) if sender not in self._queues]
        for sender in waiting:
            self._start_person(sender)
        return len(waiting)

    async def look_for_ever(self) -> None:
        """Takes up what others left, and what could be neither handled nor parked, for ever."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            try:
                await self.resume()
            except Exception:
                log.exception("nothing taken up")

    @property
    def idle(self) -> bool:
        return not self._tasks

    async def settled(self) -> None:
        """Returns when everything that was taken so far is handled."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _queue(self, inbox_id: int, sender: int, payload: str | None) -> None:
        self._start_person(sender)
        self._queues[sender].append((inbox_id, payload))

    def _start_person(self, sender: int) -> None:
        if sender not in self._queues:
            self._queues[sender] = deque()
            self._start(self._work(sender))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, sender: int) -> None:
        try:
            if self.persons is None:
                await self._work_alone(sender)
            else:
                await self._work_among_others(sender, self.persons)
        except Exception as error:
            log.warning("person left for later", cause=type(error.__cause__ or error).__name__)
            self._left.add(sender)
        finally:
            del self._queues[sender]

    async def _work_alone(self, sender: int) -> None:
        waiting = self._queues[sender]
        if not waiting or sender in self._left:
            stored = dict.fromkeys(await self.database.read(inbox.list_ids_of, sender))
            together = sorted({**stored, **dict(waiting)}.items())
            waiting.clear()
            waiting.extend(together)
            self._left.discard(sender)
        while waiting:
            async with self._room:
                await self._handle(*waiting.popleft())

    async def _work_among_others(self, sender: int, persons: PersonLocks) -> None:
        """What this node has in hand is only the occasion: the rows say what is new, whoever stored it."""
        again = True
        while again:
            async with self._room:
                self._queues[sender].clear()
                taken = await persons.take(sender)
                if taken is None:
                    return
                try:
                    for inbox_id, payload in taken.rows:
                        if persons.sure(taken):
                            await self._handle(inbox_id, payload)
                finally:
                    left = await persons.free(taken)
            again = bool(set(left) - {inbox_id for inbox_id, _ in taken.rows})

    async def _handle(self, inbox_id: int, payload: str | None) -> None:
        """The edge for one update: whatever goes wrong is parked with its reason, answered, and the next goes on; but
        where only the database is not to be had, it stays, and all of that person after it. Raises Later then."""
        incoming: Incoming | None = None
        try:
            payload = payload or await self.database.read(inbox.find_payload, inbox_id)
            if payload is None:
                return
            incoming = self.channel.parse(payload, inbox_id)
            if incoming is None:
                await self.database.run(inbox.handled, inbox_id, now=self.clock.now(), reason="not for us")
            else:
                await self._dispatch(incoming)
        except PASSING as error:
            await self._again_or_park(inbox_id, incoming, error)
        except Exception as error:
            log.exception("update parked", inbox_id=inbox_id, cause=type(error).__name__)
            await self._park(inbox_id, incoming, type(error).__name__)
        self._tries.pop(inbox_id, None)

    async def _again_or_park(self, inbox_id: int, incoming: Incoming | None, error: Exception) -> None:
        tries = self._tries[inbox_id] = self._tries.get(inbox_id, 0) + 1
        if tries < TRIES:
            raise Later from error
        log.exception("update parked", inbox_id=inbox_id, cause=type(error).__name__, tries=tries)
        await self._park(inbox_id, incoming, type(error).__name__)

    async def _dispatch(self, incoming: Incoming) -> None:
        began, context = time.monotonic(), self._context(incoming)
        if incoming.press_id is not None:
            # At once and empty: what the press did comes as an edit of the screen.
            self._start(self.channel.answer_press(incoming.press_id))
        standing = await self.database.read(read_standing, incoming.sender, incoming.chat, context.today, context.now)
        if standing.person is not None and standing.person.locale:
            context.locale = standing.person.locale
        await dispatch(context, standing, TABLE)
        self.metrics.handled(incoming.kind, incoming.sender, time.monotonic() - began, context.did)
        if not context.answered:
            raise RuntimeError("a handler gave no answer")

    def _context(self, incoming: Incoming) -> Context:
        default = self.settings.locale.default
        locale = "en" if (incoming.language or "").startswith("en") else default
        return Context(self.door, incoming, None, self.clock.now(), self.zone, locale, self.settings)

    async def _park(self, inbox_id: int, incoming: Incoming | None, reason: str) -> None:
        """Sets an update aside; its sender hears that, unless the update is so strange that not even this works."""
        try:
            if incoming is not None and incoming.chat > 0:
                await self._say_sorry(incoming)
        except Exception as error:
            log.exception("sender of a parked update not told", inbox_id=inbox_id, cause=type(error).__name__)
        await self.database.run(inbox.park, inbox_id, now=self.clock.now(), reason=reason)

    async def _say_sorry(self, incoming: Incoming) -> None:
        context = self._context(incoming)
        standing = await self.database.read(read_standing, incoming.sender, incoming.chat, context.today, context.now)
        context.person = standing.person
        await context.refuse("error.sorry")


def stored_updates(stored: list[tuple[int, int]], updates: list[RawUpdate]) -> list[tuple[int, RawUpdate]]:
    """The row ids of those updates that were new, in the order they came."""
    by_id = dict(stored)
    return [(by_id[update.update_id], update) for update in updates if update.update_id in by_id]

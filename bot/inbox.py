"""The one door in: store, confirm, handle. Updates of one person in order, of different persons side by side."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.channel import Channel, RawUpdate, SendError
from bot.clock import Clock
from bot.db import Database
from handlers import TABLE
from handlers.context import Context, Door
from handlers.dispatch import dispatch, read_standing
from handlers.incoming import Incoming
from models import inbox

log = structlog.get_logger()
AT_ONCE = 64
POLL_AGAIN_AFTER = 3.0


@dataclass
class Inbox:
    """`settings` go to the handlers as they are; `door` is the database, waking the sender after each action."""

    database: Database
    door: Door
    channel: Channel
    clock: Clock
    settings: Any
    zone: ZoneInfo
    again_after: float = POLL_AGAIN_AFTER
    _queues: dict[int, deque[tuple[int, str | None]]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def poll(self) -> None:
        """Fetches updates for ever; each batch is on disk before the next fetch confirms it."""
        offset: int | None = None
        while True:
            try:
                updates = await self.channel.receive(offset)
                if updates:
                    await self.take(updates)
                    offset = updates[-1].update_id + 1
            except SendError as error:
                log.warning("poll failed", cause=error.cause)
                await asyncio.sleep(max(self.again_after, error.retry_after))
            except Exception:
                # Not on disk, so not confirmed: the same updates come again.
                log.exception("updates not stored")
                await asyncio.sleep(self.again_after)

    async def take(self, updates: list[RawUpdate]) -> None:
        """Stores updates (known ones again are nothing) and sets them going; returns once they are on disk."""
        rows = [(update.update_id, update.sender, update.payload) for update in updates]
        stored = await self.database.run(inbox.store, self.channel.name, rows, now=self.clock.now())
        for inbox_id, update in stored_updates(stored, updates):
            self._queue(inbox_id, update.sender, update.payload)

    async def resume(self) -> int:
        """Takes up what an earlier process stored and did not handle; how many."""
        rows = await self.database.read(inbox.list_new)
        for inbox_id, sender in rows:
            self._queue(inbox_id, sender, None)
        return len(rows)

    @property
    def idle(self) -> bool:
        return not self._tasks

    async def settled(self) -> None:
        """Returns when everything that was taken so far is handled."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _queue(self, inbox_id: int, sender: int, payload: str | None) -> None:
        waiting = self._queues.get(sender)
        if waiting is not None:
            waiting.append((inbox_id, payload))
            return
        self._queues[sender] = deque([(inbox_id, payload)])
        self._start(self._work(sender))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, sender: int) -> None:
        waiting = self._queues[sender]
        while waiting:
            async with self._room:
                await self._handle(*waiting.popleft())
        del self._queues[sender]

    async def _handle(self, inbox_id: int, payload: str | None) -> None:
        """The edge for one update: whatever goes wrong is parked with its reason, answered, and the next goes on."""
        incoming: Incoming | None = None
        try:
            payload = payload or await self.database.read(inbox.find_payload, inbox_id)
            if payload is None:
                return
            incoming = self.channel.parse(payload, inbox_id)
            if incoming is None:
                await self.database.run(inbox.handled, inbox_id, now=self.clock.now(), reason="not for us")
                return
            await self._dispatch(incoming)
        except Exception as error:
            log.exception("update parked", inbox_id=inbox_id, cause=type(error).__name__)
            try:
                await self._park(inbox_id, incoming, type(error).__name__)
            except Exception:
                log.exception("update left for the next start", inbox_id=inbox_id)

    async def _dispatch(self, incoming: Incoming) -> None:
        context = self._context(incoming)
        if incoming.press_id is not None:
            # At once and empty: what the press did comes as an edit of the screen.
            self._start(self.channel.answer_press(incoming.press_id))
        standing = await self.database.read(read_standing, incoming.sender, incoming.chat, context.today, context.now)
        if standing.person is not None and standing.person.locale:
            context.locale = standing.person.locale
        await dispatch(context, standing, TABLE)
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

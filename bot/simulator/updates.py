"""Updates waiting for a bot: numbered, acknowledged by offset, dropped when they are too old."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.clock import Clock

MESSAGE_LIVES_FOR = timedelta(hours=24)
PRESS_LIVES_FOR = timedelta(seconds=150)
DEFAULT_KINDS = frozenset(
    {
        *("message", "edited_message", "channel_post", "edited_channel_post", "callback_query"),
        *("inline_query", "chosen_inline_result", "shipping_query", "pre_checkout_query", "purchased_paid_media"),
        *("business_connection", "business_message", "edited_business_message", "deleted_business_messages"),
        *("poll", "poll_answer", "my_chat_member", "chat_join_request", "chat_boost", "removed_chat_boost"),
    }
)
ALL_KINDS = DEFAULT_KINDS | {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True, slots=True)
class Update:
    """One update. `queue` names the line it waits in: a chat for messages, a user for presses."""

    update_id: int
    kind: str
    body: dict[str, Any]
    expires_at: datetime
    queue: str

    def as_json(self) -> dict[str, Any]:
        return {"update_id": self.update_id, self.kind: self.body}


class UpdateQueue:
    """The updates of one bot. The next number starts where Telegram's would: anywhere."""

    def __init__(self, clock: Clock, first: int = 70_000_001) -> None:
        self._clock = clock
        self._next = first
        self._waiting: OrderedDict[int, Update] = OrderedDict()
        self._earliest_end: datetime | None = None
        self._arrival = asyncio.Event()
        self._change = asyncio.Event()
        self.watched = asyncio.Event()
        self.allowed: frozenset[str] = DEFAULT_KINDS
        self.on_arrival: list[Callable[[Update], None]] = []

    def __len__(self) -> int:
        self.drop_expired()
        return len(self._waiting)

    def now(self) -> datetime:
        return self._clock.now()

    def put(self, kind: str, body: dict[str, Any], queue: str, lives_for: timedelta) -> None:
        """Queue an update, unless the bot said it does not want this kind."""
        if kind not in self.allowed:
            return
        update = Update(self._next, kind, body, self._clock.now() + lives_for, queue)
        self._next += 1
        self._waiting[update.update_id] = update
        if self._earliest_end is None or update.expires_at < self._earliest_end:
            self._earliest_end = update.expires_at
        self._arrival.set()
        self._changed()
        for listener in self.on_arrival:
            listener(update)

    def confirm_below(self, offset: int) -> None:
        """Forget what the bot has acknowledged; a negative offset keeps only that many of the newest."""
        if offset < 0:
            doomed = list(self._waiting)[:offset]
        else:
            doomed = []
            for number in self._waiting:
                if number >= offset:
                    break
                doomed.append(number)
        for number in doomed:
            del self._waiting[number]
        if doomed:
            self._changed()

    def confirm(self, update_id: int) -> None:
        if self._waiting.pop(update_id, None) is not None:
            self._changed()

    def clear(self) -> None:
        self._waiting.clear()
        self._changed()

    def list_waiting(self, limit: int | None = None) -> list[Update]:
        """The oldest waiting updates, at most `limit`."""
        self.drop_expired()
        if limit is None:
            return list(self._waiting.values())
        return [update for update, _ in zip(self._waiting.values(), range(limit), strict=False)]

    def drop_expired(self) -> None:
        """Messages live 24 hours, button presses 150 seconds."""
        now = self._clock.now()
        if self._earliest_end is None or now < self._earliest_end:
            return
        doomed = [number for number, update in self._waiting.items() if update.expires_at <= now]
        for number in doomed:
            del self._waiting[number]
        self._earliest_end = min((update.expires_at for update in self._waiting.values()), default=None)
        if doomed:
            self._changed()

    def wake(self) -> None:
        """Let a waiting long poll look again (a new poll, a webhook, the end of the server)."""
        self._arrival.set()

    async def wait_for_arrival(self, within: float) -> None:
        """Come back when something may have arrived, or after `within` seconds of real time.

        `watched` is set from the first wait on: a test can wait until somebody polls.
        """
        self._arrival.clear()
        self.watched.set()
        try:
            async with asyncio.timeout(within):
                await self._arrival.wait()
        except TimeoutError:
            return

    async def wait_until_empty(self, within: float) -> None:
        """Come back when the bot has acknowledged everything; TimeoutError after `within` seconds of real time."""
        async with asyncio.timeout(within):
            while len(self):
                self._change.clear()
                await self._change.wait()

    def _changed(self) -> None:
        self._change.set()

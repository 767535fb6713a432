"""The one door out: claim, render, send, settle. Wakes at once when an answer was written, else when a row comes due."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.channel import Channel, SendError
from bot.clock import Clock
from bot.db import Database
from bot.pacing import Pacing
from handlers.locales import words
from handlers.reply import Choice, Reply
from handlers.screens import read_facts, render
from schedules import delivery
from schedules.delivery import Delivery, Outcome

log = structlog.get_logger()
LOOK_AGAIN = 1.0


@dataclass
class Sender:
    """`side_by_side`: how many sends may be in flight. `wait_until` moves a moment out of quiet hours."""

    database: Database
    channel: Channel
    clock: Clock
    pacing: Pacing
    node: str
    default_locale: str
    wait_until: Callable[[datetime], datetime]
    side_by_side: int = 16
    again_after: float = LOOK_AGAIN
    _busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _left: bool = False
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)

    def wake(self) -> None:
        self._woken.set()

    @property
    def idle(self) -> bool:
        return not self._busy

    async def run(self) -> None:
        """Sends what is due, for ever."""
        while True:
            self._woken.clear()
            try:
                worked = await self.send_some()
            except Exception:
                log.exception("nothing claimed")
                worked = False
            if not worked:
                await self._until_woken()

    async def send_some(self) -> bool:
        """Claims as many rows as there is room for and sets them going; whether to look again at once."""
        room = self.side_by_side - len(self._busy)
        if room <= 0:
            await asyncio.wait(self._busy.values(), return_when=asyncio.FIRST_COMPLETED)
            return True
        async with self._claiming:
            claimed = await self.database.run(
                delivery.claim_some,
                read_facts,
                now=self.clock.now(),
                node=self.node,
                limit=room,
                busy=frozenset(self._busy),
                wait_until=self.wait_until,
            )
            self._left = claimed.left
            for one in claimed.deliveries:
                self._busy[one.chat] = asyncio.create_task(self._deliver(one))
        # Rows behind one that was not sent, or behind one that has just ended, have nobody else to wake them.
        return bool(claimed.deliveries) or (claimed.left and not self._busy)

    async def settled(self) -> None:
        """Returns when nothing is due and nothing in flight."""
        while await self.send_some() or self._busy:
            if self._busy:
                await asyncio.wait(self._busy.values())

    async def finish(self) -> None:
        """Returns when what is in flight has come to its end; claims nothing more."""
        while self._busy:
            await asyncio.wait(self._busy.values())

    async def _until_woken(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), LOOK_AGAIN)
        except TimeoutError:
            return

    async def _deliver(self, one: Delivery) -> None:
        """The edge for one delivery: whatever goes wrong becomes its outcome."""
        try:
            outcome = await self._send(one)
        except SendError as error:
            if error.cause == "throttled":
                self.pacing.pause(error.retry_after)
            if error.cause not in ("edit_gone",):
                log.warning("not delivered", outbox_id=one.id, kind=one.kind, cause=error.cause)
            outcome = Outcome(one.id, error.cause, detail=error.detail, retry_after=error.retry_after, chat=error.chat)
        except Exception as error:
            log.exception("delivery failed", outbox_id=one.id, kind=one.kind)
            outcome = Outcome(one.id, "refused", detail=type(error).__name__)
        await self._settle(outcome)
        del self._busy[one.chat]
        if self._left:
            self.wake()

    async def _settle(self, outcome: Outcome) -> None:
        """Writes the outcome, however long the database is not to be had: it alone keeps the message from going twice."""
        while True:
            try:
                await self.database.run(delivery.settle, outcome, now=self.clock.now())
                return
            except Exception:
                log.exception("outcome not written", outbox_id=outcome.id)
                await asyncio.sleep(self.again_after)

    async def _send(self, one: Delivery) -> Outcome:
        if one.kind == "group.leave":
            return await self._leave(one)
        locale = one.locale or self.default_locale
        reply = render(one.kind, one.values, locale)
        if one.again and one.edits is None:
            reply = Reply(
                words(locale)("message.again", text=reply.text), reply.choices, reply.keyboard, reply.ask_contact
            )
        await self.pacing.turn(one.chat, answer=one.lane == "answers")
        message_id = await self.channel.send(one.chat, reply, locale, edits=one.edits)
        return Outcome(one.id, "sent", message_id=message_id, choices=as_list(reply.choices))

    async def _leave(self, one: Delivery) -> Outcome:
        """Leaves a group; where the bot is out already (or the group is gone) that is as good."""
        try:
            await self.channel.leave(one.chat)
        except SendError as error:
            if error.cause not in ("blocked", "refused"):
                raise
        return Outcome(one.id, "sent")


def as_list(choices: tuple[Choice, ...]) -> list[Any] | None:
    """The choices as the row keeps them: [[label, data, word, …], …]; None where the screen has none."""
    return [[choice.label, choice.data, *choice.words] for choice in choices] or None

"""The one door out: claim, render, send, settle. Wakes at once when an answer was written, else when a row comes due."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from bot.channel import Channel, SendError, split_text
from bot.clock import Clock
from bot.db import Database
from bot.metrics import Metrics
from bot.nodes import Role
from bot.pacing import Pacing, Turn
from handlers.locales import words
from handlers.reply import Choice, Reply
from handlers.screens import read_facts, render
from models.installation import paused_until
from schedules import delivery
from schedules.delivery import Delivery, Outcome

log = structlog.get_logger()
LOOK_AGAIN = 1.0


@dataclass
class Sender:
    """`side_by_side`: how many sends may be in flight. `wait_until` moves a moment out of quiet hours. `role` is the
    right to send, and the connection on which rows are claimed; `node` the name they are claimed under."""

    database: Database
    role: Role
    channel: Channel
    clock: Clock
    pacing: Pacing
    node: str
    default_locale: str
    wait_until: Callable[[datetime], datetime]
    metrics: Metrics = field(default_factory=Metrics)
    side_by_side: int = 64
    again_after: float = LOOK_AGAIN
    look_again: float = LOOK_AGAIN
    _busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _left: bool = False
    _claims: int = 0
    """How many claims there were: none of them sees what waits for a chat with a send in flight."""
    _began: bool = False
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)

    def wake(self) -> None:
        self._woken.set()

    @property
    def idle(self) -> bool:
        return not self._busy

    async def run(self) -> None:
        """Sends what is due, for ever, whenever this node is the one that sends."""
        while True:
            self._woken.clear()
            try:
                worked = await self.send_some()
            except Exception:
                log.exception("nothing claimed")
                worked = False
            if not worked:
                await self._until_woken()

    async def begin(self) -> bool:
        """Whether this node is the one that sends. Where it has just become so, it learns of the pause, and what the
        one before was sending has an unknown result."""
        if self._began and self.role.held:
            return True
        self._began = False
        if not await self.role.take():
            return False
        await self.finish()
        until = await self.role.run(paused_until)
        if until is not None:
            self.pacing.pause((until - self.clock.now()).total_seconds())
        await self.role.run(delivery.recover, now=self.clock.now())
        self._began = True
        return True

    async def send_some(self) -> bool:
        """Claims as many rows as there is room for and sets them going; whether to look again at once."""
        async with self._claiming:
            if not await self.begin() or self.pacing.paused_for > 0:
                return False
            room = min(self.side_by_side - len(self._busy), self.pacing.room())
            busy = frozenset(self._busy)
            claimed = await self._claim(room, busy) if room > 0 else None
        if claimed is None:
            await self._until_room()
            return True
        # What waits behind a chat in flight is woken by its end, unless that came meanwhile; all else that is left has
        # nobody to wake it.
        ended = not busy <= self._busy.keys()
        return ended or (claimed.left and (bool(claimed.deliveries) or not self._busy))

    async def _claim(self, room: int, busy: frozenset[int]) -> delivery.Claim:
        self._claims += 1
        claimed = await self.role.run(
            delivery.claim_some,
            read_facts,
            now=self.clock.now(),
            node=self.node,
            limit=room,
            busy=busy,
            wait_until=self.wait_until,
            chat_wait=lambda chat, answer: self.pacing.chat_wait(chat, answer=answer),
        )
        self._left = claimed.left
        for one in claimed.deliveries:
            self._busy[one.chat] = asyncio.create_task(self._deliver(one, self.pacing.begin(one.chat), self._claims))
        return claimed

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
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.look_again):
                await self._woken.wait()

    async def _until_room(self) -> None:
        """Until the limit lets another one go, or one in flight is answered."""
        wait = self.pacing.wait() if len(self._busy) < self.side_by_side else None
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(wait or 0.0)

    async def _deliver(self, one: Delivery, turn: Turn, claims: int) -> None:
        """The edge for one delivery: whatever goes wrong becomes its outcome. `claims`: how many there were with its own."""
        try:
            outcome = await self._send(one, turn)
        except SendError as error:
            if error.cause == "throttled":
                self.pacing.pause(error.retry_after)
            if error.cause not in ("edit_gone", "held"):
                log.warning("not delivered", outbox_id=one.id, kind=one.kind, cause=error.cause)
            outcome = Outcome(one.id, error.cause, detail=error.detail, retry_after=error.retry_after, chat=error.chat)
        except Exception as error:
            log.exception("delivery failed", outbox_id=one.id, kind=one.kind)
            outcome = Outcome(one.id, "refused", detail=type(error).__name__)
        finally:
            self.pacing.end(turn)
        self.metrics.sent(one, outcome, (self.clock.now() - one.due_at).total_seconds())
        await self._settle(outcome)
        del self._busy[one.chat]
        if self._left or self._claims > claims:
            self.wake()

    async def _settle(self, outcome: Outcome) -> None:
        """Writes the outcome, however long the database is not to be had: it alone keeps the message from going twice."""
        while True:
            try:
                await self.database.run(delivery.settle, outcome, now=self.clock.now(), node=self.node)
                return
            except Exception:
                log.exception("outcome not written", outbox_id=outcome.id)
                await asyncio.sleep(self.again_after)

    async def _send(self, one: Delivery, turn: Turn) -> Outcome:
        if one.kind == "group.leave":
            return await self._leave(one)
        locale = one.locale or self.default_locale
        reply = render(one.kind, one.values, locale)
        if one.again and one.edits is None:
            reply = replace(reply, text=words(locale)("message.again", text=reply.text))
        choices = as_list(reply.choices)
        parts = parts_of(reply, self.channel.text_limit)
        edits = one.edits if len(parts) == 1 else None
        message_id = await self._send_part(one.chat, parts[0], locale, turn, edits)
        for part in parts[1:]:
            message_id = await self._send_further(one.chat, part, locale)
        return Outcome(one.id, "sent", message_id=message_id, choices=choices)

    async def _send_part(self, chat: int, part: Reply, locale: str, turn: Turn, edits: int | None = None) -> int:
        """One message; where its buttons are refused, it goes with its choices as numbered lines."""
        self._still_sender()
        try:
            return await self.channel.send(chat, part, locale, edits=edits)
        except SendError as error:
            if error.cause != "refused" or not part.choices:
                raise
            log.warning("sent without buttons", cause=error.detail)
        self.pacing.end(turn)
        return await self._in_turn(chat, without_buttons(part), locale, edits)

    async def _send_further(self, chat: int, part: Reply, locale: str) -> int:
        """A further part of a long text. What is out cannot be taken back: where a part fails, the whole is unknown."""
        try:
            return await self._in_turn(chat, part, locale, None)
        except SendError as error:
            if error.cause == "throttled":
                self.pacing.pause(error.retry_after)
            raise SendError("unknown", f"in parts: {error.cause}") from None

    async def _in_turn(self, chat: int, part: Reply, locale: str, edits: int | None) -> int:
        while not self.pacing.room() or self.pacing.chat_wait(chat, answer=True) > 0:  # noqa: ASYNC110 - time alone
            await asyncio.sleep(max(self.pacing.wait(), self.pacing.chat_wait(chat, answer=True), 0.001))
        turn = self.pacing.begin(chat)
        try:
            self._still_sender()
            return await self.channel.send(chat, part, locale, edits=edits)
        finally:
            self.pacing.end(turn)

    def _still_sender(self) -> None:
        """The fence: a node that was paused, or cannot reach the database, must not send what another may be sending."""
        if not self.role.sure():
            raise SendError("held", "no longer the one that sends")
        if self.pacing.paused_for > 0:
            raise SendError("held", "paused")

    async def _leave(self, one: Delivery) -> Outcome:
        """Leaves a group; where the bot is out already (or the group is gone) that is as good."""
        try:
            await self.channel.leave(one.chat)
        except SendError as error:
            if error.cause not in ("blocked", "refused"):
                raise
        return Outcome(one.id, "sent")


def parts_of(reply: Reply, limit: int) -> list[Reply]:
    """The messages that a reply is, each within the channel's limit; buttons stand under the last."""
    texts = split_text(reply.text, limit)
    return [*(Reply(text) for text in texts[:-1]), replace(reply, text=texts[-1])]


def without_buttons(reply: Reply) -> Reply:
    """The same with its choices as lines, which a typed number or word answers too."""
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(reply.choices, 1)]
    return replace(reply, text="\n".join((reply.text, "", *lines)), choices=())


def as_list(choices: tuple[Choice, ...]) -> list[Any] | None:
    """The choices as the row keeps them: [[label, data, word, …], …]; None where the screen has none."""
    return [[choice.label, choice.data, *choice.words] for choice in choices] or None

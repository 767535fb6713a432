"""How fast the channel may be asked: evenly spaced for the whole bot, a small bucket for each chat.

Evenly spaced sends at 98 % of the limit use it without a refusal (a bucket that lets a burst through does not). A
chat takes answers at once up to five in a row, refilled one a second; an unsolicited message at most one a second.
"""

import asyncio
from collections.abc import Callable

ANSWER_BURST = 5.0
REMEMBERED_CHATS = 10_000


class Pacing:
    """`per_second` for the whole bot, `chat_per_second` for one chat; `steady` gives seconds that never go back."""

    def __init__(self, per_second: float, steady: Callable[[], float], chat_per_second: float = 1.0) -> None:
        self._gap = 1.0 / per_second
        self._chat_rate = chat_per_second
        self._steady = steady
        self._free_at = 0.0
        self._chats: dict[int, tuple[float, float]] = {}
        self.paused_until = 0.0

    async def turn(self, chat: int, *, answer: bool) -> None:
        """Waits until this chat, and then the whole bot, may be sent to, and takes the turn."""
        tokens = self._tokens(chat)
        need = 1.0 if answer else ANSWER_BURST
        if tokens < need:
            await asyncio.sleep((need - tokens) / self._chat_rate)
        self._take(chat)
        while (wait := self.paused_until - self._steady()) > 0:  # noqa: ASYNC110 - a longer pause may be asked for meanwhile
            await asyncio.sleep(wait)
        start = max(self._free_at, self._steady())
        self._free_at = start + self._gap
        if start > self._steady():
            await asyncio.sleep(start - self._steady())

    def pause(self, seconds: float) -> None:
        """Nothing goes out for so long: the server asked for it."""
        self.paused_until = max(self.paused_until, self._steady() + seconds)

    def _tokens(self, chat: int) -> float:
        tokens, at = self._chats.get(chat, (ANSWER_BURST, 0.0))
        return min(ANSWER_BURST, tokens + (self._steady() - at) * self._chat_rate)

    def _take(self, chat: int) -> None:
        self._chats[chat] = (max(0.0, self._tokens(chat) - 1.0), self._steady())
        if len(self._chats) > REMEMBERED_CHATS:
            full = ANSWER_BURST / self._chat_rate
            self._chats = {c: v for c, v in self._chats.items() if self._steady() - v[1] < full}

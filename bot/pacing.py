"""How fast the channel may be asked: one bucket for the whole bot, a small one for each chat.

A bucket is filled by time and emptied when a send begins; what is on its way keeps its place in the bucket until it is
answered. So whatever the network does in between (sends that bunch up, answers that come late), a server that counts
arrivals with a bucket at least as large and as fast never finds it empty: nothing is refused, and nearly the whole
limit is used. A chat takes answers at once up to five in a row, refilled one a second; an unsolicited message at most
one a second, and in a group one every three.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

BURST_SECONDS = 0.25
BURST_AT_LEAST = 8.0
ANSWER_BURST = 5.0
GROUP_SHARE = 20 / 60
ARRIVED_AFTER = 2.0
"""A send that is not answered for so long has surely arrived: a hanging one must not hold up the others."""
NO_WAIT = 0.001
REMEMBERED_CHATS = 10_000
UNLIMITED = 1e9


class Bucket:
    """`rate` tokens a second up to `size`; `begin` takes one and keeps its place until `end`."""

    def __init__(self, rate: float, size: float, now: float) -> None:
        self.rate = rate
        self.size = size
        self._level = size
        self._at = now
        self._under_way: dict[int, float] = {}
        self._begun = 0

    def level(self, now: float) -> float:
        """Sends that may begin now; changes nothing."""
        return max(self._level, min(self.size - len(self._under_way), self._level + (now - self._at) * self.rate))

    def wait(self, need: float, now: float) -> float:
        """Seconds until there will be so many."""
        wait = (need - self.level(now)) / self.rate
        return wait if wait > NO_WAIT else 0.0

    def begin(self, now: float) -> int:
        """Takes one; the number to end it by."""
        self._fill(now)
        self._level -= 1.0
        self._begun += 1
        self._under_way[self._begun] = now
        return self._begun

    def end(self, number: int, now: float) -> None:
        """It has been answered, whatever the answer."""
        self._fill(now)
        self._under_way.pop(number, None)

    def forget_hanging(self, now: float) -> None:
        self._fill(now)
        if self._under_way:
            self._under_way = {n: began for n, began in self._under_way.items() if now - began < ARRIVED_AFTER}

    def _fill(self, now: float) -> None:
        # Filled as far as the sends under way allowed until now: they leave their places only after this.
        self._level, self._at = self.level(now), now


@dataclass(frozen=True)
class Turn:
    """One send under way."""

    chat: int
    number: int
    chat_number: int


class Pacing:
    """`per_second` for the whole bot, `chat_per_second` for one chat; `steady` gives seconds that never go back."""

    def __init__(self, per_second: float, steady: Callable[[], float], chat_per_second: float = 1.0) -> None:
        self._steady = steady
        self._chat_rate = chat_per_second
        self._all = Bucket(per_second, max(BURST_AT_LEAST, per_second * BURST_SECONDS), steady())
        self._chats: dict[int, Bucket] = {}
        self.paused_until = 0.0

    def room(self) -> int:
        """How many sends may begin now, to whichever chats."""
        if self.paused_for > 0:
            return 0
        now = self._steady()
        self._all.forget_hanging(now)
        return max(0, math.floor(self._all.level(now) + self._all.rate * NO_WAIT))

    def wait(self) -> float:
        """Seconds until there is room; sooner where a send under way is answered."""
        return max(self.paused_for, self._all.wait(1.0, self._steady()))

    def chat_wait(self, chat: int, *, answer: bool) -> float:
        """Seconds until this chat may be sent to; asked from any thread."""
        bucket = self._chats.get(chat)
        return 0.0 if bucket is None else bucket.wait(1.0 if answer else bucket.size, self._steady())

    def begin(self, chat: int) -> Turn:
        """A send begins; `end` its turn whatever becomes of it."""
        now = self._steady()
        if chat not in self._chats:
            self._forget_quiet(now)
            rate = self._chat_rate if chat > 0 else self._chat_rate * GROUP_SHARE
            self._chats[chat] = Bucket(rate, ANSWER_BURST * max(1.0, self._chat_rate), now)
        return Turn(chat, self._all.begin(now), self._chats[chat].begin(now))

    def end(self, turn: Turn) -> None:
        """What was sent has been answered; twice changes nothing."""
        now = self._steady()
        self._all.end(turn.number, now)
        if turn.chat in self._chats:
            self._chats[turn.chat].end(turn.chat_number, now)

    def pause(self, seconds: float) -> None:
        """Nothing goes out for so long: the server asked for it."""
        self.paused_until = max(self.paused_until, self._steady() + seconds)

    @property
    def paused_for(self) -> float:
        """Seconds that the pause still lasts."""
        return max(0.0, self.paused_until - self._steady())

    def _forget_quiet(self, now: float) -> None:
        if len(self._chats) >= REMEMBERED_CHATS:
            self._chats = {chat: bucket for chat, bucket in self._chats.items() if bucket.level(now) < bucket.size}

"""How fast a bot may send, when the limits are switched on.

The model, after Telegram's FAQ and what its maintainers say (the true numbers change and are not published):

* over all chats 30 messages a second;
* in one private chat 1 a second, with a burst of 5, so that an answer may come in several messages;
* in one group 20 a minute;
* sending and editing count together, an album counts as many messages as it has parts;
  answering a button press, chat actions, deleting and every get… are free.

Each limit is a bucket that refills steadily. An empty bucket answers 429 with `retry_after`, the whole seconds until
there is room again. That closes the chat (or, for the overall limit, the bot) until then, and each call made in spite of
it adds one second, as pushing on does. Time here is real seconds, because a bot paces itself by them, whatever the
pretend date is.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

_FREE = ("get", "set", "delete", "answer", "leave", "close", "log")


@dataclass
class _Bucket:
    size: float
    per_second: float
    level: float
    at: float
    closed_until: float = 0.0

    def wait_for(self, now: float, cost: int) -> float:
        """0 when the call may pass (and is counted), else the seconds to wait."""
        if now < self.closed_until:
            self.closed_until += 1
            return self.closed_until - now
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        if self.level < 1:
            self.closed_until = now + math.ceil((1 - self.level) / self.per_second)
            return self.closed_until - now
        self.level -= cost
        return 0


@dataclass(frozen=True)
class Limits:
    """The numbers of the model: messages per second and bursts."""

    overall_per_second: float = 30
    chat_per_second: float = 1
    chat_burst: float = 5
    group_per_minute: float = 20


class Gate:
    """Counts one bot's calls against the limits."""

    def __init__(self, limits: Limits, time_now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._time = time_now
        per_second = limits.overall_per_second
        self._overall = _Bucket(per_second, per_second, per_second, time_now())
        self._chats: dict[int, _Bucket] = {}

    def retry_after(self, method: str, chat_id: int | None, messages: int = 1) -> int:
        """0 when the call may pass, else whole seconds for `retry_after`."""
        if method.startswith(_FREE) or method == "sendchataction" or chat_id is None:
            return 0
        now = self._time()
        wait = self._chat(chat_id, now).wait_for(now, messages)
        if not wait:
            wait = self._overall.wait_for(now, messages)
        return math.ceil(wait)

    def _chat(self, chat_id: int, now: float) -> _Bucket:
        bucket = self._chats.get(chat_id)
        if bucket is None:
            limits = self._limits
            size = limits.chat_burst if chat_id > 0 else limits.group_per_minute
            speed = limits.chat_per_second if chat_id > 0 else limits.group_per_minute / 60
            bucket = self._chats[chat_id] = _Bucket(size, speed, size, now)
        return bucket

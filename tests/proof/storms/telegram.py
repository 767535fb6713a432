"""A Telegram in memory: it takes what arrives, and what the sender hears of it depends on the weather."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.proof.storms.weather import STRANGE

MARKS = ("【重发】", "[Sent again] ")


@dataclass
class Arrived:
    at: datetime
    marked: bool
    notices: frozenset[int]


@dataclass
class Telegram:
    """`arrived`: by row of the outbox what came to the phone, in order; `unsure`: how often a row's sender could not
    know; `eager`: calls made before `closed_until`, the end of a
    pause that the bot had noted."""

    chance: random.Random
    calls: int = 0
    line: str = "clear"
    arrived: dict[int, list[Arrived]] = field(default_factory=lambda: defaultdict(list))
    unsure: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    closed_until: datetime | None = None
    eager: int = 0

    def send(self, row: int, text: str, notices: frozenset[int], now: datetime) -> tuple[str, int, timedelta]:
        """What the sender hears: a cause of bot/channel.py or `sent`, how long to wait, how long it took."""
        self.calls += 1
        if self.closed_until is not None and now < self.closed_until:
            self.eager += 1
        line = self.chance.choice(("clear", *STRANGE)) if self.line == "gusts" else self.line
        if line == "throttled":
            wait = self.chance.choice((1, 3, 30, 300))
            return "throttled", wait, timedelta()
        if line in ("down", "cut before"):
            # No connection at all is not sent; one that was cut may have carried the message for all anybody knows.
            if line == "cut before":
                self.unsure[row] += 1
            return ("not_sent" if line == "down" else "unknown"), 0, timedelta(seconds=self.chance.uniform(0, 10))
        if line == "5xx":
            self.unsure[row] += 1
            return "unknown", 0, timedelta()
        self.arrived[row].append(Arrived(now, text.startswith(MARKS), notices))
        if line == "cut after":
            self.unsure[row] += 1
            return "unknown", 0, timedelta(seconds=self.chance.uniform(0, 20))
        slow = self.chance.uniform(1, 30) if line == "slow" else 0.05
        return "sent", 0, timedelta(seconds=slow)

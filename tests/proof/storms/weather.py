"""The weather between the bot and Telegram, and the bot's own power: episodes by a seed, one after the other."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = timedelta(hours=72)
LINES = ("clear", "down", "cut before", "cut after", "throttled", "5xx", "slow", "gusts")
"""What becomes of a call: `gusts`, one of the others each time. The bot's own `power` may fail in any weather."""
STRANGE = LINES[1:7]


@dataclass(frozen=True)
class Episode:
    until: datetime
    line: str
    power: bool


def forecast(start: datetime, chance: random.Random) -> Iterator[Episode]:
    """Half the time is clear; bad weather lasts from a minute to 72 hours, most of it short."""
    now = start
    while True:
        now += timedelta(hours=chance.choice((1, 3, 9, 20, 40)) * chance.uniform(0.5, 1.5))
        yield Episode(now, "clear", True)
        long = 60 * (LONGEST.total_seconds() / 60) ** chance.random()
        now += min(LONGEST, timedelta(seconds=long))
        yield Episode(now, chance.choice(LINES[1:]), chance.random() < 0.7)

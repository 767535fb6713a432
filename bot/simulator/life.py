"""Simulated helpers who go about their month: they visit, write one message, press 确认. Twelve households stay short."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.simulator.persons import NotOnScreen, Person

ROUNDS = ((3, 13), (14, 24))
HOURS = (time(12, 40), time(17, 30), time(18, 30), time(20, 30))
"""When people get round to writing: several at the same minute, so that a day of the demo's clock goes by quickly."""
SHORT = 12
SENTENCES = (
    "今天走了{names}家,人都在,没啥事",
    "{names}家今天去了,低保到账了",
    "下午到{names}家坐了坐,都好",
    "今天去{names}家,庄稼收得不错,没新情况",
)


@dataclass(frozen=True)
class Round:
    """One helper's walk: when the message is written, and which households it names."""

    at: datetime
    helper: Person
    heads: tuple[str, ...]


class Life:
    """`homes`: each helper with the names of the own households. Months are planned as the clock reaches them."""

    def __init__(
        self, seed: int, zone: ZoneInfo, homes: Sequence[tuple[Person, Sequence[str]]], short: int = SHORT
    ) -> None:
        self._seed = seed
        self._zone = zone
        self._homes = homes
        self._short = short
        self._rounds: list[Round] = []
        self._planned: set[date] = set()

    def next_at(self, now: datetime) -> datetime | None:
        """When somebody writes next; None in a township where nobody does."""
        self._plan(now)
        return self._rounds[0].at if self._rounds else None

    async def write_due(self, now: datetime) -> list[Person]:
        """Everybody whose hour has come writes; who did."""
        self._plan(now)
        wrote = []
        while self._rounds and self._rounds[0].at <= now:
            walk = self._rounds.pop(0)
            await walk.helper.send(self._sentence(walk))
            wrote.append(walk.helper)
        return wrote

    async def confirm(self, helpers: Sequence[Person]) -> None:
        """Presses 确认 on the card that came; where another question came it waits for a real answer."""
        for helper in helpers:
            for label in ("确认", "Confirm"):
                try:
                    await helper.tap(label)
                    break
                except NotOnScreen:
                    continue

    def _sentence(self, walk: Round) -> str:
        chance = random.Random(f"{walk.at} {walk.helper.id}")
        return chance.choice(SENTENCES).format(names="、".join(walk.heads))

    def _plan(self, now: datetime) -> None:
        month = now.astimezone(self._zone).date().replace(day=1)
        for first in (month, (month + timedelta(days=32)).replace(day=1)):
            if first not in self._planned:
                self._planned.add(first)
                self._rounds += [walk for walk in self._month(first) if walk.at > now]
                self._rounds.sort(key=lambda walk: walk.at)

    def _month(self, first: date) -> list[Round]:
        chance = random.Random(f"{self._seed} {first}")
        everyone = [(helper, head) for helper, heads in self._homes for head in heads]
        short = set(chance.sample(range(len(everyone)), min(self._short, len(everyone))))
        skipped = {everyone[at] for at in short}
        walks = []
        for number, (earliest, latest) in enumerate(ROUNDS):
            for helper, heads in self._homes:
                going = tuple(
                    head for head in heads if (number == 0 and chance.random() < 0.5) or (helper, head) not in skipped
                )
                if going:
                    day = first + timedelta(days=chance.randint(earliest, latest) - 1)
                    walks.append(Round(datetime.combine(day, chance.choice(HOURS), self._zone), helper, going))
        return walks

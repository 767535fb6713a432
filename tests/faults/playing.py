"""Plays the scripted month with one kind of township or another; what it leaves behind is a picture."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.cutting import Boundary, CutTown, Plan, never
from tests.faults.killing import KilledTown
from tests.faults.month import START, Month
from tests.faults.pictures import Picture, take_picture
from tests.stories.township import Town

WHILE_RECOVERING = (0, 1, -1, -1)
"""Before or after the first commit of the next process, or not again. (Later could be the same message's second send:
that one is not tried a third time.)"""
Deaths = Callable[[Boundary], bool]
Kills = Callable[[int], float | None]


async def play(town: Town, *, short: bool = False) -> Picture:
    """Opens the town, plays, closes it; `short` plays the first days only."""
    await town.open()
    month = Month(town)
    try:
        await (month.play_first_days() if short else month.play())
        return await town.app.database.read(take_picture, month.phones)
    finally:
        await town.close()


async def play_uncut(folder: Path, *, short: bool = False) -> tuple[Picture, Plan]:
    """The story as it should be, played once in a process; the plan has its boundaries."""
    if short not in _played:
        _played[short] = await play_with_cuts(folder, short=short)
    return _played[short]


_played: dict[bool, tuple[Picture, Plan]] = {}


async def play_with_cuts(
    folder: Path, deaths: Deaths = never, *, short: bool = False, database_url: str = ""
) -> tuple[Picture, Plan]:
    town = CutTown(folder, START, database_url)
    town.plan.deaths = deaths
    return await play(town, short=short), town.plan


async def play_with_kills(
    folder: Path, kills: Kills, *, short: bool = False, database_url: str = ""
) -> tuple[Picture, KilledTown]:
    town = KilledTown(folder, START, kills, database_url)
    return await play(town, short=short), town


def at_number(number: int) -> Deaths:
    """Dies at the boundary of this number in every stop that has so many."""
    return lambda boundary: boundary.life == 0 and boundary.number == number


def in_turn(seed: int, counts: Counter[int]) -> Deaths:
    """Dies once in every stop, each time one boundary later than in the stop before."""
    chosen = {stop: (seed + turn) % count for turn, (stop, count) in enumerate(sorted(counts.items()))}
    return lambda boundary: boundary.life == 0 and chosen.get(boundary.stop) == boundary.number


def by_chance(seed: int, counts: Counter[int], often: float) -> Deaths:
    """Dies in so many of the stops, at any of their boundaries, and after half of these deaths once more, while the
    next process takes up what was left; `counts` has the boundaries of each stop."""
    chance = random.Random(seed)
    chosen = {
        stop: (chance.randrange(count), chance.choice(WHILE_RECOVERING))
        for stop, count in sorted(counts.items())
        if chance.random() < often
    }
    return lambda boundary: boundary.life < 2 and chosen.get(boundary.stop, (-1, -1))[boundary.life] == boundary.number


def count_by_stop(plan: Plan) -> Counter[int]:
    return Counter(boundary.stop for boundary in plan.passed)

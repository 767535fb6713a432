"""Kills a real process by SIGKILL while it does the scripted month, each time at a moment chosen by a seed.

The moments lie between an action and the end of what the bot needs for it, as measured in a first story without kills.
Each story is compared with that of a bot that never died.
"""

import argparse
import asyncio
import random
import tempfile
from collections import Counter
from pathlib import Path

from tests.benchmarks.figures import record
from tests.faults.killing import KilledTown
from tests.faults.pictures import Difference, Picture, compare
from tests.faults.playing import Kills, play_with_cuts, play_with_kills

SENDS = ("before a send", "before an edit")
OFTEN = 0.6
"""In so many of the stops with something to send the bot is killed, and in a tenth as many of the others."""


def prove(options: argparse.Namespace) -> bool:
    """Whether nothing was lost and nothing doubled unmarked, over so many kills."""
    uncut, lasted, busy = asyncio.run(_uncut())
    caught: Counter[str] = Counter()
    total, seed = Difference(), options.seed
    while caught.total() < options.kills:
        killed, town = asyncio.run(_killed(_by_chance(seed, lasted, busy)))
        difference = compare(uncut, killed)
        caught += town.caught
        total.lost += difference.lost
        total.doubled += difference.doubled
        total.repeated += difference.repeated
        _say(seed, town, difference)
        seed += 1
    return _record(options, caught, total)


async def _uncut() -> tuple[Picture, dict[int, float], set[int]]:
    """The story in this process, how long each rest takes a process of its own (which must leave the same), and the
    stops with something to send."""
    with tempfile.TemporaryDirectory() as folder:
        uncut, plan = await play_with_cuts(Path(folder) / "here")
        alone, town = await play_with_kills(Path(folder) / "there", lambda stop: None)
    difference = compare(uncut, alone)
    assert difference == Difference(), difference
    return uncut, town.lasted, {boundary.stop for boundary in plan.passed if boundary.where in SENDS}


def _by_chance(seed: int, lasted: dict[int, float], busy: set[int]) -> Kills:
    chance = random.Random(seed)
    often = {stop: OFTEN if stop in busy else OFTEN / 10 for stop in sorted(lasted)}
    chosen = {stop: chance.random() for stop in often if chance.random() < often[stop]}
    return lambda stop: chosen[stop] * lasted[stop] if stop in chosen else None


async def _killed(kills: Kills) -> tuple[Picture, KilledTown]:
    with tempfile.TemporaryDirectory() as folder:
        return await play_with_kills(Path(folder), kills)


def _say(seed: int, town: KilledTown, difference: Difference) -> None:
    caught = ", ".join(f"{count} {what}" for what, count in town.caught.most_common())
    print(f"seed {seed}: {len(town.killed)} kills (left: {caught}), repeated {difference.repeated}", flush=True)
    for word in ("lost", "doubled"):
        for what in getattr(difference, word):
            print(f"  {word}: {what}; killed at {town.killed}", flush=True)


def _record(options: argparse.Namespace, caught: Counter[str], total: Difference) -> bool:
    command = f"python -m tests.proof kills --kills {options.kills} --seed {options.seed}"
    kills, lost, doubled = caught.total(), len(total.lost), len(total.doubled)
    busy = kills - caught["nothing"]
    figures = (
        ("kills: SIGKILLs of a real process", kills, "kills", "≥ 50", kills >= 50),
        ("kills: of them with something half done", busy, "kills", "half", busy * 2 >= kills),
        ("kills: rows and messages lost", lost, "", "0", lost == 0),
        ("kills: rows and messages doubled", doubled, "", "0", doubled == 0),
        ("kills: messages repeated and marked so", total.repeated, "", "≤ kills", total.repeated <= kills),
    )
    for name, value, unit, goal, ok in figures:
        record(name, value, unit, goal, ok, command, file="proof.json")
    return all(ok for *_, ok in figures)

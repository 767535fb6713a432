"""Kills a real process by SIGKILL while it does the scripted month, each time at a moment chosen by a seed.

The moments lie between an action and the end of what the bot needs for it, as measured in a first story without kills
on the same database. Each story is compared with that of a bot that never died, on SQLite.
"""

import argparse
import asyncio
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.figures import record
from tests.faults.cutting import Boundary
from tests.faults.killing import KilledTown
from tests.faults.pictures import Difference, Picture, compare
from tests.faults.playing import Kills, play_with_cuts, play_with_kills
from tests.proof.databases import choose, database

SENDS = ("before a send", "before an edit")
OFTEN = 0.6
"""In so many of the stops with something to send the bot is killed, and in a tenth as many of the others."""


@dataclass
class Total:
    """`kills` by database, what they `caught` the bot in the middle of, what was left wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    wrong: Difference = field(default_factory=Difference)

    def add(self, kind: str, town: KilledTown, difference: Difference) -> None:
        self.kills[kind] += len(town.killed)
        self.caught += town.caught
        self.wrong.lost += difference.lost
        self.wrong.doubled += difference.doubled
        self.wrong.repeated += difference.repeated


def prove(options: argparse.Namespace) -> bool:
    """Whether nothing was lost and nothing doubled unmarked, over so many kills, as many on each database."""
    uncut, boundaries = asyncio.run(_uncut())
    busy = {boundary.stop for boundary in boundaries if boundary.where in SENDS}
    total = Total()
    with choose(options.database) as servers:
        for server in servers:
            _kill_often(options.seed, server, -(-options.kills // len(servers)), uncut, busy, total)
    return _record(options, total)


async def _uncut() -> tuple[Picture, list[Boundary]]:
    """The story in this process, and what it passed."""
    with tempfile.TemporaryDirectory() as folder:
        uncut, plan = await play_with_cuts(Path(folder))
    return uncut, plan.passed


def _kill_often(seed: int, server: str, kills: int, uncut: Picture, busy: set[int], total: Total) -> None:
    kind = "PostgreSQL" if server else "SQLite"
    alone, town = _play(server, "unkilled", lambda stop: None)
    difference = compare(uncut, alone)
    assert difference == Difference(), difference
    lasted = town.lasted
    while total.kills[kind] < kills:
        killed, town = _play(server, f"killed{seed}", _by_chance(seed, lasted, busy))
        difference = compare(uncut, killed)
        total.add(kind, town, difference)
        _say(f"seed {seed} on {kind}", town, difference)
        seed += 1


def _by_chance(seed: int, lasted: dict[int, float], busy: set[int]) -> Kills:
    chance = random.Random(seed)
    often = {stop: OFTEN if stop in busy else OFTEN / 10 for stop in sorted(lasted)}
    # Rather early: towards the end little is left to do.
    chosen = {stop: chance.triangular(0, 1, 0) for stop in often if chance.random() < often[stop]}
    return lambda stop: chosen[stop] * lasted[stop] if stop in chosen else None


def _play(server: str, name: str, kills: Kills) -> tuple[Picture, KilledTown]:
    with tempfile.TemporaryDirectory() as folder, database(server, name) as url:
        return asyncio.run(play_with_kills(Path(folder), kills, database_url=url))


def _say(story: str, town: KilledTown, difference: Difference) -> None:
    caught = ", ".join(f"{count} {what}" for what, count in town.caught.most_common())
    print(f"{story}: {len(town.killed)} kills (left: {caught}), repeated {difference.repeated}", flush=True)
    for word in ("lost", "doubled"):
        for what in getattr(difference, word):
            print(f"  {word}: {what}; killed at {town.killed}", flush=True)


def _record(options: argparse.Namespace, total: Total) -> bool:
    command = f"python -m tests.proof kills --kills {options.kills} --database {options.database} --seed {options.seed}"
    kills, lost, doubled = total.kills.total(), len(total.wrong.lost), len(total.wrong.doubled)
    both = ", ".join(f"{number} on {kind}" for kind, number in total.kills.items())
    busy = kills - total.caught["nothing"]
    repeated = total.wrong.repeated
    figures = (
        ("kills: SIGKILLs of a real process", kills, f"kills ({both})", "≥ 50", kills >= 50),
        ("kills: of them with something half done", busy, "kills", "half", busy * 2 >= kills),
        ("kills: rows and messages lost", lost, "", "0", lost == 0),
        ("kills: rows and messages doubled", doubled, "", "0", doubled == 0),
        ("kills: messages repeated and marked so", repeated, "", "≤ kills", repeated <= kills),
    )
    for name, value, unit, goal, ok in figures:
        record(name, value, unit, goal, ok, command, file="proof.json")
    return all(ok for *_, ok in figures)

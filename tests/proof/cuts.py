"""Dies at every boundary of the scripted month: before and after each commit that writes and each call to Telegram.

One story dies once in each of its stops: the first story at the first boundary of every stop, the next at the second,
until no stop has so many. Further stories die by chance, some again while they recover. Each is compared with the
story of a bot that never died. Where the packaged PostgreSQL is installed, some of those by chance run on it, and must
leave what the undisturbed one leaves on SQLite.
"""

import argparse
import asyncio
import logging
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from tests.benchmarks.figures import record
from tests.faults.cutting import Boundary, Plan, never
from tests.faults.pictures import Difference, Picture, compare
from tests.faults.playing import Deaths, at_number, by_chance, count_by_stop, play_with_cuts
from tests.proof.databases import database, postgres

BY_CHANCE = 6
ON_POSTGRES = 3
OFTEN = 0.5


@dataclass(frozen=True)
class Story:
    """One story to play: `number` of the boundary in each stop, or else `seed`; `server` is a PostgreSQL's address."""

    number: int | None
    seed: int
    counts: Counter[int]
    server: str = ""

    def deaths(self) -> Deaths:
        return by_chance(self.seed, self.counts, OFTEN) if self.number is None else at_number(self.number)

    def __str__(self) -> str:
        where = " on PostgreSQL" if self.server else ""
        return f"seed {self.seed}{where}" if self.number is None else f"boundary {self.number} of every stop"


def prove(options: argparse.Namespace) -> bool:
    """Whether nothing was lost, nothing doubled unmarked, and no cut cost more than one repeat."""
    uncut, plan = asyncio.run(_played(never))
    counts = count_by_stop(plan)
    stories = [Story(number, options.seed, counts) for number in range(max(counts.values()))]
    stories += [Story(None, options.seed + more, counts) for more in range(BY_CHANCE)]
    print(f"{len(plan.passed)} boundaries in {len(counts)} stops", flush=True)
    died: set[tuple[int, int]] = set()
    cuts, most, total = 0, 0.0, Difference()
    for story, boundaries, difference in _play_all(stories, uncut, options.workers):
        died |= {(boundary.stop, boundary.number) for boundary in boundaries if boundary.life == 0}
        cuts += len(boundaries)
        most = max(most, difference.repeated / max(1, len(boundaries)))
        total.lost += difference.lost
        total.doubled += difference.doubled
        total.repeated += difference.repeated
        _say(story, boundaries, difference)
    passed = {(boundary.stop, boundary.number) for boundary in plan.passed}
    return _record(options.seed, cuts, len(passed), len(passed & died), most, total)


def _play_all(stories: list[Story], uncut: Picture, workers: int) -> Iterator[tuple[Story, list[Boundary], Difference]]:
    with postgres() as server, ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        if server:
            last = stories[-1]
            stories = stories + [Story(None, last.seed + more + 1, last.counts, server) for more in range(ON_POSTGRES)]
        for story, (picture, boundaries) in zip(stories, pool.map(_play, stories), strict=True):
            yield story, boundaries, compare(uncut, picture)


def _play(story: Story) -> tuple[Picture, list[Boundary]]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable()
    with database(story.server, f"story{story.seed}") as url:
        picture, plan = asyncio.run(_played(story.deaths(), url))
    return picture, plan.cuts


async def _played(deaths: Deaths, url: str = "") -> tuple[Picture, Plan]:
    with tempfile.TemporaryDirectory() as folder:
        return await play_with_cuts(Path(folder), deaths, database_url=url)


def _say(story: Story, boundaries: list[Boundary], difference: Difference) -> None:
    places = ", ".join(f"{count} {where}" for where, count in Counter(each.where for each in boundaries).most_common())
    print(f"{story}: died {len(boundaries)} times ({places}), repeated {difference.repeated}", flush=True)
    for word in ("lost", "doubled"):
        for what in getattr(difference, word):
            print(f"  {word}: {what}", flush=True)


def _record(seed: int, cuts: int, boundaries: int, died: int, most: float, total: Difference) -> bool:
    command = f"python -m tests.proof cuts --seed {seed}"
    lost, doubled = len(total.lost), len(total.doubled)
    figures = (
        ("cuts: boundaries of a scripted month died at", died, f"of {boundaries}", "all", died == boundaries),
        ("cuts: deaths", cuts, "deaths", "each boundary at least once", cuts >= boundaries),
        ("cuts: rows and messages lost", lost, "", "0", lost == 0),
        ("cuts: rows and messages doubled", doubled, "", "0", doubled == 0),
        ("cuts: messages repeated and marked so, a death", most, "at most", "1", most <= 1),
    )
    for name, value, unit, goal, ok in figures:
        record(name, value, unit, goal, ok, command, file="proof.json")
    return all(ok for *_, ok in figures)

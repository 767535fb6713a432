"""The first days of the month with a bot in a process of its own that is killed by SIGKILL; `make proof` kills often."""

import random
from pathlib import Path

import pytest

from tests.benchmarks.figures import record_short
from tests.faults.pictures import compare
from tests.faults.playing import play_uncut, play_with_kills

pytestmark = pytest.mark.xdist_group("faults")
SEED = 20261031
KILLS = 3
LATEST = 0.08
"""Seconds after an action: so long a bot is busy with it."""


async def test_a_bot_that_is_killed_three_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    uncut, plan = await play_uncut(tmp_path / "uncut", short=True)
    chance = random.Random(SEED)
    busy = sorted({boundary.stop for boundary in plan.passed if boundary.where == "before a send"})
    chosen = {stop: chance.uniform(0, LATEST) for stop in chance.sample(busy, KILLS)}
    killed, town = await play_with_kills(tmp_path / "killed", chosen.get, short=True)
    difference = compare(uncut, killed)
    told = f"seed {SEED}, killed at {town.killed}"
    wrong = len(difference.lost) + len(difference.doubled)
    record_short("kills: rows and messages lost or doubled", wrong, f"in {KILLS} kills", "0", not wrong)
    assert len(town.killed) == KILLS, told
    assert not difference.lost, told
    assert not difference.doubled, told
    assert difference.repeated <= KILLS, told

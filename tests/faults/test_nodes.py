"""Two nodes on one PostgreSQL: one is killed, one is paused and wakes up; nothing is lost, nothing goes twice."""

from pathlib import Path

import pytest

from tests.faults.month import START
from tests.faults.nodes import Blow, NodesTown
from tests.faults.pictures import compare
from tests.faults.playing import play, play_uncut

pytestmark = pytest.mark.xdist_group("faults")
BLOWS = (Blow("kill", 0.003, 0), Blow("pause", 0.0, 0, wakes_after=3), Blow("pause", 0.006, 0))


async def test_two_nodes_of_which_one_dies_and_one_is_paused_are_as_good_as_one(
    tmp_path: Path, postgres_url: str
) -> None:
    uncut, plan = await play_uncut(tmp_path / "uncut", short=True)
    busy = sorted({boundary.stop for boundary in plan.passed if boundary.where == "before a send"})
    town = NodesTown(tmp_path / "nodes", START, postgres_url, blows=dict(zip(busy[4::6], BLOWS, strict=False)).get)
    struck = await play(town, short=True)
    difference = compare(uncut, struck)
    told = f"blows {town.failovers}"
    assert len(town.failovers) == len(BLOWS), told
    assert not difference.lost, told
    assert not difference.doubled, told
    assert difference.repeated <= len(BLOWS), told
    assert max(each.seconds for each in town.failovers) < 30, told

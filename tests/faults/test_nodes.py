"""Two nodes on one PostgreSQL: one is killed, others are paused and wake up; nothing is lost, nothing goes twice.

`make proof` plays the whole scripted month this way.
"""

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.month import START
from tests.faults.nodes import Blow, NodesTown
from tests.faults.pictures import AGAIN

pytestmark = pytest.mark.xdist_group("faults")
BLOWS = (
    Blow("kill", 0.002, 0), Blow("pause", 0.0, 0), Blow("pause", 0.005, 0),
)  # fmt: skip


async def test_everybody_is_answered_once_whatever_happens_to_the_nodes(tmp_path: Path, postgres_url: str) -> None:
    town = NodesTown(tmp_path, START, postgres_url)
    await town.open()
    helpers = [await town.person(name, "helper") for name in ("何乐德", "张伟")]
    for number, blow in enumerate((*BLOWS, None, None), start=town.stops + 1):
        town.blows = {number: blow}.get
        for helper in helpers:
            await helper.send("帮助")
            await helper.send("待办")
        await town.settle()
        for helper in helpers:
            told = town.told(helper)
            plain = Counter(text for text in told if not text.startswith(AGAIN))
            assert len({text.removeprefix(AGAIN[0]) for text in told}) == 2, (blow, told)
            assert max(plain.values(), default=0) <= 1, (blow, told)
            assert len(told) <= 3, (blow, told)
    assert [each.blow for each in town.failovers] == list(BLOWS)
    assert max(each.seconds for each in town.failovers) < 30, town.failovers
    await town.close()

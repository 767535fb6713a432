"""The first days of the month with a bot that dies at boundaries chosen by a seed; `make proof` takes all of them."""

from pathlib import Path

import pytest

from tests.benchmarks.figures import record_short
from tests.faults.cutting import CutTown
from tests.faults.month import START
from tests.faults.pictures import compare
from tests.faults.playing import count_by_stop, in_turn, play_uncut, play_with_cuts

pytestmark = pytest.mark.xdist_group("faults")
SEED = 20261031


async def test_a_bot_that_dies_in_every_stop_loses_and_doubles_nothing(tmp_path: Path) -> None:
    uncut, plan = await play_uncut(tmp_path / "uncut", short=True)
    counts = count_by_stop(plan)
    cut, plan = await play_with_cuts(tmp_path / "cut", in_turn(SEED, counts), short=True)
    difference = compare(uncut, cut)
    told = f"seed {SEED}, died at {plan.cuts}"
    wrong = len(difference.lost) + len(difference.doubled)
    record_short("cuts: rows and messages lost or doubled", wrong, f"in {len(plan.cuts)} deaths", "0", not wrong)
    assert len(plan.cuts) == len(counts), told
    assert not difference.lost, told
    assert not difference.doubled, told
    assert difference.repeated <= len(plan.cuts), told


@pytest.mark.parametrize(
    ("where", "comes"),
    [("before a send", ["【重发】"]), ("after a send", ["", "【重发】"]), ("before a commit", [""])],
)
async def test_an_answer_comes_once_or_says_that_it_may_be_the_second(
    tmp_path: Path, where: str, comes: list[str]
) -> None:
    town = CutTown(tmp_path, START)
    await town.open()
    stranger = town.sim.person("生人")
    town.plan.deaths = lambda boundary: boundary.life == 0 and boundary.where == where
    await stranger.send("你好")
    await town.settle()
    assert [text.partition("您好")[0] for text in town.told(stranger)] == comes
    await town.close()


async def test_a_photo_is_fetched_at_once_by_the_next_process(tmp_path: Path) -> None:
    town = CutTown(tmp_path, START)
    await town.open()
    helper = await town.person("张伟", "helper")
    await town.household("林荣", helper="张伟")
    town.plan.deaths = lambda boundary: boundary.life == 0 and boundary.where == "after a download"
    await helper.photo(caption="今天去了林荣家,没啥事")
    await town.wait(seconds=5)
    assert town.plan.cuts
    assert "照片1张,已存" in helper.text
    await town.close()

"""Photos in several orders with a bot that dies at one boundary after the other: nothing is lost, nothing comes twice."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.simulator.persons import Person as Phone
from tests.faults.cutting import CutTown, never
from tests.faults.pictures import Picture, compare, take_picture
from tests.faults.playing import Deaths, count_by_stop, in_turn
from tests.stories.pictures import again, photo

pytestmark = pytest.mark.xdist_group("faults")
START = datetime(2026, 10, 31, 1, 0, tzinfo=UTC)
SEEDS = (1, 3)


async def play(folder: Path, deaths: Deaths) -> tuple[Picture, CutTown]:
    town = CutTown(folder, START)
    town.plan.deaths = deaths
    await town.open()
    phone = await town.person("张伟", "helper")
    await town.household("李宁", helper="张伟")
    await town.household("王芳", helper="张伟")
    await town.go_to(date(2026, 11, 10), "18:00")
    await tell(town, phone)
    picture = await town.app.database.read(take_picture, {"张伟": phone})
    await town.close()
    return picture, town


async def tell(town: CutTown, phone: Phone) -> None:
    """An album with words and a part that comes late; then one used before, explained; then one for the visit just made."""
    (first, _) = await phone.album([photo(1), photo(2)], caption="今天去了李宁家,没啥事", at=1)
    await town.wait(seconds=3)
    await phone.album([photo(3)], album=first.album)
    await town.wait(seconds=3)
    await phone.send("好")
    await town.settle()
    await town.go_to(date(2026, 11, 11), "18:00")
    await phone.album([photo(4), again(2)], caption="今天去了王芳家,没啥事")
    await town.wait(seconds=3)
    await phone.tap("是同一张,说明一下")
    await town.settle()
    await phone.send("用的是上次的")
    await town.settle()
    await phone.send("好")
    await town.settle()
    await phone.photo(photo(5))
    await town.wait(seconds=3)
    await phone.send("添加")
    await town.settle()


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_bot_that_dies_while_photos_come_loses_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    uncut, town = await play(tmp_path / "uncut", never)
    counts = count_by_stop(town.plan)
    cut, town = await play(tmp_path / "cut", in_turn(seed, counts))
    difference = compare(uncut, cut)
    told = f"seed {seed}, died at {town.plan.cuts}"
    assert town.plan.cuts, told
    assert not difference.lost, told
    assert not difference.doubled, told

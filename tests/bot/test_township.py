"""The generated township: the reference figures, the same from the same seed, any size."""

from pathlib import Path

import pytest
from stdnum.cn import ric

from bot.simulator.township import township
from bot.simulator.township_sheets import write_households


def test_the_default_township_has_the_reference_figures() -> None:
    town = township()
    assert [village.groups for village in town.villages] == [9, 6, 8, 10]
    assert len(town.households) == 269
    assert sum(home.people for home in town.households) == 972
    assert len({(home.village, home.group) for home in town.households}) == 33
    assert len(town.helpers) == len({home.helper.phone for home in town.households}) == 136
    assert len(town.people) == 162


def test_the_same_seed_gives_the_same_township_and_another_seed_another() -> None:
    assert township(7) == township(7)
    assert township(7).households != township(8).households


def test_nobody_in_it_can_be_real() -> None:
    town = township(5, households=500)
    for home in town.households:
        assert home.head_id.startswith("999")
        assert ric.calc_check_digit(home.head_id) == home.head_id[17]
        assert home.phone == "" or home.phone.startswith("198")
    assert all(helper.phone.startswith("199") for helper in town.helpers)
    assert len({home.head_id for home in town.households}) == 500


@pytest.mark.parametrize(("villages", "households"), [(1, 1), (3, 10), (20, 21), (40, 5000)])
def test_it_scales_and_every_household_has_a_helper(villages: int, households: int) -> None:
    town = township(1, villages=villages, households=households)
    assert len(town.households) == households
    assert len({village.name for village in town.villages}) == villages
    assert {home.helper for home in town.households} <= set(town.helpers)


def test_it_refuses_sizes_that_make_no_township() -> None:
    with pytest.raises(ValueError, match="household in each"):
        township(1, villages=5, households=4)


def test_the_same_township_writes_the_same_file_apart_from_its_time(tmp_path: Path) -> None:
    write_households(township(), tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").stat().st_size > 10_000

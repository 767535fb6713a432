"""A few hundred updates of anything, on both databases; `make proof` walks ten thousand."""

from pathlib import Path

import pytest

from tests.benchmarks.figures import record_short
from tests.faults.fuzzing import START, play_fuzz, play_mangled
from tests.stories.township import Town

pytestmark = pytest.mark.xdist_group("faults")
SEED = 20261120


async def test_whatever_people_send_is_answered_and_nothing_is_lost(tmp_path: Path, database_url: str) -> None:
    fuzz, wrong = await play_fuzz(Town(tmp_path, START, database_url), SEED, 150)
    faults = len(fuzz.unanswered) + len(fuzz.spilled) + len(wrong)
    record_short("fuzz: unanswered, spilled, lost", faults, f"in {fuzz.updates} updates", "0", not faults)
    assert fuzz.updates >= 150
    assert fuzz.unanswered == []
    assert fuzz.spilled == []
    assert wrong == []


async def test_an_update_that_cannot_be_read_is_set_aside_and_the_next_is_answered(tmp_path: Path) -> None:
    aside, wrong = await play_mangled(Town(tmp_path, START), SEED, 100)
    assert aside > 10
    assert wrong == []

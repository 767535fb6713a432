"""A month of a few households in bad weather; `make proof` plays many, on both databases."""

from datetime import date
from pathlib import Path

from tests.benchmarks.figures import record_short
from tests.proof.months.lives import draw
from tests.proof.storms.checking import check
from tests.proof.storms.proving import play_storm

SEED = 20261122


def test_whatever_the_weather_nothing_is_lost_doubled_or_stale(tmp_path: Path) -> None:
    bot = play_storm(f"sqlite:///{tmp_path}/storm.db", draw(8, 1, SEED, date(2025, 1, 1)))
    found = check(bot)
    wrong = [*found.lost, *found.doubled, *found.stale, *found.wrong]
    record_short("storms: lost, doubled, stale, wrong", len(wrong), f"in {bot.steps} steps", "0", not wrong)
    assert wrong == [], f"seed {SEED}"
    assert bot.deaths > 0
    assert found.messages > 10

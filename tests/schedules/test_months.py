"""Some months of a small township, message by message as the model foretells; `make proof` plays two years of a large one."""

from datetime import date
from pathlib import Path

from tests.benchmarks.figures import record_short
from tests.proof.months.lives import draw
from tests.proof.months.proving import compare

HOUSEHOLDS, MONTHS, SEED = 30, 4, 20261122


def test_everybody_is_told_what_the_model_foretells(tmp_path: Path) -> None:
    verdict = compare(draw(HOUSEHOLDS, MONTHS, SEED, date(2025, 1, 1)), tmp_path)
    played, differ = verdict.played, len(verdict.differences)
    record_short("months: lines that differ from the model", differ, f"of {played.told}", "0", not differ)
    assert verdict.differences == [], f"seed {SEED}"
    assert played.messages > 100

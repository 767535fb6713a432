"""Every phrasing of `corpus.txt` is understood, or asked about, as written there."""

import pytest

from tests.handlers.parsing.corpus import CASES, Case, expected, five_households, found, parse


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number}-{case.text}")
def test_what_officers_type(case: Case) -> None:
    report = parse(case.text, five_households())
    assert found(report, case) == expected(case)


def test_the_corpus_is_large_and_a_third_of_it_is_asked_about() -> None:
    asked = sum(1 for case in CASES if any(part.startswith("?") for part in case.parts))
    assert len(CASES) >= 300
    assert asked >= len(CASES) / 4

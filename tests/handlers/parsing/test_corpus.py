"""Every phrasing of `corpus.txt` and of the grammar is understood, or asked about, as it should be."""

import pytest

from handlers.parsing import Report
from tests.handlers.parsing.corpus import CASES, Case, expected, found, parse, read
from tests.handlers.parsing.grammar import Grammar, Phrase, make_candidates


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"line {case.number}")
def test_what_officers_type(case: Case) -> None:
    report = read(case)
    assert found(report, case) == expected(case), case.text


def said(report: Report) -> set[tuple[int, str | None, object]]:
    return {(line.household_id, line.outcome, line.visited_on) for line in report.lines}


@pytest.mark.parametrize("households", [5, 60, 400])
def test_unambiguous_phrases_are_understood_without_a_question(households: int) -> None:
    grammar = Grammar(make_candidates(households, 7), seed=11)
    for phrase in grammar.phrases(200):
        report = parse(phrase.text, grammar.scope)
        assert not report.questions, phrase.text
        assert said(report) == phrase.lines, phrase.text


@pytest.mark.parametrize("households", [60, 400])
def test_doubtful_phrases_are_asked_about_and_the_right_household_is_offered(households: int) -> None:
    grammar = Grammar(make_candidates(households, 7), seed=12)
    for phrase in grammar.doubtful(300):
        check_asked(phrase, parse(phrase.text, grammar.scope))


def check_asked(phrase: Phrase, report: Report) -> None:
    asked = [question for question in report.questions if question.code in phrase.asks]
    assert asked, phrase.text
    offered = {household for question in asked for household in question.household_ids}
    assert not phrase.about or offered & phrase.about, phrase.text


def test_the_phrasings_are_many_and_a_third_of_them_is_asked_about() -> None:
    assert len(CASES) >= 300
    assert 3 * sum(case.asks for case in CASES) >= len(CASES)

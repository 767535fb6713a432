"""Whatever is typed: no error, no household that was not offered, no day to come, the same twice."""

from datetime import datetime

import cn2an
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.parsing import parse_report
from handlers.parsing.choices import parse_choice
from handlers.parsing.text import even, lower, numeral
from tests.handlers.parsing.corpus import CASES, NOW, five_households
from tests.handlers.parsing.grammar import Grammar, make_candidates

PIECES = sorted({case.text for case in CASES})
LETTERS = st.sampled_from(sorted({char for text in PIECES for char in text}))
typed = st.one_of(
    st.text(max_size=10_000),
    st.text(LETTERS, max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.tuples(st.sampled_from(PIECES), st.integers(0, 20), st.integers(0, 20)).map(
        lambda p: p[0][p[1] :] + p[0][: p[2]]
    ),
)
answer = st.one_of(st.none(), st.integers(-1, 9), st.text(max_size=12), st.lists(st.integers(0, 9), max_size=4))
MANY = Grammar(make_candidates(300, 3), 3).scope


@settings(max_examples=300, deadline=None)
@given(typed, st.booleans())
@example("走林荣去两户德林带0去医院", False)
def test_any_text_is_read_and_only_offered_households_are_found(text: str, many: bool) -> None:
    scope = MANY if many else five_households()
    report = parse_report(text, NOW, scope, sender="吴祥")
    named = (
        {line.household_id for line in report.lines}
        | {item.household_id for item in report.missed if item.household_id is not None}
        | set(report.others)
        | set(report.excepted)
        | {change.household_id for change in report.requests if change.household_id is not None}
        | {plan.household_id for plan in report.plans if plan.household_id is not None}
    )
    asked = {household for question in report.questions for household in question.household_ids}
    assert named | asked <= set(scope.by_id)
    assert all(line.visited_on is None or line.visited_on <= NOW.date() for line in report.lines)
    assert all(line.away_until is None or line.away_until > NOW.date() for line in report.lines)
    assert len({(line.household_id, line.visited_on) for line in report.lines}) == len(report.lines)
    assert report == parse_report(text, NOW, scope, sender="吴祥")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PIECES), answer)
def test_any_answer_is_taken_or_asked_for_again(text: str, given_answer: object) -> None:
    scope = five_households()
    report = parse_report(text, NOW, scope)
    again = parse_report(text, NOW, scope, answers={question.key: given_answer for question in report.questions})
    assert {line.household_id for line in again.lines} <= set(scope.by_id)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PIECES), st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001
def test_no_moment_makes_a_day_to_come(text: str, now: datetime) -> None:
    report = parse_report(text, now, five_households())
    assert all(line.visited_on is None or line.visited_on <= now.date() for line in report.lines)


@given(st.text(max_size=10_000))
def test_short_answers_take_any_text(text: str) -> None:
    parse_choice(text, [["李宁", "visit:a:1"], ["林荣", "visit:a:2", "2"]])


@given(st.text())
def test_evening_out_moves_no_character(text: str) -> None:
    assert len(lower(even(text))) == len(text)


@given(st.integers(1, 9999))
def test_numbers_in_words_are_read_as_the_library_writes_them(number: int) -> None:
    if number < 1000:
        assert numeral(cn2an.an2cn(number)) == number
    assert numeral(str(number)) == number

"""A typed number or word as the answer to a screen's choices."""

import pytest

from handlers.parsing.choices import parse_choice, plain

CHOICES = [["李宁", "visit:household:1"], ["林荣", "visit:household:2"], ["徐清发", "visit:household:3", "发娃", "👍"]]


@pytest.mark.parametrize(
    "text", ["2", "２", "二", "2️⃣", "②", "第二个", "选2", "2。", "林荣", "林 荣", "两", "visit:household:2"]
)
def test_a_choice_is_answered_by_number_word_or_data(text: str) -> None:
    assert parse_choice(text, CHOICES) == "visit:household:2"


@pytest.mark.parametrize("text", ["发娃", "👍", "👍🏽", "3", "3."])
def test_a_choice_answers_to_its_other_words_whatever_the_skin(text: str) -> None:
    assert parse_choice(text, CHOICES) == "visit:household:3"


@pytest.mark.parametrize("text", ["4", "0", "", "   ", "王大海", "李宁家和林荣家都去了", "2号楼", "第五个"])
def test_what_is_no_choice_is_none(text: str) -> None:
    assert parse_choice(text, CHOICES) is None


def test_a_word_two_choices_share_is_no_answer() -> None:
    assert parse_choice("李宁", [["李宁", "visit:household:1"], ["李宁", "visit:household:4"]]) is None


def test_a_sign_alone_is_one_spelling_in_every_skin() -> None:
    assert plain("👍🏿") == plain("👍") == "👍"

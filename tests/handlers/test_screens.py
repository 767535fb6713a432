"""Every screen in both languages: small, complete, answerable, polite; and every button leads somewhere."""

import re
from typing import Any

import pytest

from handlers import TABLE
from handlers.dispatch import exact_word, is_on_keyboard
from handlers.locales import LOCALES, Words
from handlers.parsing.choices import parse_choice
from handlers.reply import Choice, Reply
from handlers.screens import SCREENS, load_screens, tell_apart
from tests.handlers.samples import SAMPLES

load_screens()
NEVER = ("!", "!", "{", "}", "逾期", "未完成", "升级", "  ")
ITEMS = 10
AIM_BYTES, HARD_CHARACTERS, BUTTON_BYTES, LABEL_CHARACTERS, BUTTONS = 2048, 4096, 64, 40, 26
KINDS = [
    pytest.param(kind, locale, id=f"{kind}-{locale}")
    for kind in sorted(set(SCREENS) & set(SAMPLES))
    for locale in LOCALES
]


class Strict(Words):
    """Words that know when they are asked for a text that is not there."""

    def __call__(self, key: str, **values: Any) -> str:
        assert self.has(key), f"no text {key} in {self.locale}"
        return super().__call__(key, **values)


def test_every_screen_has_a_sample() -> None:
    assert sorted(set(SCREENS) - set(SAMPLES)) == []


def test_every_sample_has_a_screen() -> None:
    assert sorted(set(SAMPLES) - set(SCREENS)) == []


def replies(kind: str, locale: str) -> list[Reply]:
    return [tell_apart(SCREENS[kind].render(values, Strict(locale))) for values in SAMPLES[kind]]


@pytest.mark.parametrize(("kind", "locale"), KINDS)
def test_a_screen_is_small_and_complete(kind: str, locale: str) -> None:
    for reply in replies(kind, locale):
        assert len(reply.text) <= HARD_CHARACTERS
        assert len(reply.text.encode()) <= AIM_BYTES
        said = [reply.text, *(choice.label for choice in reply.choices)]
        assert [mark for mark in NEVER for text in said if mark in text] == []
        assert [text for text in said if re.search(r"\bNone\b(?! of)", text)] == []


@pytest.mark.parametrize(("kind", "locale"), KINDS)
def test_the_buttons_of_a_screen_can_be_pressed_and_typed(kind: str, locale: str) -> None:
    pressed = {entry.press for entry in TABLE if entry.press}
    for choices in (reply.choices for reply in replies(kind, locale)):
        assert len(choices) <= BUTTONS
        for choice in choices:
            assert 0 < len(choice.data.encode()) <= BUTTON_BYTES
            assert 0 < len(choice.label) <= LABEL_CHARACTERS
            assert ":".join(choice.data.split(":")[:2]) in pressed, f"{choice.data} leads nowhere"
        assert len({choice.data for choice in choices}) == len(choices)


@pytest.mark.parametrize(("kind", "locale"), KINDS)
def test_a_number_in_the_text_is_the_number_of_its_button(kind: str, locale: str) -> None:
    """`3. 李宁…` is answered by typing 3, so the third button must be about 李宁."""
    for reply in replies(kind, locale):
        begins = [line.split(". ")[0] for line in reply.text.splitlines()]
        numbers = [int(begin) for begin in begins if begin.isdigit()]
        assert numbers == sorted(set(numbers))
        assert all(1 <= number <= len(reply.choices) for number in numbers)


@pytest.mark.parametrize(("kind", "locale"), KINDS)
def test_a_page_has_ten_items(kind: str, locale: str) -> None:
    """One line more may be about all of them."""
    for reply in replies(kind, locale):
        assert sum(line.split(". ")[0].isdigit() for line in reply.text.splitlines()) <= ITEMS + 1


@pytest.mark.parametrize(("kind", "locale"), KINDS)
def test_every_button_is_answered_by_its_number_and_by_a_word(kind: str, locale: str) -> None:
    for reply in replies(kind, locale):
        shown = [[choice.label, choice.data, *choice.words] for choice in reply.choices]
        for number, choice in enumerate(reply.choices, 1):
            assert parse_choice(str(number), shown) == choice.data
            meant = [parse_choice(word, shown) for word in (choice.label, *choice.words)]
            assert meant == [choice.data] * len(meant), choice
            assert any(is_heard(word, choice) for word in (choice.label, *choice.words)), choice


def is_heard(word: str, choice: Choice) -> bool:
    """The words of the fixed keyboard mean the same below every screen."""
    key = exact_word(word)
    leads_to = {entry.words: entry.press for entry in TABLE if entry.words}
    return not is_on_keyboard(word) or leads_to.get(key or "") == ":".join(choice.data.split(":")[:2])


COMES_UNASKED = {
    "absence.asked", "case.alert", "case.handed_over", "digest.daily", "digest.monday", "digest.notices",
    "household.deceased", "visit.attest",
}  # fmt: skip
"""Messages that nobody asked for: nothing was left for them, so there is nothing to go back to."""
WAYS = ("menu:more", "visit:start", "household:mine", "duty:todo")
LEAVES = ("button.back", "visit.set_aside", "visit.fix_no", "photo.drop", "photo.other", "visit.until_unknown")
"""What leaves a question unanswered and nothing half done."""


@pytest.mark.parametrize(("kind", "locale"), KINDS)
def test_every_screen_with_buttons_has_a_way_back(kind: str, locale: str) -> None:
    t = Words(locale)
    for reply in replies(kind, locale):
        if not reply.choices or reply.keyboard or kind in COMES_UNASKED or kind == "menu.more":
            continue
        leaving = {t(key) for key in LEAVES if t.has(key)}
        assert any(choice.label in leaving or choice.data.startswith(WAYS) for choice in reply.choices), [
            choice.label for choice in reply.choices
        ]

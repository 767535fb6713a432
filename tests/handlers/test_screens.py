"""Every screen in both languages: small, complete, answerable, polite; and every button leads somewhere."""

from typing import Any

import pytest

from handlers import TABLE
from handlers.locales import LOCALES, Words
from handlers.reply import Reply
from handlers.screens import SCREENS, load_screens
from tests.handlers.samples import SAMPLES

load_screens()
NEVER = ("!", "!", "{", "}", "None", "逾期", "未完成", "升级", "  ")
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
    return [SCREENS[kind].render(values, Strict(locale)) for values in SAMPLES[kind]]


@pytest.mark.parametrize(("kind", "locale"), KINDS)
def test_a_screen_is_small_and_complete(kind: str, locale: str) -> None:
    for reply in replies(kind, locale):
        assert len(reply.text) <= HARD_CHARACTERS
        assert len(reply.text.encode()) <= AIM_BYTES
        assert [mark for mark in NEVER if mark in reply.text] == []


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

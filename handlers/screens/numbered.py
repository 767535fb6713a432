"""Numbers that the text of a list and its buttons share, and its pages."""

from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values

NARROW = 2
"""Buttons side by side, so that a name still fits on a small phone."""


class Numbered:
    """Lines and buttons numbered alike, so that a typed number means the line beside it."""

    def __init__(self) -> None:
        self.choices: list[Choice] = []
        self._rows = 0

    def line(self, text: str, choice: Choice) -> str:
        """The text with the number that its button gets."""
        self.choices.append(choice)
        return f"{len(self.choices)}. {text}"

    def row(self) -> int:
        """The number of a new row of buttons, for those that are to stand side by side."""
        self._rows += 1
        return self._rows

    def side_by_side(self, start: int, wide: int = NARROW) -> None:
        """Puts the buttons from `start` on into rows of `wide`."""
        row = 0
        for place, choice in enumerate(self.choices[start:]):
            row = self.row() if place % wide == 0 else row
            self.choices[start + place] = Choice(choice.label, choice.data, choice.words, row)


def pages(values: Values, t: Words, data: str, numbered: Numbered, more: str = "") -> None:
    """上一页 and 下一页 where there are any; `data` is the button before its page, `more` what stands after it."""
    row = numbered.row()
    page, last = values.get("page", 1), values.get("pages", 1)
    if page > 1:
        numbered.choices.append(Choice(t("duty.page_before"), f"{data}:{page - 1}{more}", (), row))
    if page < last:
        numbered.choices.append(Choice(t("duty.page_next"), f"{data}:{page + 1}{more}", (), row))

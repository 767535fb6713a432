"""A typed number or word as the answer to a screen's choices."""

import re
import unicodedata
from typing import Any

FIGURES = {figure: number for number, figure in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
FACES = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
"""Signs beside a word (好👌) say nothing of their own."""
MARKS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d\u20e3]")
"""Skin tones, and what makes an emoji of a sign or figure."""
NUMBER = re.compile(r"^(?:选|第|no\.?)?(\d{1,3}|[一二两三四五六七八九十])(?:个|户|项|号)?$")


def plain(text: str) -> str:
    """One spelling of what people type: half width, lower case, no spaces, no closing punctuation."""
    text = unicodedata.normalize("NFKC", text.strip())
    return re.sub(r"\s+", "", MARKS.sub("", text)).strip("。.!?,,、~;:").casefold()  # noqa: B005


def parse_choice(text: str, choices: list[Any]) -> str | None:
    """The data of the choice meant by a number (2, 2, 二, 2️⃣), its label or one of its words; None for anything else
    and for a word that several buttons share (two households of one name).

    `choices` are `[label, data, word, …]` in the order shown.
    """
    said = plain(text)
    if not said:
        return None
    meant = {
        str(data) for label, data, *words in choices if said in (plain(label), plain(data)) or said in map(plain, words)
    }
    if meant:
        return meant.pop() if len(meant) == 1 else None
    number = NUMBER.match(said)
    if number is None:
        bare = FACES.sub("", text)
        return parse_choice(bare, choices) if bare != text else None
    position = FIGURES.get(number[1]) or int(number[1])
    return str(choices[position - 1][1]) if 1 <= position <= len(choices) else None

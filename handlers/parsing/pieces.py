"""The pieces a message is cut into."""

from dataclasses import dataclass

from handlers.parsing.backwards import DayMark
from handlers.parsing.scope import Named


@dataclass(slots=True)
class Token:
    """A stretch of the text. `kind` is one of the tables of words, or household, person, day, clock, village, group,
    count, number, latin, stop, list, han (Chinese nobody knows), sign, until (年底才回来), roster (户主换成他娃了)."""

    kind: str
    start: int
    end: int
    named: tuple[Named, ...] = ()
    day: DayMark | None = None
    ids: frozenset[int] = frozenset()
    count: int = 0

    def text(self, of: str) -> str:
        return of[self.start : self.end]


RANKS = {"name": 6, "nickname": 6, "pinyin": 6, "village": 5, "count": 4, "group": 4, "day": 3, "word": 2, "latin": 0}


def rank_name(token: Token) -> str:
    if token.kind == "household":
        return token.named[0].how
    return token.kind if token.kind in RANKS else "word" if token.kind not in ("person", "number") else "person"


def is_whole_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    opens = not text[start].isalnum() or not (before.isascii() and before.isalnum())
    return opens and not (after.isascii() and after.isalnum() and text[end - 1].isascii())

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

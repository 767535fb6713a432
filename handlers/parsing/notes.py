"""What is kept of a message besides household, day and outcome: the words themselves, and the needs in them."""

from handlers.parsing.pieces import Token
from handlers.parsing.words import set_of

TELLING = set_of(
    "han content need kin family he goods number latin away hospital unreachable declined deceased death_maybe "
    "word_house house household give neighbour hearsay until roster"
)
"""What the card does not show by itself: kept as a note."""
FRAME = set_of("give neighbour hearsay house word_house he")
"""Kept with other words, but nothing by themselves."""


def note_of(tokens: list[Token], line: str) -> str:
    """The words of some tokens as written, clause by clause, without what the card shows anyway."""
    parts = [_trimmed(clause, line) for clause in clauses(tokens)]
    return ",".join(part for part in parts if part)


def needs_of(tokens: list[Token], line: str) -> tuple[str, ...]:
    """The clauses in which the family wants or lacks something."""
    wanting = [clause for clause in clauses(tokens) if any(token.kind == "need" for token in clause)]
    return tuple(part for clause in wanting if (part := _trimmed(clause, line)))


def clauses(tokens: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "stop":
            found.append([])
        else:
            found[-1].append(token)
    return found


def _telling(token: Token) -> bool:
    return token.kind in TELLING or (token.day is not None and bool(token.day.role))


def _trimmed(clause: list[Token], line: str) -> str:
    first, last = 0, len(clause)
    while first < last and not _telling(clause[first]):
        first += 1
    while last > first and clause[last - 1].kind in ("list", "sign"):
        last -= 1
    if not any(token.kind in TELLING - FRAME for token in clause[first:last]):
        return ""
    return line[clause[first].start : clause[last - 1].end].strip()

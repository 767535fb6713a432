"""What goes back to a person: `Answer` is kind and ids (a row), `Reply` is words and choices (made when sent)."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One button. `data` is `noun:verb:id[:version]` in 64 bytes. `words` also answer it, besides its number and label."""

    label: str
    data: str
    words: tuple[str, ...] = ()
    row: int | None = None
    """Choices with the same row stand side by side; None: a row of its own."""


@dataclass(frozen=True)
class Reply:
    text: str
    choices: tuple[Choice, ...] = ()
    keyboard: bool = False
    """Show the fixed keyboard 记走访 · 我的户 · 待办 · 更多."""
    ask_contact: bool = False
    """Show one button that shares the own phone number."""


@dataclass(frozen=True)
class Answer:
    """An answer to be sent: the screen's kind and the ids it needs. A tap is answered by editing the tapped message."""

    kind: str
    ids: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False
    """True: a new message even where a tap asked."""

"""One line of the table: which word, command, button or kind of message runs which function, under which right."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers.context import Context
from handlers.incoming import Incoming

Handler = Callable[[Incoming, Context], Awaitable[None]]

ANYONE, JOINED = "anyone", "joined"
"""Rights of everybody who writes, and of everybody who joined; all others are of models/access.py."""


@dataclass(frozen=True)
class Entry:
    """`press` is the `noun:verb` of buttons, `command` without slash, `words` a catalogue key of exact words,
    `on` a kind of message (sheet: a document that calls itself a spreadsheet), `draft` a kind of draft that takes the
    next text."""

    function: Handler
    right: str
    command: str = ""
    words: str = ""
    press: str = ""
    on: str = ""
    draft: str = ""
    files: bool = False
    """That draft takes photos and documents too."""

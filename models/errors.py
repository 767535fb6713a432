"""What an action says when it will not do what was asked."""

from typing import Any


class Refused(Exception):
    """A refusal for a person: `code` is the text key after `refused.`, `values` are plain values for the words.

    The words are made at the edge, in the reader's language; nothing in here is a sentence.
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

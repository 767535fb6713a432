"""What any channel offers, and how it fails. Telegram is one; nothing else in the program knows which."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from handlers.incoming import Incoming
from handlers.reply import Reply

CAUSES = ("blocked", "throttled", "migrated", "refused", "edit_gone", "not_sent", "unknown", "held")


class SendError(Exception):
    """A send that was not accepted. `cause`: blocked (nobody there until they write), throttled (all wait
    `retry_after` seconds), migrated (the chat is `chat` now), refused (our fault, never again), edit_gone (send
    it new), not_sent (surely not out), unknown (it may be out), held (not even tried)."""

    def __init__(self, cause: str, detail: str = "", *, retry_after: int = 0, chat: int = 0) -> None:
        super().__init__(cause)
        self.cause = cause
        self.detail = detail
        self.retry_after = retry_after
        self.chat = chat


@dataclass(frozen=True)
class RawUpdate:
    """One update as the channel gave it: stored before anything else is done with it."""

    update_id: int
    sender: int
    payload: str


class Channel(Protocol):
    name: str
    text_limit: int
    """How long a text may be, in UTF-16 units."""

    async def open(self) -> dict[str, Any]: ...
    async def close(self) -> None: ...
    async def use_webhook(self, url: str, secret: str) -> None: ...
    async def receive(self, offset: int | None) -> list[RawUpdate]: ...
    def parse(self, payload: str, inbox_id: int) -> Incoming | None: ...
    async def send(self, chat: int, reply: Reply, locale: str, *, edits: int | None = None) -> int: ...
    async def answer_press(self, press_id: str) -> None: ...
    async def leave(self, chat: int) -> None: ...
    async def download(self, file_id: str, target: Path, max_bytes: int) -> int: ...


def split_text(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` UTF-16 units, cut after a line where one ends in the last half of a part."""
    parts: list[str] = []
    while _units(text) > limit:
        most = _fitting(text, limit)
        line = text.rfind("\n", most // 2, most)
        cut = line if line > 0 else most
        parts.append(text[:cut].rstrip("\n"))
        text = text[cut:].lstrip("\n")
    return [*parts, text]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fitting(text: str, limit: int) -> int:
    """How many characters of the text fit into so many UTF-16 units."""
    return len(text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore"))

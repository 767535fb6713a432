"""Formatted text: what Telegram makes of text, parse_mode and entities before it stores a message."""

from typing import Any

from bot.simulator.entities.found import find_entities
from bot.simulator.entities.html import parse_html
from bot.simulator.entities.markdown import parse_markdown
from bot.simulator.errors import bad_request

Json = dict[str, Any]


def format_text(text: str, parse_mode: str, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """Text as people see it, with its entities (offsets in UTF-16 units).

    400 with "can't parse entities" and the byte offset of the fault, as the server says it.
    """
    if len(text.encode()) > 1 << 15:
        raise bad_request("Text is too long")
    mode = parse_mode.lower()
    if text and mode and mode != "none":
        if mode == "html":
            text, entities = parse_html(text)
        elif mode == "markdownv2":
            text, entities = parse_markdown(text)
        else:
            raise bad_request("Unsupported parse_mode")
    text, kept = _trim(text, entities or [])
    return text, sorted([*kept, *find_entities(text, kept)], key=lambda one: (one["offset"], -one["length"]))


def utf16_length(text: str) -> int:
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Spaces around a message do not survive; entities move and shrink with the text."""
    text = text.replace("\r", "").rstrip()
    cut = len(text) - len(text.lstrip(" \n"))
    if entities:
        cut = min(cut, *(one["offset"] for one in entities))
    text = text[cut:]
    end = utf16_length(text)
    kept = []
    for entity in entities:
        offset = entity["offset"] - cut
        length = min(entity["length"], end - offset)
        if length > 0:
            kept.append({**entity, "offset": offset, "length": length})
    return text, kept

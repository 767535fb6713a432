"""What Telegram marks in plain text by itself: commands, addresses, mentions, hashtags."""

import re
from typing import Any

_PATTERNS = (
    ("bot_command", re.compile(r"(?<![\w/>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/])", re.ASCII)),
    ("url", re.compile(r"https?://[^\s<>\u3000-\u303f\uff00-\uffef]+")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z]\w{3,31}\b", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)


def find_entities(text: str, taken: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The marks of plain text, leaving alone what is inside code or a link already."""
    if not any(sign in text for sign in "/@#"):
        return []
    found: list[dict[str, Any]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            offset, end = _utf16(text, match.start()), _utf16(text, match.end())
            if not any(one["offset"] < end and offset < one["offset"] + one["length"] for one in [*taken, *found]):
                found.append({"type": kind, "offset": offset, "length": end - offset})
    return found


def _utf16(text: str, position: int) -> int:
    return len(text[:position].encode("utf-16-le")) // 2

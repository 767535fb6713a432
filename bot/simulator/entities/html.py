"""parse_mode HTML."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.errors import ApiError

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']+)\s*(?:=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.\-]*))?""")


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int


@dataclass
class _Reader:
    text: str
    position: int = 0
    out: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, words: str, at: int) -> ApiError:
        where = len(self.text[:at].encode())
        return ApiError(400, f"Bad Request: can't parse entities: {words} at byte offset {where}")

    def put(self, piece: str) -> None:
        self.out.append(piece)
        self.length += len(piece) + sum(1 for letter in piece if letter > "\uffff")


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of Telegram's small HTML; 400 names the byte where it breaks."""
    if "<" not in text and "&" not in text:
        return text, []
    reader = _Reader(text)
    while reader.position < len(text):
        _read_piece(reader)
    if reader.open:
        tag = reader.open[-1].tag
        raise ApiError(
            400,
            f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"",
        )
    return "".join(reader.out), _joined(reader.entities)


def _read_piece(reader: _Reader) -> None:
    text, start = reader.text, reader.position
    if text[start] == "<":
        if text[start + 1 : start + 2] == "/":
            _close_tag(reader)
        else:
            _open_tag(reader)
        return
    if text[start] == "&" and (match := _REFERENCE.match(text, start)):
        reader.put(_decoded(match))
        reader.position = match.end()
        return
    end = start + 1
    while end < len(text) and text[end] not in "<&":
        end += 1
    reader.put(text[start:end])
    reader.position = end


def _decoded(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))


def _open_tag(reader: _Reader) -> None:
    start = reader.position
    end = reader.text.find(">", start)
    if end < 0:
        raise reader.fault("Unclosed start tag", start)
    inside = reader.text[start + 1 : end]
    tag = re.split(r"\s", inside, maxsplit=1)[0].lower()
    if tag not in _TYPES:
        raise reader.fault(f'Unsupported start tag "{tag}"', start)
    argument = _argument(reader, tag, inside[len(tag) :], start)
    if tag == "span" and argument != "spoiler":
        raise reader.fault('Tag "span" must have class "tg-spoiler"', start)
    reader.open.append(_Open(tag, argument, reader.length))
    reader.position = end + 1


def _argument(reader: _Reader, tag: str, attributes: str, start: int) -> str:
    """The one attribute a tag may have: an address, a language, an emoji number, "expandable"."""
    argument, position = "", 0
    while attributes[position:].strip():
        match = _ATTRIBUTE.match(attributes, position)
        if match is None:
            raise reader.fault(f'Empty attribute name in the tag "{tag}"', start)
        name, value = match.group(1), (match.group(2) or "").strip("\"'")
        value = _REFERENCE.sub(_decoded, value)
        if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
            argument = value
        elif (tag, name) == ("code", "class") and value.startswith("language-"):
            argument = value.removeprefix("language-")
        elif (tag, name) == ("span", "class") and value.startswith("tg-"):
            argument = value.removeprefix("tg-")
        elif (tag, name) == ("blockquote", "expandable"):
            argument = "1"
        position = match.end()
    return argument


def _close_tag(reader: _Reader) -> None:
    start = reader.position
    if not reader.open:
        raise reader.fault("Unexpected end tag", start)
    end = reader.text.find(">", start)
    if end < 0:
        raise reader.fault("Unclosed end tag", start)
    tag = reader.text[start + 2 : end].strip().lower()
    opened = reader.open.pop()
    if tag and tag != opened.tag:
        where = len(reader.text[:start].encode())
        raise ApiError(
            400,
            f"Bad Request: can't parse entities: Unmatched end tag at byte offset {where}, "
            f'expected "</{opened.tag}>", found "</{tag}>"',
        )
    reader.position = end + 1
    if reader.length > opened.offset:
        _add_entity(reader, opened)


def _add_entity(reader: _Reader, opened: _Open) -> None:
    entity: dict[str, Any] = {
        "type": _TYPES[opened.tag],
        "offset": opened.offset,
        "length": reader.length - opened.offset,
    }
    if opened.tag == "a":
        if not opened.argument:
            return
        entity["url"] = opened.argument
    elif opened.tag == "code" and opened.argument:
        entity["language"] = opened.argument
    elif opened.tag == "blockquote" and opened.argument:
        entity["type"] = "expandable_blockquote"
    elif opened.tag == "tg-emoji":
        entity["custom_emoji_id"] = opened.argument
    reader.entities.append(entity)


def _joined(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`<pre><code class="language-x">` is one entity, a language on code alone is dropped."""
    pres = {(one["offset"], one["length"]) for one in entities if one["type"] == "pre"}
    result = []
    for entity in entities:
        place = (entity["offset"], entity["length"])
        if entity["type"] == "code":
            language = entity.pop("language", None)
            if place in pres and language:
                for other in entities:
                    if other["type"] == "pre" and (other["offset"], other["length"]) == place:
                        other["language"] = language
                continue
        result.append(entity)
    return result

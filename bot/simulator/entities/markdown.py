"""parse_mode MarkdownV2."""

from dataclasses import dataclass, field
from typing import Any

from bot.simulator.errors import ApiError

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_SIMPLE = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler", "`": "code"}
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "blockquote": "BlockQuote",
}


@dataclass
class _Open:
    kind: str
    sign: str
    offset: int
    start: int
    language: str = ""


@dataclass
class _Reader:
    text: str
    position: int = 0
    out: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    line_start: bool = True

    def put(self, letter: str) -> None:
        self.out.append(letter)
        self.length += 2 if letter > "\uffff" else 1
        self.line_start = letter == "\n"

    def byte(self, position: int) -> int:
        return len(self.text[:position].encode())


def parse_markdown(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of MarkdownV2; 400 names the character or the byte where it breaks."""
    reader = _Reader(text)
    while reader.position < len(text):
        _read_piece(reader)
    _end_quote(reader)
    if reader.open:
        left = reader.open[-1]
        raise _fault(f"Can't find end of {_NAMES[left.kind]} entity at byte offset {reader.byte(left.start)}")
    return "".join(reader.out), sorted(reader.entities, key=lambda one: (one["offset"], -one["length"]))


def _fault(words: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {words}")


def _read_piece(reader: _Reader) -> None:
    text, at = reader.text, reader.position
    letter = text[at]
    if letter == "\\" and at + 1 < len(text) and "\x01" <= text[at + 1] <= "\x7e":
        reader.put(text[at + 1])
        reader.position += 2
        return
    inner = reader.open[-1] if reader.open else None
    if inner is not None and inner.kind in {"code", "pre"}:
        _read_code(reader, inner)
    elif letter == "\n":
        _end_line(reader)
    elif letter in _RESERVED:
        _read_sign(reader, inner)
    else:
        reader.put(letter)
        reader.position += 1


def _read_code(reader: _Reader, inner: _Open) -> None:
    if reader.text.startswith(inner.sign, reader.position):
        _close(reader)
    elif reader.text[reader.position] == "`":
        reader.position += 1
    else:
        reader.put(reader.text[reader.position])
        reader.position += 1


def _read_sign(reader: _Reader, inner: _Open | None) -> None:
    text, at = reader.text, reader.position
    sign = text[at]
    if sign in "_|" and text.startswith(sign * 2, at):
        sign *= 2
    if inner is not None and sign == inner.sign:
        _close(reader)
    elif sign == "]" and inner is not None and inner.kind == "text_link":
        _close_link(reader)
    elif sign == "`" and text.startswith("```", at):
        _open_block(reader)
    elif sign in _SIMPLE:
        _open(reader, _SIMPLE[sign], sign)
    elif sign == "[":
        _open(reader, "text_link", "[")
    elif sign == ">" and reader.line_start:
        if not any(one.kind == "blockquote" for one in reader.open):
            reader.open.append(_Open("blockquote", "\n", reader.length, at))
        reader.position += 1
    else:
        raise _fault(f"Character '{sign[0]}' is reserved and must be escaped with the preceding '\\'")


def _open(reader: _Reader, kind: str, sign: str) -> None:
    reader.open.append(_Open(kind, sign, reader.length, reader.position))
    reader.position += len(sign)


def _open_block(reader: _Reader) -> None:
    """Three backticks, a language, one line break that is not part of the text."""
    start = reader.position
    end = start + 3
    while end < len(reader.text) and not reader.text[end].isspace() and reader.text[end] != "`":
        end += 1
    has_language = end < len(reader.text) and reader.text[end] != "`"
    language = reader.text[start + 3 : end] if has_language else ""
    reader.position = end if language else start + 3
    if reader.text[reader.position : reader.position + 1] == "\n":
        reader.position += 1
    reader.open.append(_Open("pre", "```", reader.length, start, language))


def _close(reader: _Reader) -> None:
    opened = reader.open.pop()
    reader.position += len(opened.sign)
    _add(reader, opened)


def _close_link(reader: _Reader) -> None:
    opened = reader.open.pop()
    reader.position += 1
    if reader.text[reader.position : reader.position + 1] != "(":
        return
    start = reader.position + 1
    end, url = start, ""
    while end < len(reader.text) and reader.text[end] != ")":
        if reader.text[end] == "\\" and end + 1 < len(reader.text):
            end += 1
        url += reader.text[end]
        end += 1
    if end >= len(reader.text):
        raise _fault(f"Can't find end of a URL at byte offset {reader.byte(start)}")
    reader.position = end + 1
    _add(reader, opened, url=url)


def _end_line(reader: _Reader) -> None:
    quoted = any(one.kind == "blockquote" for one in reader.open)
    if quoted and reader.text[reader.position + 1 : reader.position + 2] != ">":
        _end_quote(reader)
    reader.put("\n")
    reader.position += 1


def _end_quote(reader: _Reader) -> None:
    if not any(one.kind == "blockquote" for one in reader.open):
        return
    if reader.open[-1].kind != "blockquote":
        left = reader.open[-1]
        raise _fault(f"Can't find end of {_NAMES[left.kind]} entity at byte offset {reader.byte(left.start)}")
    _add(reader, reader.open.pop())


def _add(reader: _Reader, opened: _Open, **more: str) -> None:
    if reader.length == opened.offset:
        return
    entity: dict[str, Any] = {"type": opened.kind, "offset": opened.offset, "length": reader.length - opened.offset}
    if opened.language:
        entity["language"] = opened.language
    reader.entities.append({**entity, **more})

"""Typed text made even, without moving a character: offsets stay valid in what the person wrote."""

import re

LONGEST = 4096
"""Characters that are read; a message has no more, the rest of a pasted text is kept as words only."""

_CIRCLED = {ord("①") + n: str(n + 1) for n in range(9)}
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_OTHER = {0x3000: " ", ord("〇"): "零", ord("號"): "号", ord("週"): "周", ord("點"): "点", ord("’"): "'", ord("‘"): "'"}
_BOLD = {0x1D7CE + n: str(n % 10) for n in range(50)}
_LOWER = {code: code + 32 for code in range(65, 91)}
_EVEN: dict[int, str] = {**_CIRCLED, **_WIDE, **_OTHER, **_BOLD}


def even(text: str) -> str:
    """Full width made half width; the ideographic full stop stays (11.20 is a day, 。 ends a sentence)."""
    return text.translate(_EVEN)


def lower(text: str) -> str:
    """Lower case for ASCII only, so that the length never changes."""
    return text.translate(_LOWER)


_FIGURES = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "〇": 0,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
}
_TENS = {"十": 10, "拾": 10, "百": 100, "廿": 20, "卅": 30}
NUMERAL = r"(?:\d{1,4}|[零〇一二三四五六七八九十百两廿卅]{1,5})"


def numeral(figures: str) -> int | None:
    """The whole number written in figures or words (12, 十二, 廿九, 一百零三); None if it is none."""
    if figures.isdecimal():
        return int(figures)
    total = unit = 0
    for char in figures:
        if char in ("廿", "卅"):
            total += _TENS[char]
        elif char in _TENS:
            total += (unit or 1) * _TENS[char]
            unit = 0
        elif char in _FIGURES:
            unit = unit * 10 + _FIGURES[char] if unit else _FIGURES[char]
        else:
            return None
    return total + unit


_ABOUT = re.compile(r"([十廿卅]|[二三]十)?([一二两三四五六七八])([二三四五六七八九])")


def about(figures: str) -> tuple[int, int] | None:
    """三四, 十七八: the two numbers between which the writer leaves it open; None for a plain number."""
    found = _ABOUT.fullmatch(figures)
    if found is None:
        return None
    tens = numeral(found.group(1)) if found.group(1) else 0
    low, high = numeral(found.group(2)), numeral(found.group(3))
    return (tens + low, tens + high) if tens is not None and low and high and high - low == 1 else None


HAN = re.compile(r"[一-鿿㐀-䶿]")


def is_han(char: str) -> bool:
    return "一" <= char <= "鿿" or "㐀" <= char <= "䶿"

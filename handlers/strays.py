"""What a message is that is plainly no words of a report: a number of no screen, a link, an ID or phone number, a sign."""

import re

from handlers.parsing.choices import plain

NUMBER = re.compile(r"\d{1,2}")
LINK = re.compile(r"(?:https?://|www\.|t\.me/)\S+")
IDENTITY = re.compile(r"\d{15}|\d{17}[\dx]")
PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")


def stray(text: str) -> str:
    """`number`, `link`, `identity`, `phone`, `sign`; empty for anything that may be words, a name, a household's number."""
    said = plain(text)
    if NUMBER.fullmatch(said):
        return "number"
    if LINK.fullmatch(said):
        return "link"
    if IDENTITY.fullmatch(said):
        return "identity"
    if PHONE.fullmatch(said):
        return "phone"
    return "" if any(char.isalnum() for char in said) else "sign"

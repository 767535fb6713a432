"""From an `Incoming` to its handler: a command or the keyboard, then the screen's choices, then exact words, then the
draft, then the parser."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.entries import ANYONE, JOINED, Entry
from handlers.incoming import Incoming
from handlers.locales import LOCALES, words
from handlers.parsing.ahead import is_only_days
from handlers.parsing.choices import parse_choice, plain
from models import access, drafts, outbox
from models.access import PersonView
from models.drafts import DraftView
from models.errors import Refused

LINK = re.compile(r"^(?:https?://)?t\.me/\w+\?start=([\w-]+)$")
"""An invitation link pasted as text, by somebody whose network does not open it."""
COMMAND = re.compile(r"^/[A-Za-z_]+(?:@\w+)?(?:\s|$)")
"""What is typed as a command is never the words of a report."""
FILES = ("photo", "document")
LOOK_UP = "查户"
ALSO_SAID = {"explain": ("word.away",), "visit_return": ("word.photo",), "return_answer": ("word.photo",)}
"""Words of the menu that are as likely the sentence which a draft asks for: 出差 as a reason, 照片? as a remark."""
WITH_DAYS = ("word.away", "word.calendar")
"""Words that may be followed by days in the same message."""
SHEETS = (".xlsx", ".xls", ".xlsm", ".csv", ".et", ".ods")


@dataclass(frozen=True)
class Standing:
    """Where the sender stands: who it is, which choices the last screen offered, which draft is open."""

    person: PersonView | None
    choices: list[Any]
    draft: DraftView | None


def read_standing(session: Session, sender: int, chat: int, today: date, now: datetime) -> Standing:
    person = access.find_by_sender(session, sender, today)
    choices = outbox.last_choices(session, chat, now=now)
    return Standing(person, choices, drafts.find_active(session, person.id) if person else None)


async def dispatch(context: Context, standing: Standing, table: tuple[Entry, ...]) -> None:
    """Runs the one entry that fits, if the person may; every input gets an answer."""
    context.person, context.draft = standing.person, standing.draft
    entry, incoming = find_entry(context, standing, table)
    context.incoming = incoming
    if standing.person is None and (entry is None or entry.right != ANYONE):
        await context.refuse("not.joined")
    elif entry is None:
        await context.refuse("button.unknown" if incoming.kind == "press" else "input.unknown")
    elif not may(standing.person, entry.right):
        # Somebody who sends a picture named like a sheet should read what to do with it.
        await context.refuse("not.allowed_sheet" if entry.on == "sheet" else "not.allowed")
    else:
        await _run(entry, incoming, context)


async def _run(entry: Entry, incoming: Incoming, context: Context) -> None:
    """What a handler refuses by itself (a button's broken ids) is answered like any refusal."""
    try:
        await entry.function(incoming, context)
    except Refused as refused:
        if context.answered:
            raise
        await context.refuse(refused.code, **refused.values)


def may(person: PersonView | None, right: str) -> bool:
    """Default deny: strangers reach what is for anyone, people what they joined for or hold a right to."""
    if right == ANYONE:
        return True
    return person is not None and (right == JOINED or person.may(right))


def find_entry(context: Context, standing: Standing, table: tuple[Entry, ...]) -> tuple[Entry | None, Incoming]:
    incoming = context.incoming
    if incoming.kind == "press":
        return _pressed(context, incoming.data, table), incoming
    if incoming.kind == "text":
        return _written(context, standing, table)
    if incoming.kind in FILES and (entry := _by_draft(standing, table, incoming)) is not None:
        return entry, incoming
    if incoming.kind == "document" and is_sheet(incoming):
        return next((e for e in table if e.on == "sheet"), None), incoming
    return next((e for e in table if e.on == incoming.kind), None), incoming


def is_sheet(incoming: Incoming) -> bool:
    """Whether a file calls itself a spreadsheet. What it really is shows when it is read."""
    if incoming.file is None:
        return False
    name, mime = (incoming.file.name or "").lower(), (incoming.file.mime or "").lower()
    return name.endswith(SHEETS) or "spreadsheet" in mime or "excel" in mime or mime == "text/csv"


def _pressed(context: Context, data: str, table: tuple[Entry, ...]) -> Entry | None:
    noun, _, rest = data.partition(":")
    verb, _, ids = rest.partition(":")
    context.args = ids.split(":") if ids else []
    return next((entry for entry in table if entry.press == f"{noun}:{verb}"), None)


def _written(context: Context, standing: Standing, table: tuple[Entry, ...]) -> tuple[Entry | None, Incoming]:
    incoming = context.incoming
    context.incoming = incoming = replace(incoming, text=_as_command(incoming.text, table))
    exact = _by_command(context, table) or _by_word(incoming.text, table)
    if COMMAND.match(incoming.text.strip()) or (exact is not None and is_on_keyboard(incoming.text)):
        return exact, incoming
    chosen = parse_choice(incoming.text, standing.choices)
    if chosen is not None and not _says_day(standing.draft, incoming.text) and (entry := _pressed(context, chosen, table)) is not None:
        # 撤销 or 取消 below a screen that offers it means what that screen says.
        return entry, replace(incoming, data=chosen)
    asked = _by_draft(standing, table, incoming)
    if exact is not None and not (asked is not None and exact.words in ALSO_SAID.get(asked.draft, ())):
        return exact, incoming
    return asked or next((e for e in table if e.on == "text"), None), incoming


def _by_command(context: Context, table: tuple[Entry, ...]) -> Entry | None:
    text = LINK.sub(r"/start \1", context.incoming.text.strip())
    if not text.startswith("/"):
        return None
    command, _, argument = text[1:].partition(" ")
    context.args = argument.split()
    name = command.split("@")[0].lower()
    return next((entry for entry in table if entry.command and entry.command == name), None)


def _by_word(text: str, table: tuple[Entry, ...]) -> Entry | None:
    key = exact_word(text)
    return next((entry for entry in table if entry.words and entry.words == key), None)


def _as_command(text: str, table: tuple[Entry, ...]) -> str:
    """`查户 李宁`, `暂不在 明天起3天`, `日历 下周四`: the word with what it asks for is the command with it; else the text
    as it is."""
    said, _, rest = text.strip().partition(" ")
    if not rest and exact_word(text.strip()[:2]) == "word.calendar":
        said, rest = text.strip()[:2], text.strip()[2:]
    if not (said == LOOK_UP and rest.strip()) and not (is_only_days(rest) and exact_word(said) in WITH_DAYS):
        return text
    command = next(entry.command for entry in table if entry.words == exact_word(said))
    return f"/{command} {rest.strip()}"


def exact_word(text: str) -> str | None:
    """The catalogue key of the word that a text is, in either language."""
    return _exact_words().get(plain(text))


def is_on_keyboard(text: str) -> bool:
    """Whether a text may be a tap on the fixed keyboard, which means the same whatever screen came last."""
    return plain(text) in _keyboard()


@cache
def _keyboard() -> frozenset[str]:
    return frozenset(plain(words(locale)(key)) for locale in LOCALES for key in words(locale).keys("keyboard."))


@cache
def _exact_words() -> dict[str, str]:
    """Exact word → catalogue key, of both languages: people do not switch the language to be understood."""
    found = {}
    for locale in LOCALES:
        t = words(locale)
        for key in t.keys("word."):
            for word in t.several(key):
                found[plain(word)] = key
    return found


def _says_day(draft: DraftView | None, text: str) -> bool:
    """Whether a text answers the question which day: 3号 is then no third button."""
    return draft is not None and "days" in (draft.step, draft.facts.get("asked")) and is_only_days(text)


def _by_draft(standing: Standing, table: tuple[Entry, ...], incoming: Incoming) -> Entry | None:
    """What the open draft takes. One that is done and waits for the rest of an album takes that alone."""
    draft = standing.draft
    if draft is None or draft.facts.get("album", incoming.album) != incoming.album:
        return None
    files = incoming.kind in FILES
    return next((entry for entry in table if entry.draft == draft.kind and (entry.files or not files)), None)

"""What a story leaves behind: every table without ids and times, every telephone as its owner sees it; and the
difference between two such pictures, one of them of a bot that was killed on the way."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Row, Table, select
from sqlalchemy.orm import Session

import models.tables  # noqa: F401 - every table is known from here on
from bot.simulator.persons import Person as Phone
from models.base import Base, UtcMoment

AGAIN = ("【重发】", "[Sent again] ")
LEFT_OUT = {"attempts": None, "installation": None, "area_codes": None}
"""A kill adds attempts, and that is what they are for."""
ONLY = {
    "people": ("name", "telegram_id", "locale", "digest_minute", "unreachable_reason"),
    "inbox": ("sender", "state", "reason"),
    "outbox": ("recipient_id", "chat", "lane", "kind", "local_day", "state", "reason"),
    "drafts": ("person_id", "kind", "state", "step", "version"),
    "invitations": ("person_id", "created_by"),
    "photos": ("person_id", "visit_id", "sha256", "state", "reason", "slot", "twin_id", "explanation"),
    "photo_files": ("sha256", "size", "mime", "width", "height", "references", "look", "camera"),
    "visit_versions": ("visit_id", "version", "changed_by", "reason"),
    "rules": ("code", "version", "state"),
    "audit_log": ("person_id", "sender", "action", "subject", "outcome", "reason"),
}
"""Columns that are compared where not all can be: numbers of messages and drafts shift when one is sent again,
hashes depend on the installation's key."""
NAMED_BY = {
    "people": ("name",), "households": ("head_name",), "areas": ("name",), "rules": ("code",),
    "duties": ("subject", "period", "cycle"), "visits": ("household_id", "visited_on", "state"),
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """`tables`: rows by table; `screens`: all that came to each telephone, sent or edited."""

    tables: Mapping[str, Counter[str]]
    screens: Mapping[str, list[str]]


@dataclass
class Difference:
    """`lost` and `doubled` name what is; `repeated` counts messages that came twice and say so."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    repeated: int = 0
    marked: int = 0
    """Messages that say they were sent again, whether or not the first one had arrived."""


def take_picture(session: Session, phones: Mapping[str, Phone]) -> Picture:
    names = _names(session)
    tables = {
        table.name: Counter(_row(table, row, names) for row in session.execute(select(table)))
        for table in Base.metadata.sorted_tables
        if table.name not in LEFT_OUT
    }
    return Picture(tables, {name: list(_shown(phone)) for name, phone in phones.items()})


def _names(session: Session) -> dict[tuple[str, int], str]:
    """What a row is called whose id another row holds; a table after those it refers to."""
    names: dict[tuple[str, int], str] = {}
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)) if table.name in NAMED_BY else ():
            said = [_value(table.c[name], row, names) for name in NAMED_BY[table.name]]
            names[table.name, row.id] = "/".join(str(value) for value in said)
    return names


def _row(table: Table, row: Row[Any], names: Mapping[tuple[str, int], str]) -> str:
    wanted = ONLY.get(table.name) or [column.name for column in table.columns if not _left_out(column)]
    return ", ".join(f"{name}={_value(table.c[name], row, names)}" for name in wanted)


def _left_out(column: Column[Any]) -> bool:
    return (column.primary_key and column.name == "id") or isinstance(column.type, UtcMoment)


def _value(column: Column[Any], row: Row[Any], names: Mapping[tuple[str, int], str]) -> Any:
    value = row._mapping[column]
    for key in column.foreign_keys:
        return None if value is None else names.get((key.column.table.name, value), "…")
    if isinstance(value, str):
        return re.sub(r"^visit:(\d+)$", lambda found: f"visit {names['visits', int(found[1])]}", value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False) if isinstance(value, dict | list) else value


def _shown(phone: Phone) -> Iterable[str]:
    """Every screen as it was sent, and as it was after each edit: a repeat may be the one that is edited later."""
    for message in phone.messages:
        if message.from_bot:
            for edit in message.edits:
                yield _screen(str(edit.content.get("text")), edit.reply_markup)
            yield _screen(message.text, message.reply_markup)


def _screen(text: str, markup: dict[str, Any] | None) -> str:
    rows = (markup or {}).get("inline_keyboard", [])
    labels = [button["text"] for row in rows for button in row]
    text = re.sub(r"start=[\w-]+", "start=…", text)
    return f"{text} {labels}" if labels else text


def compare(uncut: Picture, cut: Picture) -> Difference:
    """What the killed bot lost or did twice. A message that is marked as sent again may stand beside its first copy."""
    found = Difference()
    for table, rows in uncut.tables.items():
        found.lost += [f"{table}: {row}" for row in (rows - cut.tables[table]).elements()]
        found.doubled += [f"{table}: {row}" for row in (cut.tables[table] - rows).elements()]
    for name, wanted in uncut.screens.items():
        _compare_screens(name, wanted, cut.screens[name], found)
    return found


def _compare_screens(name: str, wanted: list[str], shown: list[str], found: Difference) -> None:
    plain = [_unmarked(text) for text in shown]
    marked = Counter(_unmarked(text) for text in shown if _unmarked(text) != text)
    found.marked += marked.total()
    found.lost += [f"{name}: {text}" for text in (Counter(wanted) - Counter(plain)).elements()]
    for text, more in (Counter(plain) - Counter(wanted)).items():
        found.repeated += min(more, marked[text])
        found.doubled += [f"{name}: {text}"] * (more - marked[text])


def _unmarked(text: str) -> str:
    for mark in AGAIN:
        text = text.removeprefix(mark)
    return text

"""Two townships in one database: everything in the other one has the number 900 in every table, so that a forged
button with 900 in it hits something foreign whatever its ids mean."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from bot.config import build_config
from handlers import TABLE
from handlers.context import Context
from handlers.dispatch import dispatch, read_standing
from handlers.entries import Entry
from handlers.incoming import ContactCard, FileRef, Incoming
from handlers.locales import words
from handlers.screens import load_screens, read_facts, render
from models import tables
from models.absences import Absence
from models.areas import Area
from models.drafts import Draft
from models.duties import Duty, DutyEvent
from models.households import Assignment, Household, Member, Nickname
from models.imports import Import, ImportRow
from models.inbox import InboxRow
from models.installation import set_fact
from models.notices import Notice
from models.outbox import Message
from models.people import ROLES, Grant, Invitation, Person
from models.photos import Photo
from models.requests import Request
from models.rules import Rule, RuleParameters
from models.visits import Visit, VisitReturn, VisitVersion
from models.words import Word
from schedules import delivery

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
ANSWERS = re.compile(r'\s*(INSERT INTO|UPDATE) "?(outbox|inbox|audit_log)\b', re.IGNORECASE)
NOW = datetime(2026, 12, 16, 2, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(days=60)
DAY = date(2025, 1, 1)
OWN, FOREIGN = 950, 900
"""The own ones are higher, so that a new row never takes a number of the other township."""
FOREIGN_IDS = (900, 901, 902)
SECRETS = ("欧阳外乡", "司马外乡", "远山外村", "外县外乡", "19812345678")
"""Names and numbers of the other township: no answer to anybody of this one may hold them."""
SENDERS = {role: 1000 + number for number, role in enumerate(ROLES)}
STRANGER = 5000
PLACES = {
    "helper": 11, "team_head": 12, "clerk": 12, "officer": 11, "deputy": 11, "leader": 11, "inspector": 11,
    "county": 10, "unit_contact": 11, "operator": None,
}  # fmt: skip


def build(session: Session) -> None:
    """One person of each role here, with a household, its duty as a case, a visit; the same once more elsewhere."""
    load_screens()
    set_fact(session, "live_since", day="2025-01-01")
    set_fact(session, "bot", id=1, username="zoufang_bot")
    _areas(session, (10, 11, 12), ("示例县", "示例乡", "青山村"))
    _areas(session, (902, 901, 900), ("外县外乡县", "外县外乡", "远山外村"))
    session.add(
        Rule(
            id=1, code="R1", version=1, state="on", source="toml", parameters=RuleParameters().to_dict(), starts_on=DAY,
            created_at=EARLIER,
        )
    )  # fmt: skip
    for number, role in enumerate(ROLES):
        _person(session, OWN + number, f"本乡{role}", SENDERS[role], role, PLACES[role])
    _person(session, 900, "欧阳外乡", 9000, "helper", 901)
    _person(session, 901, "司马外乡", 9001, "officer", 901)
    session.flush()
    _files(session, OWN, "李宁", 12, helper=OWN, officer=OWN + ROLES.index("officer"))
    _files(session, FOREIGN, "欧阳外乡户", 900, helper=900, officer=901)
    session.flush()


def _areas(session: Session, ids: tuple[int, int, int], names: tuple[str, str, str]) -> None:
    path, parent = "/", None
    for number, level, name in zip(ids, ("county", "township", "village"), names, strict=True):
        path += f"{number}/"
        session.add(Area(id=number, parent_id=parent, level=level, name=name, path=path))
        session.flush()
        parent = number


def _person(session: Session, number: int, name: str, sender: int, role: str, area_id: int | None) -> None:
    session.add(
        Person(
            id=number, name=name, phone="+8619812345678", phone_hash=f"h{number}", telegram_id=sender, unit="县残联",
            joined_at=EARLIER, created_at=EARLIER,
        )
    )  # fmt: skip
    session.flush()
    session.add(Grant(id=number, person_id=number, role=role, area_id=area_id, starts_on=DAY, on_ladder=True))


def _files(session: Session, number: int, head: str, village: int, *, helper: int, officer: int) -> None:
    """A household and one row of everything that belongs to it, all with the same number."""
    session.add(
        Household(
            id=number, number=f"9990{number}", village_id=village, area_id=village, head_name=head, pinyin="li ning",
            initials="ln", phone="+8619812345678" if number == FOREIGN else "+8619800000001", registered_on=DAY, created_at=EARLIER, updated_at=EARLIER,
        )
    )  # fmt: skip
    session.flush()
    draft = Draft(
        id=number, person_id=helper, kind="visit", state="done", facts={}, words=json.dumps({}), created_at=EARLIER,
        updated_at=EARLIER,
    )  # fmt: skip
    received = Import(
        id=number, person_id=officer, township_id=11 if number == OWN else 901, filename=f"{head}.xlsx", sha256="x",
        kind="households", state="previewed", mapping={"matches": [], "unmapped": [], "ambiguous": []},
        counts={"paths": ["/10/11/"], "villages": []}, created_at=EARLIER,
    )  # fmt: skip
    session.add_all([draft, received])
    session.flush()
    session.add_all([*_records(number, head, village, helper), _case(number, village, helper)])
    session.flush()
    session.add_all(
        [
            VisitReturn(id=number, visit_id=number, returned_by=officer, remark=f"{head}的照片", returned_at=EARLIER),
            VisitVersion(id=number, visit_id=number, version=1, facts={}, hash="x", at=EARLIER),
            Absence(
                id=number, person_id=helper, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=3),
                cover_state="none", created_at=EARLIER,
            ),
            Request(
                id=number, kind="phone", person_id=helper, village_id=village, household_id=number, facts={},
                words="换号了,19812345678" if number == FOREIGN else "换号了", created_at=EARLIER,
            ),
            Photo(
                id=number, person_id=helper, visit_id=number, state="stored", file_id="f", unique_id="u", sent_at=EARLIER
            ),
            DutyEvent(id=number, duty_id=number, at=EARLIER, kind="level", facts={}),
            Notice(
                id=number, recipient_id=officer, duty_id=number, kind="case", step="level:2", form="digest", facts={},
                due_at=NOW + timedelta(days=1), made_at=EARLIER,
            ),
            Nickname(id=number, person_id=helper, household_id=number, name=f"{head}叔", created_at=EARLIER),
            Word(id=number, area_id=11 if number == OWN else 901, word=f"{head}话", meaning="away", added_at=EARLIER),
            Invitation(
                id=number, person_id=helper, token_hash=f"x{number}", created_at=EARLIER,
                expires_at=NOW + timedelta(days=1),
            ),
            ImportRow(
                id=number, import_id=number, sheet_row=1, state="ask", values='{"row": null, "cells": []}',
                changes={"candidates": [number]}, faults=[],
            ),
        ]
    )  # fmt: skip


def _records(number: int, head: str, village: int, helper: int) -> list[Any]:
    return [
        Assignment(id=number, household_id=number, person_id=helper, created_at=EARLIER),
        Member(id=number, household_id=number, name=head),
        Visit(
            id=number, household_id=number, person_id=helper, draft_id=number, state="confirmed",
            visited_on=date(2026, 11, 10), logged_at=EARLIER, confirmed_at=EARLIER, counts=True, note=head,
        ),
    ]  # fmt: skip


def _case(number: int, village: int, helper: int) -> Duty:
    return Duty(
        id=number, rule_id=1, rule_code="R1", subject=f"household:{number}", household_id=number, person_id=helper,
        village_id=village, period="2026-11", starts_on=date(2026, 11, 1), due_on=date(2026, 11, 25),
        ends_on=date(2026, 11, 30), grace_ends_on=date(2026, 12, 3), closes_at=datetime(2026, 12, 3, 16, tzinfo=UTC),
        needed=2, done=1, level=3, level_at=NOW - timedelta(days=2), position=5, opened_at=EARLIER,
        next_action="level", next_action_at=NOW + timedelta(days=1),
    )  # fmt: skip


@dataclass
class Happened:
    """What one input led to. `said`: the answers in words; `codes`: of refusals; `ran`: entries whose function ran."""

    said: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    ran: list[Entry] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    error: str = ""


class Door:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def run(self, action: Callable[..., Any], *args: Any, **named: Any) -> Any:
        with self._session.begin_nested():
            return action(self._session, *args, **named)

    async def read(self, query: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return query(self._session, *args, **named)


Rows = dict[str, list[tuple[Any, ...]]]


class Office:
    """Gives inputs to the handlers one at a time; afterwards everything is as it was."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.config = build_config({}, home=Path())
        build(session)
        session.commit()
        self.wrote = False
        self._ran: list[Entry] = []
        self._spied = tuple(replace(entry, function=partial(self._note, entry)) for entry in TABLE)
        event.listen(session.get_bind(), "after_cursor_execute", self._notice)
        self.queries = {True: list(_queries(foreign_only=True)), False: list(_queries(foreign_only=False))}
        self.before = {only: self.rows(foreign_only=only) for only in (True, False)}

    async def _note(self, entry: Entry, incoming: Incoming, context: Context) -> None:
        self._ran.append(entry)

    def _notice(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        """Whether anything was written but an answer: only then is it worth looking at every table."""
        self.wrote = self.wrote or (WRITES.match(statement) is not None and not ANSWERS.match(statement))

    async def give(self, incoming: Incoming, *, spy: bool = False, draft: str = "", look: str = "foreign") -> Happened:
        """`spy`: note which functions would run instead of running them. `draft`: the sender has one of that kind.
        `look`: at the foreign rows, or at all data rows, for changes."""
        happened = Happened()
        savepoint = self.session.begin_nested()
        self.wrote = False
        try:
            await self._dispatch(incoming, happened, spy, draft)
            self._read_answers(happened)
            if self.wrote:
                only = look == "foreign"
                happened.changed = _unlike(self.before[only], self.rows(foreign_only=only))
        except Exception as error:
            happened.error = f"{type(error).__name__}: {error}"[:300]
        finally:
            savepoint.rollback()
            self.session.expire_all()
        return happened

    async def _dispatch(self, incoming: Incoming, happened: Happened, spy: bool, draft: str) -> None:
        self.session.add(
            InboxRow(id=incoming.inbox_id, channel="telegram", update_id=1, sender=incoming.sender, received_at=NOW)
        )
        self.session.flush()
        zone = ZoneInfo("Asia/Shanghai")
        context = Context(Door(self.session), incoming, None, NOW, zone, "zh_CN", self.config)
        standing = read_standing(self.session, incoming.sender, incoming.chat, context.today, context.now)
        if draft and standing.person is not None:
            self.session.add(
                Draft(
                    person_id=standing.person.id, kind=draft, state="active", facts={}, created_at=NOW, updated_at=NOW
                )
            )
            self.session.flush()
            standing = read_standing(self.session, incoming.sender, incoming.chat, context.today, context.now)
        self._ran = happened.ran
        await dispatch(context, standing, self._spied if spy else TABLE)

    def _read_answers(self, happened: Happened) -> None:
        """The answers as they would be sent at this moment."""
        left = True
        while left:
            claim = delivery.claim_some(self.session, read_facts, now=NOW, node="here", limit=20)
            left = claim.left and bool(claim.deliveries)
            for message in claim.deliveries:
                happened.told.add(message.chat)
                if message.kind == "refused":
                    happened.codes.append(message.values["code"])
                reply = render(message.kind, message.values, "zh_CN")
                happened.said.append("\n".join([reply.text, *(choice.label for choice in reply.choices)]))
        dead = self.session.scalars(select(Message.reason).where(Message.state == "dead")).all()
        happened.error = "; ".join(str(reason) for reason in dead)

    def rows(self, *, foreign_only: bool) -> Rows:
        """Rows by table: those of the other township (by their own number or what they refer to), or all data rows."""
        self.session.flush()
        return {
            name: [tuple(map(repr, row)) for row in self.session.execute(query)]
            for name, query in self.queries[foreign_only]
        }


def _queries(*, foreign_only: bool) -> Iterator[tuple[str, Any]]:
    for table in tables.metadata.sorted_tables:
        if table.name in ("inbox", "outbox", "audit_log") or (table.name == "drafts" and not foreign_only):
            continue
        query = select(table).order_by(*table.primary_key.columns)
        numbers = [column for column in table.columns if column.foreign_keys or column.name == "id"]
        if not foreign_only:
            yield table.name, query
        elif numbers:
            yield table.name, query.where(or_(*(column.in_(FOREIGN_IDS) for column in numbers)))


def _unlike(before: Rows, after: Rows) -> list[str]:
    return [name for name in before if before[name] != after[name]]


def incoming(sender: int, kind: str, **more: Any) -> Incoming:
    return Incoming("telegram", 1, sender, sender, kind, NOW, message_id=7, **more)


def inputs_for(entry: Entry, ids: str = "1") -> list[dict[str, Any]]:
    """Every way to reach an entry: its button, command, word, kind of message, the next text in its draft."""
    found: list[dict[str, Any]] = []
    if entry.press:
        found.append({"kind": "press", "data": f"{entry.press}:{ids}"})
    if entry.command:
        found.append({"kind": "text", "text": f"/{entry.command} {ids}"})
    if entry.words:
        found.append({"kind": "text", "text": words("zh_CN").several(entry.words)[0]})
    if entry.draft:
        found.append({"kind": "text", "text": "随便说一句话", "draft": entry.draft})
    if entry.on:
        found.append(_message(entry.on))
    return found


def _message(kind: str) -> dict[str, Any]:
    if kind == "contact":
        return {"kind": "contact", "contact": ContactCard("+8619812345678", FOREIGN)}
    if kind == "sheet":
        return {"kind": "document", "file": FileRef("f", "u", 1000, "名册.xlsx")}
    if kind in ("photo", "document"):
        return {"kind": kind, "file": FileRef("f", "u", 1000, "a.jpg", "image/jpeg", 100, 100)}
    return {"kind": kind, "text": "昨天去了欧阳外乡户家,没啥事" if kind == "text" else ""}

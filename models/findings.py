"""Findings: work that is stuck, since when, how often it was healed, and whether somebody was told.

Written by the auditor (schedules/auditor). A finding keeps kinds and ids only. While it is open there is one row for
each kind and subject; one that comes again later is a new row.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Facts, Id
from models.duties.tables import Duty
from models.notices import Notice, add_notices
from models.outbox import Message
from models.people import Grant, Person
from models.recipients import list_holders, load_recipients, next_hour
from models.times import local_day

KINDS = (
    "duty.overdue",
    "duty.missing",
    "duty.figure",
    "duty.snoozed",
    "duty.taken",
    "person.unreachable",
    "level.nobody",
    "outbox.sending",
    "outbox.waiting",
    "outbox.postponed",
    "outbox.dead",
    "inbox.waiting",
    "report.unsaid",
    "ledger.sum",
    "check.failed",
)
"""What can be found; docs/operating.md says what each means and what to do."""
NOTICE = "finding"
READ_BACK = 50


class Finding(Base):
    """States: found (it is being healed), alarmed (two heals did not help), ended."""

    __tablename__ = "findings"
    id: Mapped[Id]
    kind: Mapped[str]
    subject: Mapped[str]
    """`duty:12`, `person:3`, `lane:urgent`, `village:7:deputy` …"""
    state: Mapped[str] = mapped_column(default="found")
    heals: Mapped[int] = mapped_column(default=0)
    """How often healing was tried."""
    cause: Mapped[str | None]
    """The class of what went wrong in healing."""
    facts: Mapped[Facts]
    """Ids only; `village_id` where an officer should hear of it."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    healed_at: Mapped[datetime | None]
    """When healing was last tried."""
    alarmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_findings_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


def _partial(name: str, *columns: Any, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


LOOKED_UP = (
    _partial("ix_duties_paused", Duty.paused_until, where="state = 'open' AND paused_until IS NOT NULL"),
    _partial("ix_duties_taken", Duty.taken_until, where="state = 'open' AND taken_by IS NOT NULL"),
    _partial("ix_duties_open_household", Duty.household_id, where="state = 'open'"),
    _partial("ix_duties_open_village", Duty.village_id, where="state = 'open'"),
    _partial("ix_people_unreachable", Person.unreachable_at, where="unreachable_at IS NOT NULL"),
    _partial("ix_outbox_day", Message.local_day, Message.recipient_id, where="local_day IS NOT NULL"),
)
"""Indexes the auditor and the metrics look by, so that a look costs what is stuck, not what exists."""


def list_open(session: Session, kind: str | None = None, limit: int = 1000) -> list[Finding]:
    """Open findings, oldest first."""
    query = select(Finding).where(Finding.ended_at.is_(None)).order_by(Finding.id).limit(limit)
    return list(session.scalars(query if kind is None else query.where(Finding.kind == kind)))


def view_open(session: Session) -> list[dict[str, object]]:
    """The same as plain values, for reports."""
    return [
        {
            "kind": row.kind, "subject": row.subject, "state": row.state, "heals": row.heals, "cause": row.cause,
            "first_seen_at": row.first_seen_at.isoformat(),
        }
        for row in list_open(session)
    ]  # fmt: skip


def count_open(session: Session) -> dict[tuple[str, str], int]:
    """How many open findings there are, by kind and state."""
    rows = session.execute(
        select(Finding.kind, Finding.state, func.count())
        .where(Finding.ended_at.is_(None))
        .group_by(Finding.kind, Finding.state)
    )
    return {(kind, state): count for kind, state, count in rows}


def add(session: Session, kind: str, subject: str, facts: Mapping[str, Any], *, now: datetime) -> Finding:
    """Notes something that was not known to be stuck."""
    finding = Finding(
        kind=kind, subject=subject, state="found", heals=0, facts=dict(facts), first_seen_at=now, last_seen_at=now
    )
    session.add(finding)
    session.flush()
    return finding


def end(session: Session, ids: Collection[int], *, now: datetime) -> None:
    """What was stuck is no longer."""
    if ids:
        session.execute(update(Finding).where(Finding.id.in_(ids)).values(state="ended", ended_at=now))


def tell(session: Session, alarmed: Iterable[Finding], *, now: datetime) -> None:
    """One notice for each reader and kind, folded into one line of the next digest (系统有N件事要您看)."""
    told: dict[tuple[int, str], list[int]] = {}
    readers = _Readers(session, now)
    for finding in alarmed:
        for person_id in readers.of(finding):
            told.setdefault((person_id, finding.kind), []).append(finding.id)
    people = load_recipients(session, [person_id for person_id, _ in told], local_day(now))
    rows = [
        {
            "recipient_id": person_id,
            "kind": NOTICE,
            "step": f"{NOTICE}:{kind}:{ids[0]}",
            "due_at": next_hour(people[person_id], now),
            "facts": {"findings": ids},
        }
        for (person_id, kind), ids in told.items()
    ]
    add_notices(session, rows, now=now)


class _Readers:
    """Who hears of a finding: of a blocked person the officers of the villages, of everything else the operators,
    and where there are none the officers."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._day = local_day(now)
        self._known: dict[tuple[int, ...], list[int]] = {}

    def of(self, finding: Finding) -> list[int]:
        if finding.kind == "level.nobody" and not finding.subject.endswith(":officer"):
            return []  # The ladder itself tells the officer when the level's day has come.
        if finding.kind == "person.unreachable":
            return self._officers(tuple(finding.facts.get("village_ids", ())))
        return self._officers(())

    def _officers(self, villages: tuple[int, ...]) -> list[int]:
        if villages not in self._known:
            if villages:
                held = list_holders(self._session, "officer", villages, self._day)
                found = [person_id for people in held.values() for person_id in people]
            else:
                found = self._reachable(self._holders("operator")) or self._holders("officer")
            self._known[villages] = self._reachable(found)
        return self._known[villages]

    def _holders(self, role: str) -> list[int]:
        current = (Grant.starts_on <= self._day, or_(Grant.ends_on.is_(None), Grant.ends_on > self._day))
        return list(self._session.scalars(select(Grant.person_id).where(Grant.role == role, *current).distinct()))

    def _reachable(self, people: Iterable[int]) -> list[int]:
        found = load_recipients(self._session, people, self._day)
        return sorted(each.id for each in found.values() if each.reachable)


@dataclass(frozen=True)
class Told:
    """One line for a reader: how many of a kind are stuck, and the names of blocked people."""

    kind: str
    n: int
    names: tuple[str, ...] = ()


def list_told(session: Session, person_id: int) -> tuple[Told, ...]:
    """What this person was told of and is still stuck, one line a kind."""
    rows = session.scalars(
        select(Notice.facts)
        .where(Notice.recipient_id == person_id, Notice.kind == NOTICE, Notice.state == "gathered")
        .order_by(Notice.id.desc())
        .limit(READ_BACK)
    )
    return view_told(session, [each for facts in rows for each in facts.get("findings", ())])


def view_told(session: Session, finding_ids: Collection[int]) -> tuple[Told, ...]:
    """The same for findings known by id; what has ended since is left out."""
    if not finding_ids:
        return ()
    rows = session.execute(
        select(Finding.kind, Finding.subject)
        .where(Finding.id.in_(set(finding_ids)), Finding.ended_at.is_(None), Finding.state == "alarmed")
        .order_by(Finding.id)
    )
    subjects: dict[str, list[str]] = {}
    for kind, subject in rows:
        subjects.setdefault(kind, []).append(subject)
    blocked = [int(each.split(":")[1]) for each in subjects.get("person.unreachable", ())]
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(blocked)))}
    people = tuple(names[each] for each in blocked if each in names)
    return tuple(
        Told(kind, len(found), people if kind == "person.unreachable" else ()) for kind, found in subjects.items()
    )

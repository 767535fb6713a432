"""What the metrics and the readiness of a running bot are read from: few queries, each costs what is waiting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from models import findings
from models.burden import kept_burden
from models.duties.tables import Duty, DutyEvent
from models.inbox import InboxRow
from models.installation import find_fact, paused_until
from models.outbox import LANES, Message
from models.people import Person

WAITING = ("pending", "retry", "sending")
ENDED = ("suppressed", "cancelled", "dead")
UNSOLICITED = ("urgent", "digests")
TAKING = ("handed", "taken")
EVENTS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Measures:
    """`waiting` rows by lane and state, `oldest` due moment by lane, `unsent` by lane, state and reason; `findings` by
    kind and state; moments in UTC."""

    waiting: Mapping[tuple[str, str], int]
    oldest: Mapping[str, datetime]
    unsent: Mapping[tuple[str, str, str], int]
    findings: Mapping[tuple[str, str], int]
    unhandled: int
    unreachable: int
    paused_until: datetime | None
    audited_at: datetime | None
    clean_at: datetime | None
    people_by_messages: Mapping[int, int] = field(default_factory=dict)
    """How many people got 1, 2, 3 … unsolicited messages on the day before."""
    week: Mapping[str, float] = field(default_factory=dict)
    """What the last seven full days cost people, as models/burden.py names it."""


def measure(session: Session, *, now: datetime, yesterday: date) -> Measures:
    """Everything that is read from rows at one moment."""
    audit = find_fact(session, "audit") or {}
    return Measures(
        waiting=_waiting(session),
        oldest=_oldest(session, now),
        unsent=_unsent(session, yesterday),
        findings=findings.count_open(session),
        unhandled=_count(session, InboxRow.state == literal("new", literal_execute=True)),
        unreachable=_count(session, Person.unreachable_at.is_not(None)),
        paused_until=paused_until(session),
        audited_at=_moment(audit.get("at")),
        clean_at=_moment(audit.get("clean_at")),
        people_by_messages=_people_by_messages(session, yesterday),
        week=kept_burden(session),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _count(session: Session, condition: object) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0  # type: ignore[arg-type]


def _waiting(session: Session) -> dict[tuple[str, str], int]:
    states = [literal(state, literal_execute=True) for state in WAITING]
    rows = session.execute(
        select(Message.rank, Message.state, func.count())
        .where(Message.state.in_(states))
        .group_by(Message.rank, Message.state)
    )
    return {(LANES[rank], state): count for rank, state, count in rows}


def _oldest(session: Session, now: datetime) -> dict[str, datetime]:
    """Since when the oldest message of each lane is due."""
    due = [literal(state, literal_execute=True) for state in ("pending", "retry")]
    rows = session.execute(
        select(Message.rank, func.min(Message.due_at))
        .where(Message.state.in_(due), Message.due_at <= now)
        .group_by(Message.rank)
    )
    return {LANES[rank]: moment for rank, moment in rows}


def _unsent(session: Session, since: date) -> dict[tuple[str, str, str], int]:
    """Unsolicited messages of the last two days that were not sent, by the first words of their reason."""
    rows = session.execute(
        select(Message.lane, Message.state, Message.reason, func.count())
        .where(Message.local_day >= since, Message.state.in_(ENDED))
        .group_by(Message.lane, Message.state, Message.reason)
    )
    found: dict[tuple[str, str, str], int] = {}
    for lane, state, reason, count in rows:
        key = lane, state, (reason or "none").partition(":")[0]
        found[key] = found.get(key, 0) + count
    return found


def _people_by_messages(session: Session, day: date) -> dict[int, int]:
    each = (
        select(func.count().label("n"))
        .where(Message.local_day == day, Message.lane.in_(UNSOLICITED), Message.state == "sent")
        .group_by(Message.recipient_id)
        .subquery()
    )
    rows = session.execute(select(each.c.n, func.count().label("people")).group_by(each.c.n))
    return {row.n: row.people for row in rows}


@dataclass(frozen=True)
class Taking:
    """How long a case of that level waited until somebody took it."""

    level: int
    seconds: float


def newest_event(session: Session) -> int:
    return session.scalar(select(func.max(DutyEvent.id))) or 0


def list_taken(session: Session, after_id: int) -> tuple[int, list[Taking]]:
    """Cases taken or handed over in the next stretch of events, and how far that went."""
    upto = min(newest_event(session), after_id + EVENTS_AT_ONCE)
    rows = session.execute(
        select(DutyEvent.at, Duty.level, Duty.level_at)
        .join(Duty, Duty.id == DutyEvent.duty_id)
        .where(DutyEvent.id > after_id, DutyEvent.id <= upto, DutyEvent.kind.in_(TAKING), Duty.level_at.is_not(None))
    )
    return upto, [Taking(row.level, max(0.0, (row.at - row.level_at).total_seconds())) for row in rows]

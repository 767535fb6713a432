"""Notices: the fact that somebody is to be told. A message of the outbox gathers them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Facts, Id, bare, ref
from models.outbox import Message


class Notice(Base):
    """States: waiting (for the recipient's next digest or its own message), gathered, cancelled."""

    __tablename__ = "notices"
    id: Mapped[Id]
    recipient_id: Mapped[int] = ref("people", index=False)
    duty_id: Mapped[int | None] = ref("duties")
    visit_id: Mapped[int | None] = ref("visits")
    """For notices about a report rather than a duty."""
    batch: Mapped[str | None]
    """Urgent notices of one act go out as one message."""
    kind: Mapped[str]
    step: Mapped[str]
    """Which of the duty's planned moments: `remind:2026-11-12`, `level:2:2026-12-07`, `outcome:done` …"""
    cycle: Mapped[int] = mapped_column(default=1)
    form: Mapped[str] = mapped_column(default="digest")
    """digest, monday, urgent, or rider: joins the next digest that is sent anyway, at the latest at `due_at`."""
    due_at: Mapped[datetime]
    facts: Mapped[Facts]
    state: Mapped[str] = mapped_column(default="waiting")
    reason: Mapped[str | None]
    message_id: Mapped[int | None] = ref("outbox")
    made_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("duty_id", "step", "cycle", "recipient_id"),
        UniqueConstraint("visit_id", "step", "cycle", "recipient_id"),
        Index(
            "ix_notices_waiting",
            "due_at",
            "recipient_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_notices_recipient",
            "recipient_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


def add_notices(session: Session, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Adds notices; what was already said (same subject, step, cycle, recipient) is not said again.

    Every row gives recipient_id, kind, step, due_at, and duty_id or visit_id; the rest has defaults.
    """
    if not rows:
        return
    defaults: dict[str, Any] = {
        "duty_id": None, "visit_id": None, "batch": None, "cycle": 1, "form": "digest", "facts": {},
        "state": "waiting", "reason": None, "made_at": now,
    }  # fmt: skip
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(Notice).on_conflict_do_nothing(), [{**defaults, **row} for row in rows])


REMINDERS = ("remind", "repeat")
"""Kinds of notices of which a duty's newest is enough."""


def cancel_older(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Takes back the reminders of an earlier day that nobody was told yet, where `rows` remind of the same duty anew.
    One of the same day, taken again, is none: it would not be added once more."""
    again: dict[str, list[int]] = {}
    for row in rows:
        if row["kind"] in REMINDERS:
            again.setdefault(row["step"], []).append(row["duty_id"])
    for step, duty_ids in again.items():
        older = Notice.duty_id.in_(duty_ids), Notice.kind.in_(REMINDERS), Notice.step != step
        session.execute(update(Notice).where(*older, Notice.state == "waiting").values(state="cancelled", reason="newer"))


def cancel_waiting(
    session: Session,
    duty_ids: Collection[int],
    reason: str,
    kinds: Collection[str] = (),
    recipient_id: int | None = None,
) -> None:
    """Takes back what nobody was told yet about these duties, or what one person was not told yet."""
    if not duty_ids:
        return
    notice = bare(Notice).c
    conditions = [notice.duty_id.in_(duty_ids), notice.state == "waiting"]
    if kinds:
        conditions.append(notice.kind.in_(kinds))
    if recipient_id is not None:
        conditions.append(notice.recipient_id == recipient_id)
    session.execute(update(bare(Notice)).where(*conditions).values(state="cancelled", reason=reason))


CANCEL_OF_VISIT = (
    update(bare(Notice))
    .where(
        Notice.visit_id == bindparam("visit"),
        Notice.kind.in_(bindparam("kinds", expanding=True)),
        Notice.state == "waiting",
    )
    .values(state="cancelled", reason=bindparam("why"))
)


def cancel_visit_notices(session: Session, visit_id: int, *kinds: str, reason: str) -> None:
    """Takes back what nobody was told yet about a report."""
    session.execute(CANCEL_OF_VISIT, {"visit": visit_id, "kinds": kinds, "why": reason})


def revive_cancelled(session: Session, duty_ids: Collection[int], reason: str, *, now: datetime) -> bool:
    """Says again what was taken back for a reason that no longer holds, where its hour is still to come; whether
    there was any."""
    again = session.scalars(
        update(Notice)
        .where(Notice.duty_id.in_(duty_ids), Notice.state == "cancelled", Notice.reason == reason, Notice.due_at > now)
        .values(state="waiting", reason=None)
        .returning(Notice.id)
    )
    return again.first() is not None


CAP = "cap"
"""Why a notice waits for another day: the day's messages had been sent."""


def count_put_off(session: Session, person_id: int) -> tuple[int, datetime | None]:
    """How many notices wait for another day because of the cap, and when the first of them is due."""
    waiting = (Notice.recipient_id == person_id, Notice.state == "waiting", Notice.reason == CAP)
    row = session.execute(select(func.count(), func.min(Notice.due_at)).where(*waiting)).one()
    return row[0], row[1]


TOLD = ("sending", "sent", "unknown")


def list_told(session: Session, duty_id: int, cycle: int, kinds: Collection[str]) -> list[int]:
    """Who really heard of a duty by notices of these kinds: the message left, or its result is unknown."""
    rows = session.scalars(
        select(Notice.recipient_id)
        .join(Message, Message.id == Notice.message_id)
        .where(
            Notice.duty_id == duty_id,
            Notice.cycle == cycle,
            Notice.kind.in_(kinds),
            Notice.state == "gathered",
            Message.state.in_(TOLD),
        )
        .distinct()
    )
    return sorted(rows)

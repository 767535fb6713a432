"""Notices: the fact that somebody is to be told. A message of the outbox gathers them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Facts, Id, ref


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
    """Which of the duty's planned moments: `remind:2026-11-12`, `level:2`, `outcome:done` …"""
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
    )

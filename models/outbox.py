"""The outbox: one row, one message, one recipient, one failure domain. Rows keep kind and ids, never sentences."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Facts, Id, ref

LANES = ("answers", "urgent", "digests", "edits")
STATES = ("pending", "sending", "sent", "unknown", "retry", "dead", "cancelled", "suppressed")


class Message(Base):
    __tablename__ = "outbox"
    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(default="telegram")
    chat: Mapped[int] = mapped_column(BigInteger)
    recipient_id: Mapped[int | None] = ref("people")
    """None: an answer to somebody the roster does not know."""
    lane: Mapped[str]
    rank: Mapped[int]
    """The lane's place, kept for the claim's index: 0 answers, 1 urgent, 2 digests, 3 edits."""
    kind: Mapped[str]
    ids: Mapped[Facts]
    key: Mapped[str] = mapped_column(unique=True)
    """Makes it impossible twice: `a:<inbox>:<part>`, `d:<person>:<day>:<part>`, `u:<notice>:<person>`."""
    inbox_id: Mapped[int | None] = ref("inbox")
    local_day: Mapped[date | None]
    edits: Mapped[int | None] = mapped_column(BigInteger)
    """The channel's number of the message this one replaces, where it answers a tap."""
    state: Mapped[str] = mapped_column(default="pending")
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    """The channel's number, once accepted."""
    choices: Mapped[list[Any] | None]
    """[[word, data], …] of the screen as sent: a typed number or word presses the button of the newest screen."""
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "due_at",
            "rank",
            "id",
            sqlite_where=text("state IN ('pending', 'retry')"),
            postgresql_where=text("state IN ('pending', 'retry')"),
        ),
        Index(
            "ix_outbox_sending",
            "claimed_at",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index("ix_outbox_chat_id", "chat", "id"),
    )


class Attempt(Base):
    """One try to send: written with the outcome; how a refusal was classed."""

    __tablename__ = "attempts"
    id: Mapped[Id]
    outbox_id: Mapped[int] = ref("outbox")
    at: Mapped[datetime]
    outcome: Mapped[str]
    cause: Mapped[str | None]
    retry_after: Mapped[int | None]



"""The inbox: every raw update under its unique id, stored before it is confirmed or handled."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Id


class InboxRow(Base):
    """States: new, handled, parked (with its reason). The payload is dropped after seven days."""

    __tablename__ = "inbox"
    id: Mapped[Id]
    channel: Mapped[str]
    update_id: Mapped[int] = mapped_column(BigInteger)
    sender: Mapped[int] = mapped_column(BigInteger)
    """The channel's number of the person, 0 where there is none; updates of one sender are handled in order."""
    payload: Mapped[str | None] = mapped_column(EncryptedText)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="new")
    handled_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        UniqueConstraint("channel", "update_id"),
        Index(
            "ix_inbox_new",
            "sender",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
    )

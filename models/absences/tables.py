"""The table of absences: from when to when a person cannot visit, and who stands in (a cover who said 好)."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Id, ref

COVER_STATES = ("none", "asked", "agreed", "declined", "silent")


class Absence(Base):
    """Only stops reminders; never a leave form, never shown to the unit. States: active, ended."""

    __tablename__ = "absences"
    id: Mapped[Id]
    person_id: Mapped[int] = ref("people")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The first day on which the person is there again."""
    cover_id: Mapped[int | None] = ref("people")
    cover_state: Mapped[str] = mapped_column(default="none")
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    agreed_by: Mapped[int | None] = ref("people", index=False)
    """The officer who agreed to more than seven days without a cover."""
    words: Mapped[str | None] = mapped_column(EncryptedText)
    state: Mapped[str] = mapped_column(default="active")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_absences_active",
            "starts_on",
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

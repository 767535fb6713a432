"""Drafts: what a person has begun to say. One is active, others are parked; all survive any kill."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Facts, Id, ref


class Draft(Base):
    __tablename__ = "drafts"
    id: Mapped[Id]
    person_id: Mapped[int] = ref("people")
    kind: Mapped[str]
    """visit, import, explain, extend, handover …"""
    state: Mapped[str]
    """active, parked, done, cancelled."""
    step: Mapped[str] = mapped_column(default="")
    facts: Mapped[Facts]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    """What the person wrote, as written."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When something happens by itself: an album settles, loose photos ask whose they are."""
    __table_args__ = (
        Index(
            "uq_drafts_active",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index(
            "ix_drafts_due_at",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

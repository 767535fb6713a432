"""The table of requests: 户主换了, 新号码, a visit of long ago, a long absence, a hand-over."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Facts, Id, ref

KINDS = ("head", "phone", "members", "moved", "old_visit", "absence", "handover", "other", "explained")


class Request(Base):
    """States: open, done, declined, withdrawn."""

    __tablename__ = "requests"
    id: Mapped[Id]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    person_id: Mapped[int] = ref("people")
    """Who asks, and hears the answer."""
    village_id: Mapped[int | None] = ref("areas")
    """The village it is about, or the township where it is about a person: whose officer decides."""
    household_id: Mapped[int | None] = ref("households")
    visit_id: Mapped[int | None] = ref("visits")
    absence_id: Mapped[int | None] = ref("absences")
    facts: Mapped[Facts]
    """Ids and days only; names and numbers stand in `words`."""
    words: Mapped[str | None] = mapped_column(EncryptedText)
    """What the person wrote, as written."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    answered_by: Mapped[int | None] = ref("people", index=False)
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    __table_args__ = (
        Index(
            "ix_requests_open",
            "village_id",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

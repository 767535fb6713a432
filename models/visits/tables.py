"""Visits (走访): one record, one author; corrections are versions, removal is an event with a reason."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Facts, Id, ref

KINDS = ("routine", "verification", "courtesy", "leader", "survey", "inspection", "phone")
OUTCOMES = ("met", "not_home", "away", "hospital", "unreachable", "declined", "deceased")
STATES = ("unconfirmed", "confirmed", "withdrawn", "dropped")


class Visit(Base):
    __tablename__ = "visits"
    id: Mapped[Id]
    household_id: Mapped[int] = ref("households", index=False)
    person_id: Mapped[int] = ref("people")
    """The author: who went there, never who typed for them."""
    entered_by: Mapped[int | None] = ref("people", index=False)
    """A clerk who logged for the author (代录); counts only after the author's 属实."""
    draft_id: Mapped[int | None] = ref("drafts")
    """The report it came in; lines of one report are confirmed together."""
    line: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]
    kind: Mapped[str] = mapped_column(default="routine")
    outcome: Mapped[str] = mapped_column(default="met")
    visited_on: Mapped[date]
    """The local day of the visit; decides the period."""
    logged_at: Mapped[datetime]
    """When the report was sent, not when it was confirmed."""
    confirmed_at: Mapped[datetime | None]
    capacity: Mapped[str] = mapped_column(default="helper")
    """In which role: helper, second, cover, team_head, leader, inspector, clerk."""
    counts: Mapped[bool] = mapped_column(default=False)
    """Whether this visit is of the kind that counts toward a household's quota (product.md section 4)."""
    note: Mapped[str | None] = mapped_column(EncryptedText)
    away_until: Mapped[date | None]
    """全家外出: the last day on which the family is said to be away."""
    away_ended_on: Mapped[date | None]
    """The day on which a helper said that the family is back (回来了)."""
    version: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    consented_by: Mapped[int | None] = ref("people", index=False)
    """The officer who let a visit older than the previous period be recorded."""
    __table_args__ = (
        UniqueConstraint("draft_id", "line"),
        Index("ix_visits_household_id_visited_on", "household_id", "visited_on"),
        Index(
            "ix_visits_unconfirmed",
            "person_id",
            "logged_at",
            sqlite_where=text("state = 'unconfirmed'"),
            postgresql_where=text("state = 'unconfirmed'"),
        ),
    )


class VisitVersion(Base):
    """What a visit said at one time: canonical JSON and its hash; nothing is overwritten."""

    __tablename__ = "visit_versions"
    id: Mapped[Id]
    visit_id: Mapped[int] = ref("visits")
    version: Mapped[int]
    facts: Mapped[Facts]
    hash: Mapped[str]
    changed_by: Mapped[int | None] = ref("people", index=False)
    reason: Mapped[str | None]
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("visit_id", "version"),)


class VisitReturn(Base):
    """A visit sent back with a remark (退回); the author answers in the chat. States: open, answered, closed."""

    __tablename__ = "visit_returns"
    id: Mapped[Id]
    visit_id: Mapped[int] = ref("visits")
    returned_by: Mapped[int] = ref("people", index=False)
    remark: Mapped[str] = mapped_column(EncryptedText)
    returned_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    answered_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="open")

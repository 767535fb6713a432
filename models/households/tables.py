"""Households, members, and who helps whom (assignments; history stays)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Id, ref
from models.naming import names

KINDS = ("general", "low_income", "destitute", "monitored", "exited")


@names("number", "village_id", "area_id", "head_name", "pinyin", "initials", "status")
class Household(Base):
    """An imported snapshot of the register; never the master (A1)."""

    __tablename__ = "households"
    id: Mapped[Id]
    number: Mapped[str | None] = mapped_column(unique=True)
    """The register's own number 户编号; none while the sheet gave none."""
    village_id: Mapped[int] = ref("areas")
    area_id: Mapped[int] = ref("areas")
    """The group, or the village where no group is known."""
    head_name: Mapped[str]
    pinyin: Mapped[str | None]
    initials: Mapped[str | None]
    head_id: Mapped[str | None] = mapped_column(EncryptedText)
    head_id_hash: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    people_count: Mapped[int | None]
    kind: Mapped[str] = mapped_column(default="general")
    cause: Mapped[str | None]
    causes: Mapped[list[Any] | None]
    note: Mapped[str | None] = mapped_column(EncryptedText)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    status: Mapped[str] = mapped_column(default="active")
    """active, exited_observed (C5), ended."""
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[str | None]
    away_until: Mapped[date | None]
    """全家外出: up to and with this day one phone call a month is enough."""
    merged_into: Mapped[int | None] = ref("households", index=False)
    """The household that carries this one's history since they were joined."""
    registered_on: Mapped[date]
    last_met_on: Mapped[date | None]
    """Newest day on which somebody met the household; a cache kept by the visit's transaction."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


@names("household_id", "name", "ended_on")
class Member(Base):
    __tablename__ = "members"
    id: Mapped[Id]
    household_id: Mapped[int] = ref("households")
    number: Mapped[str | None]
    name: Mapped[str]
    relation: Mapped[str | None]
    id_number: Mapped[str | None] = mapped_column(EncryptedText)
    id_hash: Mapped[str | None] = mapped_column(index=True)
    away: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]


@names("household_id", "person_id", "position", "starts_on", "ends_on")
class Assignment(Base):
    """帮扶关系: household and helper from … to …; `position` first or second."""

    __tablename__ = "assignments"
    id: Mapped[Id]
    household_id: Mapped[int] = ref("households")
    person_id: Mapped[int] = ref("people")
    position: Mapped[str] = mapped_column(default="first")
    starts_on: Mapped[date | None]
    """None: the sheet gave no day, the assignment counts as old."""
    ends_on: Mapped[date | None]
    """The first day on which it no longer holds."""
    reason: Mapped[str | None]
    """Why it ended, as a code; `words`: typed."""
    words: Mapped[str | None] = mapped_column(EncryptedText)
    created_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "uq_assignments_open",
            "household_id",
            "position",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )


@names("household_id", "person_id", "name", "kept")
class Nickname(Base):
    """A household's name in one helper's mouth (歪叔屋头)."""

    __tablename__ = "nicknames"
    id: Mapped[Id]
    household_id: Mapped[int] = ref("households")
    person_id: Mapped[int] = ref("people")
    name: Mapped[str]
    kept: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the name stands for the household from now on; until 记住 it is only known how often it was asked."""
    asked: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("person_id", "name"),)

"""Duties: one thing one person owes for one subject by one day; their timeline."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Facts, Id, ref

STATES = ("open", "done", "explained", "settled", "waived", "void")


class Duty(Base):
    __tablename__ = "duties"
    id: Mapped[Id]
    rule_id: Mapped[int] = ref("rules")
    rule_code: Mapped[str]
    subject: Mapped[str]
    """`household:12`, `person:5`, `area:3`: what the duty is about, for the unique key."""
    household_id: Mapped[int | None] = ref("households")
    person_id: Mapped[int | None] = ref("people")
    """The owner; none while nobody is assigned."""
    village_id: Mapped[int | None] = ref("areas")
    period: Mapped[str]
    """`2026-11`, `2026-11a`, `2026-Q4`, `2026-H2`, `2026`."""
    cycle: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    due_on: Mapped[date]
    ends_on: Mapped[date]
    grace_ends_on: Mapped[date]
    """Last day of the 补录期."""
    closes_at: Mapped[datetime]
    """The moment the 补录期 ends: what was typed before it counts as usual, later it is 补记."""
    needed: Mapped[int]
    needed_home: Mapped[int | None]
    """The quota with the family at home, kept while 全家外出 makes one call enough; none otherwise."""
    done: Mapped[int] = mapped_column(default=0)
    """A cache of what counts; the auditor recomputes it."""
    late: Mapped[int] = mapped_column(default=0)
    """补记: typed after the 补录期, shown beside the figure."""
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str | None]
    """没去成 reason code, or why it was waived."""
    reason_text: Mapped[str | None] = mapped_column(EncryptedText)
    level: Mapped[int] = mapped_column(default=0)
    """The highest ladder level told so far; a case from 1 on."""
    level_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    """How many steps of the rule's ladder lie behind it, told or passed over."""
    repeats: Mapped[int] = mapped_column(default=0)
    """How often the owner heard it again after level 1."""
    mentioned_on: Mapped[date | None]
    """The day up to which the owner's reminders are dealt with."""
    stopped_on: Mapped[date | None]
    """Since when the ladder stands still (taken or paused)."""
    taken_by: Mapped[int | None] = ref("people", index=False)
    taken_until: Mapped[date | None]
    paused_until: Mapped[date | None]
    paused_reason: Mapped[str | None]
    postponed: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often 全家外出 or 联系不上 moved its due day (engine.md 3: twice a period at most)."""
    in_row: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many periods right before this one ended without the household being visited often enough or met since;
    known from the first step of the ladder, or from 没去成 on."""
    wish: Mapped[str | None]
    """The reason of a 没去成 that waits for the officer's word (the third in a row)."""
    shift_days: Mapped[int] = mapped_column(default=0)
    """Working days by which the remaining levels are moved (交办, pauses, lateness)."""
    next_action: Mapped[str | None]
    next_action_at: Mapped[datetime | None]
    """Never null while open: the next planned moment."""
    version: Mapped[int] = mapped_column(default=1)
    """Changes only when owner, level or state changes; deciding buttons carry it."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("rule_code", "subject", "period", "cycle"),
        Index(
            "ix_duties_due",
            "next_action_at",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


class DutyEvent(Base):
    """Append-only timeline: what people see when they ask why."""

    __tablename__ = "duty_events"
    id: Mapped[Id]
    duty_id: Mapped[int] = ref("duties")
    at: Mapped[datetime]
    kind: Mapped[str]
    person_id: Mapped[int | None] = ref("people", index=False)
    cause: Mapped[str | None]
    facts: Mapped[Facts]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    """What the person said about it, as written."""

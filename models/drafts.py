"""Drafts: what a person has begun to say. One is active, others are parked; all survive any kill."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, EncryptedText, Facts, Id, ref
from models.errors import Refused
from models.times import local_day


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


@dataclass(frozen=True)
class DraftView:
    id: int
    kind: str
    step: str
    facts: dict[str, Any]
    words: str | None
    version: int


ACTIVE = select(Draft).where(Draft.person_id == bindparam("person_id"), Draft.state == "active")
ACTIVE_VIEW = ACTIVE.with_only_columns(
    Draft.id, Draft.kind, Draft.step, Draft.facts, Draft.words, Draft.version, maintain_column_froms=True
)


def find_active(session: Session, person_id: int) -> DraftView | None:
    """The draft that a person is in, as plain values."""
    row = session.execute(ACTIVE_VIEW, {"person_id": person_id}).first()
    return None if row is None else DraftView(*row)


def active_row(session: Session, person_id: int) -> Draft | None:
    """The same as a row to be changed."""
    return session.scalar(ACTIVE, {"person_id": person_id})


def open_draft(
    session: Session,
    person_id: int,
    kind: str,
    *,
    now: datetime,
    step: str = "",
    facts: dict[str, Any] | None = None,
    words: str | None = None,
) -> Draft:
    """A new active draft; the one before it is parked, never dropped."""
    park_active(session, person_id, now=now)
    draft = Draft(
        person_id=person_id, kind=kind, state="active", step=step, facts=facts or {}, words=words,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def park_active(session: Session, person_id: int, *, now: datetime) -> None:
    active = active_row(session, person_id)
    if active is not None:
        active.state, active.updated_at = "parked", now
        session.flush()


def get_own(session: Session, person_id: int, draft_id: int, kind: str | None = None) -> Draft:
    """The person's own draft. Raises Refused("draft.gone") for foreign, unknown and closed ones, and for one that is
    not of the kind that is wanted."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != person_id or draft.state not in ("active", "parked"):
        raise Refused("draft.gone")
    if kind is not None and draft.kind != kind:
        raise Refused("draft.gone")
    return draft


def revise(session: Session, draft: Draft, *, now: datetime, step: str = "", **facts: Any) -> int:
    """Changes what a draft says; what was previewed of it before holds no more. One that was put aside is taken up."""
    take_up(session, draft, now=now)
    draft.facts, draft.step = {**draft.facts, "preview": None, **facts}, step
    draft.version, draft.updated_at = draft.version + 1, now
    session.flush()
    return draft.id


def take_previewed(draft: Draft, version: int, stale: str, *, now: datetime) -> dict[str, Any]:
    """Ends a draft to do what it says, which is what was previewed today: `facts["preview"]` says `on` which day.

    Raises Refused(`stale`) where the draft has changed since that screen, or holds no preview of today.
    """
    preview = draft.facts.get("preview")
    if version != draft.version or not preview or preview["on"] != local_day(now).isoformat():
        raise Refused(stale)
    draft.state, draft.due_at, draft.updated_at = "done", None, now
    return draft.facts


def take_up(session: Session, draft: Draft, *, now: datetime) -> None:
    """One that was put aside is the active one again; the one before it is parked."""
    if draft.state == "parked":
        park_active(session, draft.person_id, now=now)
        draft.state = "active"


def close(session: Session, draft: Draft, state: str, *, now: datetime) -> None:
    """Ends a draft as done or cancelled; the row stays."""
    draft.state, draft.due_at, draft.updated_at = state, None, now

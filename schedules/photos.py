"""Photos: albums that have come to rest are answered once, loose ones ask whose they are after half an hour."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.photos.settling import settle
from models.visits.reports import KIND

AT_ONCE = 50


def settle_some(session: Session, *, now: datetime) -> bool:
    """Answers up to fifty reports whose photos have settled, or whose half hour is over; whether there may be more."""
    due = session.scalars(
        select(Draft)
        .where(Draft.due_at <= now, Draft.kind == KIND, Draft.state != "cancelled")
        .order_by(Draft.due_at, Draft.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for draft in due:
        settle(session, draft, now=now)
    return len(due) > 0


def next_settle_at(session: Session, now: datetime) -> datetime | None:
    """When the next album has settled or the next half hour is over."""
    return session.scalar(
        select(Draft.due_at)
        .where(Draft.due_at.is_not(None), Draft.kind == KIND, Draft.state != "cancelled")
        .order_by(Draft.due_at)
        .limit(1)
    )

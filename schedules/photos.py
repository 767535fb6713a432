"""Photos: albums that have come to rest are answered once, loose ones ask whose they are after half an hour."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.photos.settling import settle
from models.visits.reports import KIND

AT_ONCE = 50
_WAITING = select(Draft).where(Draft.kind == KIND, Draft.state != "cancelled").order_by(Draft.due_at, Draft.id)
_SETTLED = _WAITING.where(Draft.due_at <= bindparam("now")).limit(AT_ONCE).with_for_update(skip_locked=True)
_NEXT_DUE_AT = _WAITING.where(Draft.due_at.is_not(None)).with_only_columns(Draft.due_at).limit(1)


def settle_some(session: Session, *, now: datetime) -> bool:
    """Answers up to fifty reports whose photos have settled, or whose half hour is over; whether there may be more."""
    due = session.scalars(_SETTLED, {"now": now}).all()
    for draft in due:
        settle(session, draft, now=now)
    return len(due) > 0


def next_settle_at(session: Session, now: datetime) -> datetime | None:
    """When the next album has settled or the next half hour is over."""
    return session.scalar(_NEXT_DUE_AT)

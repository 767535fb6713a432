"""What a wall clock that somebody set leaves behind, put right at once."""

from datetime import datetime, timedelta

from sqlalchemy import literal, update
from sqlalchemy.orm import Session

from models.installation import paused_until, set_fact
from models.outbox import Message

HELD = "clock_held"
"""The fact that says until when everything waits."""


def after_jump(session: Session, seconds: float, until: datetime, *, now: datetime) -> None:
    """What waits was dated by the other time: it is due now, and dated anew by who claims it. The channel's pause is
    moved by as much as the clock. `until` is kept for the next process."""
    due = [literal(state, literal_execute=True) for state in ("pending", "retry")]
    waits = Message.state.in_(due), Message.due_at > now
    session.execute(update(Message).where(*waits).values(due_at=now).execution_options(synchronize_session=False))
    paused = paused_until(session)
    if paused is not None and paused > now - timedelta(seconds=seconds):
        set_fact(session, "paused_until", at=(paused + timedelta(seconds=seconds)).isoformat())
    set_fact(session, HELD, until=until.isoformat())

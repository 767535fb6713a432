"""Gives a duty back as it was before something that is taken back: an import, a merge of households."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.duties.replanning import replan
from models.duties.settling import CLOSED, note, settle
from models.duties.tables import Duty
from models.notices import cancel_waiting, revive_cancelled
from models.trails import put_back

DUTY_FIELDS = (
    "person_id", "needed", "state", "reason", "closed_at", "level", "position", "repeats", "mentioned_on", "shift_days",
    "village_id",
)  # fmt: skip
"""What a change of households or helpers may replace, for the trail."""
RESTORED = "restored"


def restore_duty(session: Session, duty: Duty, was: dict[str, Any], *, now: datetime, person_id: int | None) -> None:
    """Owner, quota and ladder as they were; then it is what the visits say today."""
    closed = duty.state != was["state"]
    put_back(duty, was)
    duty.version += 1
    note(session, duty, RESTORED, now=now, person_id=person_id)
    if closed:
        cancel_waiting(session, [duty.id], RESTORED, ("outcome",))
        revive_cancelled(session, [duty.id], CLOSED, now=now)
    session.flush()
    settle(session, duty, now=now, person_id=person_id)
    if duty.state == "open" and duty.stopped_on is None:
        replan(session, duty, now=now)

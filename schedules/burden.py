"""What the bot costs people is counted once a day, just after midnight."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.burden import keep_burden
from models.installation import live_since
from models.times import local_day


def count_some(session: Session, *, now: datetime) -> bool:
    """Counts the last seven full days where today has not done so; never more to do."""
    if live_since(session) is not None:
        keep_burden(session, local_day(now))
    return False

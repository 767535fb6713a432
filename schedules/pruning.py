"""The tick that drops what need not be kept: raw updates after seven days, rows of imports thirty days after their end."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.imports.pruning import drop_rows
from models.inbox import drop_payloads

EVERY = 600
KEEP_PAYLOADS = timedelta(days=7)
AT_ONCE = 500


def prune_some(session: Session, *, now: datetime) -> bool:
    """One bounded piece; True while there is more."""
    more = drop_payloads(session, before=now - KEEP_PAYLOADS, limit=AT_ONCE)
    return drop_rows(session, now=now, limit=AT_ONCE) or more

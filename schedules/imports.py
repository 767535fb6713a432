"""The tick that applies confirmed imports, one short commit at a time."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.imports.batches import apply_batch
from models.imports.progress import show_progress
from models.imports.queries import next_to_apply


def apply_some(session: Session, *, now: datetime) -> bool:
    """Writes one batch of the oldest confirmed import; True while there is more.
    A kill costs the open batch only.
    """
    import_id = next_to_apply(session)
    if import_id is None:
        return False
    apply_batch(session, import_id, now=now)
    show_progress(session, import_id, now=now)
    return True

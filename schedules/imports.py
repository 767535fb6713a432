"""The ticks that apply confirmed imports and take others back, one short commit at a time."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.imports.batches import apply_batch
from models.imports.progress import show_progress
from models.imports.queries import find_oldest
from models.imports.undoing import undo_batch


def undo_some(session: Session, *, now: datetime) -> bool:
    """Takes one batch of an import back; True while there is more."""
    import_id = find_oldest(session, "undoing")
    if import_id is None:
        return False
    undo_batch(session, import_id, now=now)
    show_progress(session, import_id, now=now)
    return True


def apply_some(session: Session, *, now: datetime) -> bool:
    """Writes one batch of the oldest confirmed import; True while there is more.
    A kill costs the open batch only.
    """
    import_id = find_oldest(session, "applying")
    if import_id is None:
        return False
    apply_batch(session, import_id, now=now)
    show_progress(session, import_id, now=now)
    return True

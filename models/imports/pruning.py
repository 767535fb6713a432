"""What is kept of an import: its numbers for good, its rows (names, IDs, phones) for thirty days after its end."""

from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.orm import Session

from models.imports.tables import Import, ImportRow
from models.imports.undoing import UNDO_FOR

ENDED = ("done", "undone", "cancelled", "refused")
KEEP_ROWS = UNDO_FOR
"""As long as an import can be taken back."""

_OLD_WITH_ROWS = (
    select(Import.id)
    .where(
        Import.state.in_(ENDED),
        Import.finished_at < bindparam("before"),
        exists().where(ImportRow.import_id == Import.id),
    )
    .order_by(Import.id)
    .limit(1)
)
_FORGOTTEN = select(Import).where(Import.state == "previewed", Import.created_at < bindparam("before")).limit(1)


def drop_rows(session: Session, *, now: datetime, limit: int) -> bool:
    """Drops up to `limit` rows of an import that ended long ago; True while there may be more."""
    _give_up(session, now)
    import_id = session.scalar(_OLD_WITH_ROWS, {"before": now - KEEP_ROWS})
    if import_id is None:
        return False
    found = session.get_one(Import, import_id)
    if "states" not in found.counts:
        states = select(ImportRow.state, func.count()).where(ImportRow.import_id == import_id).group_by(ImportRow.state)
        found.counts = {**found.counts, "states": {row.state: row[1] for row in session.execute(states)}}
    some = select(ImportRow.id).where(ImportRow.import_id == import_id).order_by(ImportRow.id).limit(limit)
    ids = session.scalars(some).all()
    session.execute(delete(ImportRow).where(ImportRow.id.in_(ids)).execution_options(synchronize_session=False))
    return True


def _give_up(session: Session, now: datetime) -> None:
    """A preview that nobody confirmed in all that time is cancelled."""
    forgotten = session.scalar(_FORGOTTEN, {"before": now - KEEP_ROWS})
    if forgotten is not None:
        forgotten.state, forgotten.version, forgotten.finished_at = "cancelled", forgotten.version + 1, now

"""Roster files sent in the chat: a row from the first moment, so that a file is read however often the program stops.

Such a row is an `Import` of its own with the states fetching → fetched or refused; reading makes the import proper.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.access import PersonView
from models.errors import Refused
from models.imports.actions import tell_author, township_of
from models.imports.tables import Import
from models.jobs import ask_for
from models.sheets.reading import LIMITS

GIVE_UP_AFTER = timedelta(hours=24)
WAIT_AT_MOST = 300
LEASE = timedelta(minutes=3)
FETCHING = select(Import).where(Import.state == "fetching").order_by(Import.id)
READ = ("previewed", "applying", "done", "cancelled")


@dataclass(frozen=True)
class Received:
    """A file that lies with the channel and is still to be read."""

    id: int
    person_id: int
    file_id: str
    filename: str


def receive(session: Session, me: PersonView, file_id: str, filename: str, size: int | None, *, now: datetime) -> int:
    """Notes a file that was sent; it is fetched and read after the commit. The id of its row.

    Raises Refused: sheet.too_large by the size the channel says, import.not_yours, import.which_township.
    """
    township_id = township_of(session, me)
    if size is not None and size > LIMITS.size:
        raise Refused("sheet.too_large", size=size, megabytes=LIMITS.size >> 20)
    received = Import(
        person_id=me.id,
        township_id=township_id,
        filename=filename[:200] or "?",
        sha256="",
        kind="",
        state="fetching",
        mapping={},
        counts={"file_id": file_id, "tries": 0, "due": now.timestamp()},
        created_at=now,
    )
    session.add(received)
    session.flush()
    ask_for(session, "fetch rosters")
    audit.record(session, "import.receive", now=now, person_id=me.id, subject=f"import:{received.id}")
    return received.id


def next_received(session: Session, *, now: datetime) -> Received | None:
    """The oldest file that is to be fetched and read now."""
    for row in session.scalars(FETCHING):
        if row.person_id is not None and row.counts["due"] <= now.timestamp():
            return Received(row.id, row.person_id, row.counts["file_id"], row.filename)
    return None


def claim_received(session: Session, *, now: datetime) -> Received | None:
    """The same, and nobody else takes it meanwhile; one whose reader dies is due again after a lease."""
    for row in session.scalars(FETCHING.with_for_update(skip_locked=True)):
        if row.person_id is not None and row.counts["due"] <= now.timestamp():
            row.counts = {**row.counts, "due": (now + LEASE).timestamp()}
            return Received(row.id, row.person_id, row.counts["file_id"], row.filename)
    return None


def recover(session: Session, *, now: datetime) -> None:
    """At start nobody is reading: what was being read when the program ended is due at once."""
    for row in session.scalars(FETCHING):
        row.counts = {**row.counts, "due": min(row.counts["due"], now.timestamp())}


def was_read(session: Session, received_id: int, sha256: str) -> bool:
    """Whether the very same content was read to its preview after it was sent: then the program stopped just before
    it could say so, and nobody needs a second preview.
    """
    row = session.get_one(Import, received_id)
    same = select(Import.id).where(
        Import.id > row.id, Import.person_id == row.person_id, Import.sha256 == sha256, Import.state.in_(READ)
    )
    return session.scalar(same.limit(1)) is not None


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """When the next file is to be tried, for clocks that are moved."""
    rows = session.scalars(select(Import.counts).where(Import.state == "fetching"))
    due = min((counts["due"] for counts in rows), default=None)
    return None if due is None else datetime.fromtimestamp(due, tz=now.tzinfo)


def read_to_end(session: Session, received_id: int, *, now: datetime) -> None:
    row = session.get_one(Import, received_id)
    row.state, row.finished_at = "fetched", now


def set_aside(session: Session, received_id: int, code: str, values: dict[str, Any], *, now: datetime) -> None:
    """The file is no roster or cannot be had: its sender is told why with `import.refused`."""
    row = session.get_one(Import, received_id)
    row.state, row.finished_at = "refused", now
    row.counts = {**row.counts, "refused": code, "values": values}
    tell_author(session, row, "import.refused", now)


def try_later(session: Session, received_id: int, *, now: datetime) -> None:
    """The channel could not give the file just now: again after a growing wait, for a day at most."""
    row = session.get_one(Import, received_id)
    if now - row.created_at > GIVE_UP_AFTER:
        set_aside(session, received_id, "sheet.gone", {}, now=now)
        return
    tries = row.counts["tries"] + 1
    due = now.timestamp() + min(2**tries, WAIT_AT_MOST)
    row.counts = {**row.counts, "tries": tries, "due": due}

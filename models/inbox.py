"""The inbox: every raw update under its unique id, stored before it is confirmed or handled."""

from datetime import datetime
from itertools import takewhile
from typing import Any, cast

from sqlalchemy import BigInteger, CursorResult, Index, UniqueConstraint, bindparam, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, EncryptedText, Id, bare
from models.installation import find_fact, set_fact

ONE_TURN = 100


class InboxRow(Base):
    """States: new, handled, parked (with its reason). The payload is dropped after seven days."""

    __tablename__ = "inbox"
    id: Mapped[Id]
    channel: Mapped[str]
    update_id: Mapped[int] = mapped_column(BigInteger)
    sender: Mapped[int] = mapped_column(BigInteger)
    """The channel's number of the person, 0 where there is none; updates of one sender are handled in order."""
    payload: Mapped[str | None] = mapped_column(EncryptedText)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="new")
    handled_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        UniqueConstraint("channel", "update_id"),
        Index(
            "ix_inbox_new",
            "sender",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
    )


def _add_new(insert: Any) -> Any:
    return insert(bare(InboxRow)).on_conflict_do_nothing().returning(InboxRow.update_id, InboxRow.id)


ADD_NEW = {"postgresql": _add_new(postgresql.insert), "sqlite": _add_new(sqlite.insert)}


def store(
    session: Session, channel: str, updates: list[tuple[int, int, str]], *, now: datetime
) -> list[tuple[int, int]]:
    """Adds raw updates (update id, sender, payload); gives (update id, row id) of those not seen before."""
    rows = [
        {"channel": channel, "update_id": update_id, "sender": sender, "payload": payload, "received_at": now}
        for update_id, sender, payload in updates
    ]
    return [(row.update_id, row.id) for row in session.execute(ADD_NEW[session.get_bind().dialect.name], rows)]


def list_ids_of(session: Session, sender: int) -> list[int]:
    """What one person sent and nobody has handled, oldest first."""
    rows = select(InboxRow.id).where(InboxRow.sender == sender, InboxRow.state == "new").order_by(InboxRow.id)
    return list(session.scalars(rows))


def list_new_of(session: Session, sender: int) -> list[tuple[int, str]]:
    """(row id, raw update) of what one person sent and nobody has handled, oldest first."""
    rows = session.execute(
        select(InboxRow.id, InboxRow.payload)
        .where(InboxRow.sender == sender, InboxRow.state == "new")
        .order_by(InboxRow.id)
        .limit(ONE_TURN)
    )
    return [(row.id, row.payload or "") for row in rows]


def list_waiting(session: Session) -> list[int]:
    """The persons of whom there is something new, longest waiting first."""
    first = func.min(InboxRow.id)
    rows = select(InboxRow.sender).where(InboxRow.state == "new").group_by(InboxRow.sender).order_by(first)
    return list(session.scalars(rows.limit(ONE_TURN)))


def find_payload(session: Session, inbox_id: int) -> str | None:
    """The raw update of a row that is still to be handled; None once it is."""
    return session.scalar(select(InboxRow.payload).where(InboxRow.id == inbox_id, InboxRow.state == "new"))


HANDLED = (
    update(bare(InboxRow))
    .where(InboxRow.id == bindparam("inbox_id"), InboxRow.state == "new")
    .values(state="handled", handled_at=bindparam("now"), reason=bindparam("why"))
)


def handled(session: Session, inbox_id: int, *, now: datetime, reason: str | None = None) -> bool:
    """Marks an update as handled; False where it is so already: whoever asks must then change nothing."""
    done = session.execute(HANDLED, {"inbox_id": inbox_id, "now": now, "why": reason})
    return cast("CursorResult[Any]", done).rowcount == 1


def park(session: Session, inbox_id: int, *, now: datetime, reason: str) -> None:
    """Sets an update aside that cannot be parsed or handled, so that the next one goes on."""
    session.execute(
        update(InboxRow).where(InboxRow.id == inbox_id).values(state="parked", handled_at=now, reason=reason)
    )


PRUNED = "inbox_pruned"


OLD_ROWS = (
    select(InboxRow.id, InboxRow.state)
    .where(InboxRow.id > bindparam("upto"), InboxRow.received_at < bindparam("before"))
    .order_by(InboxRow.id)
    .limit(bindparam("limit"))
)


def drop_payloads(session: Session, *, before: datetime, limit: int) -> bool:
    """Empties up to `limit` raw updates received before a moment; True while there may be more.

    The row stays, so that no update is handled twice. One that still waits to be handled is kept, and all after it.
    """
    upto = (find_fact(session, PRUNED) or {"upto": 0})["upto"]
    rows = session.execute(OLD_ROWS, {"upto": upto, "before": before, "limit": limit})
    ids = [row.id for row in takewhile(lambda row: row.state != "new", rows)]
    if not ids:
        return False
    session.execute(
        update(InboxRow).where(InboxRow.id.in_(ids)).values(payload=None).execution_options(synchronize_session=False)
    )
    set_fact(session, PRUNED, upto=ids[-1])
    return len(ids) == limit

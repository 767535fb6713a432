"""What this installation knows about itself: the key check value, the day of going live, the pause, the offset."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Facts
from models.errors import Refused
from models.secrets import Keyring


class Fact(Base):
    __tablename__ = "installation"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Facts]


def find_fact(session: Session, name: str) -> dict[str, Any] | None:
    row = _find(session, name)
    return None if row is None else row.value


def set_fact(session: Session, name: str, **value: Any) -> None:
    row = _find(session, name)
    if row is None:
        session.add(Fact(name=name, value=value))
    else:
        row.value = value


def _find(session: Session, name: str) -> Fact | None:
    """The row, looked up once in a transaction: a session forgets what nobody holds."""
    row = session.get(Fact, name)
    if row is not None:
        session.info.setdefault(Fact, {})[name] = row
    return row


def check_key(session: Session, ring: Keyring) -> None:
    """Compares the key with the one this database was written with; notes it the first time.

    Raises Refused("key.wrong") instead of ever writing rows that nobody can read.
    """
    fact = find_fact(session, "key_check")
    if fact is None:
        set_fact(session, "key_check", sealed=ring.encrypt("zoufang"), hash=ring.hash("zoufang"))
    elif ring.decrypt(fact["sealed"]) != "zoufang" or ring.hash("zoufang") != fact["hash"]:
        raise Refused("key.wrong", key_id=ring.current)


def live_since(session: Session) -> date | None:
    """The local day of going live; rules start with the next full period after it."""
    fact = find_fact(session, "live_since")
    return None if fact is None else date.fromisoformat(fact["day"])


def paused_until(session: Session) -> datetime | None:
    """Until when the whole bot may not send (Telegram's retry_after), surviving a restart."""
    fact = find_fact(session, "paused_until")
    return None if fact is None else datetime.fromisoformat(fact["at"])

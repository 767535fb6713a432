"""What this installation knows about itself: the key check value, the day of going live, the pause, the offset."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Facts, bare
from models.errors import Refused
from models.secrets import Keyring


class Fact(Base):
    __tablename__ = "installation"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Facts]


_NAMED = select(bare(Fact).c.value).where(bare(Fact).c.name == bindparam("name"))
_LOCKED = _NAMED.with_for_update()
_SET = {
    kind: (made := insert(bare(Fact))).on_conflict_do_update(
        index_elements=[bare(Fact).c.name], set_={"value": made.excluded.value}
    )
    for kind, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def find_fact(session: Session, name: str, *, lock: bool = False) -> dict[str, Any] | None:
    """What is known under a name, read once in a transaction; `lock` keeps others from changing it and reads everything
    anew: who had it before may have changed more than this."""
    if lock:
        _forget(session)
    known: dict[str, dict[str, Any] | None] = session.info.setdefault(Fact, {})
    if name not in known:
        known[name] = session.scalar(_LOCKED if lock else _NAMED, {"name": name})
    return known[name]


def set_fact(session: Session, name: str, **value: Any) -> None:
    session.execute(_SET[session.get_bind().dialect.name], {"name": name, "value": value})
    session.info.setdefault(Fact, {})[name] = value


def drop_facts(session: Session, which: ColumnElement[bool]) -> None:
    """Forgets what is known under some names: a condition on `Fact`."""
    session.execute(delete(Fact).where(which))
    _forget(session)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, *ended: object) -> None:
    session.info.pop(Fact, None)


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

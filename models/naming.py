"""What may name something in a message (heads, members, nicknames, helpers, places, the officer's own words), and a
mark in the database that is another one after every change of it.

Reading all of it for every message costs a quarter of a second where somebody answers for two thousand households.
Whoever keeps what was read compares the mark: one row, and right whichever process wrote the change.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import ORMExecuteState, Session

from models.installation import Fact, find_fact, set_fact

T = TypeVar("T")
MARK = "naming"
CHANGED = "naming changed"
_columns: dict[type, tuple[str, ...]] = {}
MARK_NOW = select(Fact.value).where(Fact.name == MARK)


def names(*columns: str) -> Callable[[type[T]], type[T]]:
    """Marks a table some of whose columns name something: new rows and changes of those columns change the mark."""

    def register(table: type[T]) -> type[T]:
        _columns[table] = columns
        return table

    return register


def find_mark(session: Session) -> str:
    """The mark as this transaction sees it; empty where there is none, then nothing may be kept."""
    found = session.scalar(MARK_NOW)
    return str(found["mark"]) if found else ""


def ensure_mark(session: Session) -> None:
    """Makes the mark of a new installation."""
    if find_fact(session, MARK) is None:
        set_fact(session, MARK, mark=uuid4().hex)


@event.listens_for(Session, "before_flush")
def _note_rows(session: Session, _context: object, _instances: object) -> None:
    if CHANGED not in session.info and any(map(_says_otherwise, (*session.new, *session.dirty, *session.deleted))):
        session.info[CHANGED] = True


def _says_otherwise(row: Any) -> bool:
    columns = _columns.get(type(row))
    if columns is None:
        return False
    state = inspect(row)
    return not state.persistent or row in state.session.deleted or any(state.attrs[c].history.added for c in columns)


@event.listens_for(Session, "do_orm_execute")
def _note_statements(state: ORMExecuteState) -> None:
    """Rows written by a statement are not looked at one by one."""
    if not state.is_select and state.bind_mapper is not None and state.bind_mapper.class_ in _columns:
        state.session.info[CHANGED] = True


@event.listens_for(Session, "before_commit")
def _change_mark(session: Session) -> None:
    """A new mark goes with the change, in its own commit. Random, not counted: two that commit side by side differ."""
    session.flush()
    if session.info.pop(CHANGED, False):
        # The last statement of its transaction: nobody waits long for this row.
        session.execute(update(Fact.__table__).where(Fact.name == MARK).values(value={"mark": uuid4().hex}))  # type: ignore[arg-type]

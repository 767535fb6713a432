"""Long work that is asked for in the commit that makes it necessary.

The rows of our own tables say what is to be done; a job only says that somebody should look. Where there is a queue of
jobs (bot/jobs.py, on PostgreSQL) it is told in the same transaction; on SQLite the ticks look by themselves.
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

Ask = Callable[[Session, str], None]
_queue: Ask | None = None


def use_queue(ask: Ask | None) -> None:
    """From here on `ask(session, name)` puts a job into the queue; None: there is none."""
    global _queue
    _queue = ask


def ask_for(session: Session, name: str) -> None:
    """Somebody looks for this work soon after the commit, and nobody if there is none."""
    if _queue is not None:
        _queue(session, name)

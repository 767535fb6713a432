"""The shape of a tick: one bounded piece of work in one transaction; True means call me again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


class Work(Protocol):
    def __call__(self, session: Session, *, now: datetime) -> bool: ...


@dataclass(frozen=True)
class Tick:
    """`every` in seconds; `next_due_at` tells when there will be something to do (for clocks that are moved). One that
    does not go `by_clock` works on while the wall clock is doubtful."""

    name: str
    every: float
    work: Work
    next_due_at: Callable[[Session, datetime], datetime | None] | None = None
    by_clock: bool = True

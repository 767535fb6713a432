"""What a check of the auditor is given, and what it gives back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.times import local_day

PATIENCE = timedelta(seconds=30)
"""What is due is stuck when it is older than this; with a look every 20 s it is found within a minute."""
MOST = 50
"""Findings of one kind at a time; the others are found when these have ended."""


@dataclass(frozen=True)
class Stuck:
    """One thing that is stuck. `facts`: ids and days only."""

    subject: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The number behind `duty:12`."""
        return int(self.subject.split(":")[1])


@dataclass
class Look:
    """One look. `patient`: the auditor has been looking for a while, so that what is late now is not late because
    nothing ran. `among`: only these subjects, to see whether they are still stuck; else everything, where a check walks
    a stretch of it. `walks` remembers how far each walk has come."""

    now: datetime
    patient: bool
    walks: dict[str, int]
    among: Collection[str] | None = None
    _stretches: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return local_day(self.now)

    @property
    def late(self) -> datetime:
        """What was due before this moment is late."""
        return self.now - PATIENCE

    def ids(self, noun: str) -> list[int] | None:
        """The ids of the subjects to look at again; None: look at everything."""
        if self.among is None:
            return None
        return [int(subject.split(":")[1]) for subject in self.among if subject.startswith(f"{noun}:")]

    def stretch(self, session: Session, column: InstrumentedAttribute[int], most: int) -> tuple[int, int]:
        """The next stretch of a table's ids; after the last one it begins again. The same for all checks of a look."""
        name = column.class_.__tablename__
        if name not in self._stretches:
            newest = session.scalar(select(func.max(column))) or 0
            first = self.walks.get(name, 0) + 1
            if first > newest:
                first = 1
            self.walks[name] = first + most - 1
            self._stretches[name] = first, self.walks[name]
        return self._stretches[name]

    def where(
        self, session: Session, column: InstrumentedAttribute[int], noun: str, most: int, newest: int = 0
    ) -> ColumnElement[bool]:
        """Rows of the subjects to look at again, or of the next stretch and the `newest` ones."""
        ids = self.ids(noun)
        if ids is not None:
            return column.in_(ids)
        stretch = column.between(*self.stretch(session, column, most))
        if not newest:
            return stretch
        last = select(func.max(column)).scalar_subquery()
        return or_(stretch, column > last - newest)


@dataclass(frozen=True)
class Check:
    """`heal` is tried twice before the alarm; None: nothing can be done here but tell somebody. A cause that it returns
    is told at once."""

    kind: str
    find: Callable[[Session, Look], list[Stuck]]
    heal: Callable[[Session, Stuck, datetime], str | None] | None = None

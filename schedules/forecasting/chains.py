"""In a row (连续): a household's open duties one after the other, each going on with the next where nobody visits.

Decided here: of a period that was explained or settled, what counts as missed is looked up as for the real step
(models.duties.rows) once its ladder begins next; before that only periods that are still open count.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.times import ONE_DAY
from schedules.forecasting.playing import InRow

World = tuple[date | None, date | None]
NEVER: World = (None, None)


class Chains:
    """The open duties of a rule, by household and by the end of their periods."""

    def __init__(self, session: Session, duties: Select[Duty]) -> None:
        columns = (Duty.id, Duty.household_id, Duty.starts_on, Duty.ends_on, Duty.cycle, Duty.level, Duty.in_row)
        self._rows = {row.id: row for row in session.execute(duties.with_only_columns(*columns))}
        self._ending = {(row.household_id, row.ends_on): row.id for row in self._rows.values()}
        self._newest: dict[int, int] = {}
        for row in sorted(self._rows.values(), key=lambda each: each.ends_on):
            self._newest[row.household_id] = row.id
        self._over: set[int] = set()
        self._until: dict[int, World] = {}

    def starts(self) -> list[date]:
        """The days on which their periods begin, the latest first: each is played before the one it stands for."""
        return sorted({row.starts_on for row in self._rows.values()}, reverse=True)

    def end(self, duties: Collection[int]) -> None:
        """These are over with the change."""
        self._over.update(duties)

    def in_row(self, duty: int) -> InRow:
        """How a duty stands beside the household's others."""
        row, after = self._rows[duty], (False, False)
        if row.cycle == 1 and row.level == row.in_row == 0:
            before = self._before(duty)
            after = (before is not None, before is not None and before not in self._over)
        return InRow(after, self._until.get(duty, NEVER))

    def _before(self, duty: int) -> int | None:
        row = self._rows[duty]
        return self._ending.get((row.household_id, row.starts_on - ONE_DAY))

    def join(self, duties: Collection[int], world: int, on: date | None) -> None:
        """From a day on these stand for the ones before too."""
        self.stop([before for duty in duties if (before := self._before(duty)) is not None], world, on)

    def stop(self, duties: Collection[int], world: int, on: date | None) -> None:
        """From a day on others stand for these."""
        for duty in duties if on is not None else ():
            old, new = self._until.get(duty, NEVER)
            self._until[duty] = (old, on) if world else (on, new)

    def owed(self, household: int) -> World:
        """Up to which day a household owes something already, without the change and with it."""
        newest = self._newest.get(household)
        if newest is None:
            return NEVER
        ends_on = self._rows[newest].ends_on
        return ends_on, None if newest in self._over else ends_on

    def last(self, household: int) -> list[int]:
        """The duty that a household owes last, if it owes any."""
        return [self._newest[household]] if household in self._newest else []

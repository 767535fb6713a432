"""What stands still in the model, and how it goes on: months of helpers who are away, of families with a death."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from tests.proof.months.hearing import Hearing
from tests.proof.months.lives import DAY, Life
from tests.proof.months.owed import Month

OF_LADDER = ("remind", "repeat", "level", "again", "early")
ALL = (*OF_LADDER, "unjoined", "passed", "held", "fewer", "outcome", "reopened")


class Stopping(Hearing):
    """`away` by person the first and last days of absences."""

    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.away: dict[str, list[tuple[date, date]]] = defaultdict(list)

    def _until(self, name: str, day: date) -> date | None:
        """The last day of the absence in which somebody is that day."""
        return next((until for since, until in self.away[name] if since <= day <= until), None)

    def _absent(self, month: Month, day: date) -> None:
        """A helper who is away is not asked; afterwards, and when a new one is new no more, it goes on where it was."""
        if month.stopped and not month.held and month.until < day:
            self._go_on(month, day)
        until = self._until(month.owner, day)
        if until and not month.stopped:
            month.until = until
            self._stop(month, day, OF_LADDER)

    def _stop(self, month: Month, day: date, kinds: Collection[str]) -> None:
        month.stopped = month.stopped or day
        self._drop(month, kinds)

    def _drop(self, month: Month, kinds: Collection[str]) -> None:
        for name, waits in self.waiting.items():
            self.waiting[name] = [each for each in waits if each.month is not month or each.kind not in kinds]

    def _go_on(self, month: Month, day: date) -> None:
        """The ladder goes on as many working days later; what was to be reminded of meanwhile falls away."""
        if month.stopped is not None:
            month.shift += self.days.between(max(month.stopped, month.grace), day - DAY)
            month.mentioned = max(month.mentioned, month.stopped - DAY, day - DAY)
        month.stopped, month.held, month.young = None, False, False

    def _hold(self, month: Month, day: date, kinds: Collection[str]) -> None:
        month.held, month.weekly = True, self.days.opening(day + DAY)
        self._stop(month, day, kinds)

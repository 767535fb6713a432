"""What stands still in the model, and how it goes on: months of helpers who are away, of families with a death."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from tests.proof.months.hearing import Hearing
from tests.proof.months.lives import DAY, Life
from tests.proof.months.owed import Absence, Month

OF_LADDER = ("remind", "repeat", "level", "again", "early")
ALL = (*OF_LADDER, "unjoined", "passed", "held", "fewer", "outcome", "reopened")


class Stopping(Hearing):
    """`away`: the absences of each person."""

    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.away: dict[str, list[Absence]] = defaultdict(list)

    def _is_away(self, name: str, on: date, until: date) -> bool:
        """Whether somebody is away on any of these days."""
        return any(absence.meets(on, until) for absence in self.away[name])

    def _until(self, name: str, day: date) -> date | None:
        """The last day of the absence in which somebody is that day, nobody standing in."""
        alone = (each for each in self.away[name] if each.meets(day, day) and each.answer != "agreed")
        return next((each.until for each in alone), None)

    def _absent(self, month: Month, day: date) -> None:
        """A helper who is away is not asked; afterwards, and when a new one is new no more, it goes on where it was."""
        if month.stopped and not month.held and month.until < day:
            self._go_on(month, day)
        until = self._until(month.owner, day)
        if until and not month.stopped:
            month.until = until
            self._stop(month, day, OF_LADDER)

    def _lend(self, month: Month, day: date) -> None:
        """Somebody else is to do it for a while, or not any longer; how far it is stays what it is."""
        former, month.owner = month.owner, month.home.owner(day)
        if month.owner != former:
            self._drop(month, ("remind", "repeat"))
            self.waiting[former] = [each for each in self.waiting[former] if each.month is not month]

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

"""What a month of a household has become: by visits, by those that were taken back, in another helper's hands."""

from tests.proof.months.climbing import Climbing
from tests.proof.months.lives import Act, Life
from tests.proof.months.owed import Month, Wait
from tests.proof.months.stopping import OF_LADDER


class Settling(Climbing):
    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.dead: set[int] = set()
        """Households with a reported death that stands; where the officer ended one it stands for ever."""

    def _look(self, act: Act) -> None:
        """What each month of the household is now; all of them, before any of them looks at the one before it."""
        months = self.months[act.home]
        were = [(month.state, month.done) for month in months]
        for month in months:
            month.state = self._state(month)
        opened = {id(month) for month in months if month.state == "open"}
        for month, (before, done) in reversed(list(zip(months, were, strict=True))):
            if before == month.state == "open" and month.done < done and month.level:
                self._ride(month, "fewer", self._heard(month), act, holds=True)
            elif before == "open" != month.state:
                month.closed, month.wished = act.day, ""
                told = set().union(*(self._heard(each) for each in (month, *month.carries)))
                self._ride(month, "outcome", told, act, holds=False)
            elif before != "open" and month.carried and id(month) in opened:
                self._drop(month, ("outcome",))  # the one after it, open again too, says both
            elif before != month.state != "open":
                self._ride(month, "outcome", month.heard["outcome"], act, holds=False)
            elif before != "open" == month.state:
                self._reopen(month, act)

    def _state(self, month: Month) -> str:
        if month.ended:
            return month.ended
        visits = self.visits[month.home.number]
        said = [each for each in visits if each.stands and each.counts and each.on >= month.start]
        inside = [each for each in said if each.on <= month.end]
        month.done = len({each.on for each in inside if each.typed <= month.grace})
        if month.done >= month.needed:
            return "done"
        if month.carried:
            return "settled"
        if month.explained:
            return "explained"
        late = any(each.typed > month.grace for each in inside)
        return "settled" if late or len(said) > len(inside) else "open"

    def _reopen(self, month: Month, act: Act) -> None:
        """A visit was taken back: as if it had not been; what fell due meanwhile is said now."""
        for name, waits in self.waiting.items():
            self.waiting[name] = [each for each in waits if (each.month, each.kind) != (month, "outcome")]
        for name in sorted(month.heard["outcome"]):
            self._wait(name, Wait(month, "reopened", self._next_hour(name, act.day, act.minute), True))
        if month.home.number in self.dead:
            if not month.held:
                self._hold(month, act.day, OF_LADDER)
        elif month.held or (month.stopped and month.until < act.day):
            self._go_on(month, act.day)
        if month.helper != month.home.helper:
            self._pass_on(month, act)
            return
        self._lend(month, act.day)
        if self.days.works(act.day):
            self._steps(month, act.day, act.minute)

    def _pass_on(self, month: Month, act: Act) -> None:
        """Somebody else owes it now, with what was done: less where few days are left, and past its day the ladder
        begins again."""
        month.helper = month.home.helper
        self._lend(month, act.day)
        if month.stopped and not month.held and not month.young:
            self._go_on(month, act.day)
        if act.day > month.due:
            month.level, month.repeats, month.rung = 0, 0, 1
            self._drop(month, OF_LADDER)
        else:
            month.needed = min(month.needed, month.done + self._share(month))
        month.ended = "" if month.needed else "waived"
        month.state = self._state(month)
        self._absent(month, act.day)
        if month.state == "open" and self.days.works(act.day):
            self._steps(month, act.day, act.minute)

    @staticmethod
    def _share(month: Month) -> int:
        """What is asked of who begins within the month."""
        left = (month.end - max(month.start, month.home.since)).days + 1
        return 2 if left >= 20 or month.home.since <= month.start else 1 if left >= 7 else 0

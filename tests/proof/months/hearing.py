"""Who hears of what the model has to say, and in which digest."""

from collections import Counter, defaultdict
from datetime import date

from tests.proof.months.days import Days
from tests.proof.months.lives import DAY, Act, Life
from tests.proof.months.owed import Month, Wait

MORNING, AFTERNOON = 7 * 60 + 50, 19 * 60 + 20
UPWARD = ("level", "again")
Line = tuple[date, str, str, int, str]


class Hearing:
    """`lines` are what was said; `waiting` by person what is still to be; `had`: who had a digest on which day."""

    def __init__(self, life: Life) -> None:
        self.life, self.days = life, Days(life.first, life.last)
        self.lines: Counter[Line] = Counter()
        self.waiting: dict[str, list[Wait]] = defaultdict(list)
        self.had: set[tuple[str, date]] = set()
        self.blocked: set[str] = set()

    def _heard(self, month: Month) -> set[str]:
        return {name for kind in UPWARD for name in month.heard[kind]}

    def _reaches(self, name: str) -> bool:
        return self.life.people[name].joined and name not in self.blocked

    def _hour(self, name: str) -> int:
        return AFTERNOON if self.life.people[name].post == "helper" else MORNING

    def _next_hour(self, name: str, day: date, minute: int) -> tuple[date, int]:
        hour = self._hour(name)
        return (day if self.days.works(day) and hour > minute else self.days.after(day, 1)), hour

    def _tell(self, month: Month, name: str, kind: str, day: date, minute: int) -> None:
        self._wait(name, Wait(month, kind, (day, self._hour(name)), True))

    def _ride(self, month: Month, kind: str, people: set[str], act: Act, *, holds: bool) -> None:
        """A line in the next digest that is sent anyway, at the latest when the next week opens."""
        opening = self.days.opening(act.day + DAY)
        for name in people - {act.who}:
            self._wait(name, Wait(month, kind, (opening, self._hour(name)), holds, rides=True))

    def _wait(self, name: str, wait: Wait) -> None:
        if self._reaches(name):
            self.waiting[name].append(wait)

    def _digests(self, day: date, minute: int) -> None:
        for name in [name for name, waits in self.waiting.items() if waits]:
            due = [each for each in self.waiting[name] if each.due <= (day, minute)]
            if due:
                self._digest(name, due, day, minute)

    def _digest(self, name: str, due: list[Wait], day: date, minute: int) -> None:
        self.waiting[name] = [each for each in self.waiting[name] if each not in due]
        due = [each for each in due if each.true and day <= each.until]
        if not due:
            return
        riding = [each for each in self.waiting[name] if each.rides and each.true]
        self.waiting[name] = [each for each in self.waiting[name] if each not in riding]
        if not self._reaches(name):
            return
        if (name, day) in self.had:
            later = self._next_hour(name, day, minute)
            for each in due:
                each.due = later
            self.waiting[name] += due + riding
            return
        self.had.add((name, day))
        for each in due + riding:
            about = (0, "")
            if each.month is not None:
                each.month.heard[each.kind].add(name)
                about = (each.month.home.number, each.month.name)
            self.lines[day, name, each.kind, *about] += 1

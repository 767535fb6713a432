"""A small model of the rules that ship (product.md section 5): who is told what on which day.

It knows nothing of the program: no database, no planned moments, no calendar of ours. Every morning it looks at every
month of every household that is still short, every evening at what people have said, and asks what that day is.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from tests.proof.months.days import Days
from tests.proof.months.lives import DAY, EVENING, NIGHT, NOON, Act, Home, Life

MORNING, AFTERNOON = 7 * 60 + 50, 19 * 60 + 20
DAWN = 5 * 60
UPWARD = ("level", "again")
Line = tuple[date, str, str, int, str]


@dataclass
class Said:
    """A visit as it was typed."""

    on: date
    typed: date
    who: str
    stands: bool = True


@dataclass(eq=False)
class Month:
    """What a household is owed in one month, and how far that has gone up."""

    home: Home
    start: date
    due: date
    end: date
    grace: date
    state: str = "open"
    done: int = 0
    explained: bool = False
    carried: bool = False
    carries: list["Month"] = field(default_factory=list)
    """The months before that go on with this one."""
    in_row: bool = False
    rung: int = 0
    level: int = 0
    told_up: date = date.min
    mentioned: date = date.min
    repeats: int = 0
    closed: date = date.max
    heard: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Kind → who was sent a line of it."""

    @property
    def name(self) -> str:
        return f"{self.start:%Y-%m}"


@dataclass(eq=False)
class Wait:
    """A line that waits for somebody's hour. `holds`: in which states of its month it is still true; `rides`: it only
    joins another digest before its day."""

    month: Month
    kind: str
    due: tuple[date, int]
    holds: bool
    rides: bool = False

    @property
    def true(self) -> bool:
        return (self.month.state == "open") is self.holds


class Model:
    def __init__(self, life: Life) -> None:
        self.life, self.days = life, Days(life.first, life.last)
        self.lines: Counter[Line] = Counter()
        self.refused: list[Act] = []
        self.waiting: dict[str, list[Wait]] = defaultdict(list)
        self.had: set[tuple[str, date]] = set()
        self.blocked: set[str] = set()
        self.visits: dict[int, list[Said]] = defaultdict(list)
        self.months: dict[int, list[Month]] = {home.number: [] for home in life.homes}
        self.heads = {each.village: each.name for each in life.people.values() if each.post == "team_head"}

    def foretell(self) -> Counter[Line]:
        acts: dict[tuple[date, int], list[Act]] = defaultdict(list)
        for act in self.life.acts:
            acts[act.day, act.minute].append(act)
        for day in self.days.all():
            self._dawn(day)
            self._digests(day, MORNING)
            for minute in (NOON, EVENING, AFTERNOON, NIGHT):
                for act in acts[day, minute]:
                    if not self._do(act):
                        self.refused.append(act)
                self._digests(day, minute)
        return self.lines

    # -- what a day brings -------------------------------------------------------------------------------------------

    def _dawn(self, day: date) -> None:
        for home in self.life.homes:
            months = self.months[home.number]
            if day.day == 1:
                months[:] = [each for each in months if each.state == "open" or each.end > day - DAY * 120]
                months.append(self._begin(home, day))
            if self.days.works(day):
                for month in reversed(months):
                    if month.state == "open":
                        self._steps(month, day, DAWN)

    def _begin(self, home: Home, start: date) -> Month:
        end = self.days.month_end(start)
        return Month(home, start, start.replace(day=25), end, self.days.after(end, 3))

    def _steps(self, month: Month, day: date, minute: int) -> None:
        """Everything that this day is for a month that is still short."""
        missed = [each for each in self.days.reminders(month.start, month.due, month.end, month.grace) if each <= day]
        if missed and missed[-1] > month.mentioned:
            month.mentioned = day
            self._tell(month, month.home.helper, "remind", day, minute)
        while month.rung < len(self._ladder(month)) and self._ladder(month)[month.rung][0] <= day:
            self._rung(month, day, minute)
        if month.rung == len(self._ladder(month)) and month.level and self.days.opening(month.told_up + DAY) <= day:
            self._tell(month, "leader", "again", day, minute)
            month.told_up = day
        since = month.mentioned if month.mentioned > date.min else month.grace
        if month.level and month.repeats < 4 and self.days.after(since, 3) <= day:
            month.repeats, month.mentioned = month.repeats + 1, day
            self._tell(month, month.home.helper, "repeat", day, minute)

    def _ladder(self, month: Month) -> list[tuple[date, str]]:
        after = lambda n: self.days.after(month.grace, n)  # noqa: E731
        row = month.in_row
        return [
            (self.days.after(month.due, -5), "early"),
            *([(after(1), "second")] if month.home.second else []),
            (after(1 if row or not month.home.second else 2), "head"),
            (after(1 if row else 3), "officer"),
            (after(5) if row else self.days.opening(after(5)), "deputy"),
            (after(5 if row else 10), "leader"),
        ]

    def _rung(self, month: Month, day: date, minute: int) -> None:
        post = self._ladder(month)[month.rung][1]
        if post in ("second", "head") and month.level == 0 and not month.in_row:
            self._join(month, day)
        month.rung += 1
        home = month.home
        if not self.life.people[home.helper].joined:
            if post == "officer":
                self._tell(month, "officer", "unjoined", day, minute)
            return
        who = {"second": home.second, "head": self.heads.get(home.village), "early": self.heads.get(home.village)}
        name = who.get(post, post)
        if name is not None and self._reaches(name):
            self._tell(month, name, "early" if post == "early" else "level", day, minute)
            if post != "early":
                month.level, month.told_up = max(month.level, 1), day
        else:
            self._tell(month, "officer", "passed", day, minute)

    def _join(self, month: Month, day: date) -> None:
        """The second month in a row: the one before is still short, or was explained and nobody was there since."""
        before = next((each for each in self.months[month.home.number] if each.end == month.start - DAY), None)
        if before is None or before.state == "done":
            return
        met = any(said.stands and said.on >= before.start for said in self.visits[month.home.number])
        if before.state == "open" or not met:
            month.in_row = True
        if before.state == "open":
            month.carries = [before, *before.carries]
            before.carried, before.state, before.closed = True, "settled", day

    # -- what people say -----------------------------------------------------------------------------------------------

    def _do(self, act: Act) -> bool:
        """Whether it is allowed."""
        if act.what in ("block", "unblock"):
            (self.blocked.add if act.what == "block" else self.blocked.discard)(act.who)
            return True
        if act.what == "explain":
            return self._explain(act)
        said = self.visits[act.home]
        if act.what == "visit":
            oldest = (act.day.replace(day=1) - DAY).replace(day=1)
            if act.on < oldest:
                return False
            said.append(Said(act.on, act.day, act.who))
        else:
            mine = [each for each in said if (each.on, each.who, each.stands) == (act.on, act.who, True)]
            if not mine:
                return False
            mine[0].stands = False
        self._look(act)
        return True

    def _explain(self, act: Act) -> bool:
        month = next((each for each in self.months[act.home] if each.start == act.on), None)
        if month is None or month.state != "open" or act.day < self.days.before(month.due):
            return False
        month.explained = True
        self._look(act)
        return True

    def _look(self, act: Act) -> None:
        """What each month of the household is now."""
        for month in reversed(self.months[act.home]):
            before, done = month.state, month.done
            month.state = self._state(month)
            if before == month.state == "open" and month.done < done and month.level:
                self._ride(month, "fewer", self._heard(month), act, holds=True)
            elif before == "open" != month.state:
                month.closed = act.day
                told = set().union(*(self._heard(each) for each in (month, *month.carries)))
                self._ride(month, "outcome", told, act, holds=False)
            elif before != month.state != "open":
                self._ride(month, "outcome", month.heard["outcome"], act, holds=False)
            elif before != "open" == month.state:
                self._reopen(month, act)

    def _state(self, month: Month) -> str:
        said = [each for each in self.visits[month.home.number] if each.stands and each.on >= month.start]
        inside = [each for each in said if each.on <= month.end]
        month.done = len({each.on for each in inside if each.typed <= month.grace})
        if month.done >= 2:
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
        if self.days.works(act.day):
            self._steps(month, act.day, act.minute)

    # -- who hears it when ---------------------------------------------------------------------------------------------

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
        due = [each for each in due if each.true]
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
            each.month.heard[each.kind].add(name)
            self.lines[day, name, each.kind, each.month.home.number, each.month.name] += 1

"""A small model of the rules that ship (product.md section 5): who is told what on which day.

It knows nothing of the program: no database, no planned moments, no calendar of ours. Every morning it looks at every
month of every household that is still short, every evening at what people have said, and asks what that day is.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

from tests.proof.months.hearing import AFTERNOON, MORNING, Line
from tests.proof.months.lives import DAY, EVENING, NIGHT, NOON, Act, Home, Life
from tests.proof.months.owed import Month, Said, Wait
from tests.proof.months.stopping import ALL, OF_LADDER, Stopping

DAWN = 5 * 60


class Model(Stopping):
    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.refused: list[Act] = []
        self.dead: set[int] = set()
        """Households with a reported death that stands; where the officer ended one it stands for ever."""
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
                if home.number not in self.dead:
                    months.append(self._begin(home, day))
            for month in [each for each in reversed(months) if each.state == "open"]:
                self._absent(month, day)
                if self.days.works(day):
                    self._steps(month, day, DAWN)

    def _begin(self, home: Home, start: date) -> Month:
        end = self.days.month_end(start)
        return Month(home, start, start.replace(day=25), end, self.days.after(end, 3))

    def _steps(self, month: Month, day: date, minute: int) -> None:
        """Everything that this day is for a month that is still short."""
        if month.held and month.weekly <= day:
            month.weekly = self.days.opening(day + DAY)
            self._tell(month, "officer", "held", day, minute)
        if month.stopped is not None:
            return
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
        if month.level and not month.wished and month.repeats < 4 and self.days.after(since, 3) <= day:
            month.repeats, month.mentioned = month.repeats + 1, day
            self._tell(month, month.home.helper, "repeat", day, minute)

    def _ladder(self, month: Month) -> list[tuple[date, str]]:
        after = lambda n: self.days.after(month.grace, n + month.shift)  # noqa: E731
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
        on, post = self._ladder(month)[month.rung]
        if post in ("second", "head") and month.level == 0 and not month.in_row:
            self._join(month, day)
        month.rung += 1
        home = month.home
        if post == "early" and day > month.due:
            return  # too late for that
        if post != "early":  # what comes late makes the rest as much later
            month.shift += self.days.between(on, day)
        if not self.life.people[home.helper].joined:
            if post == "officer":
                self._tell(month, "officer", "unjoined", day, minute)
            return
        who = {"second": home.second, "head": self.heads.get(home.village), "early": self.heads.get(home.village)}
        name = who.get(post, post)
        if post == "second" and self._reaches(name or "") and self._until(name or "", day):
            return
        if name is not None and self._reaches(name):
            self._tell(month, name, "early" if post == "early" else "level", day, minute)
            if post != "early":
                month.level, month.told_up = max(month.level, 1), day
        else:
            self._tell(month, "officer", "passed", day, minute)

    def _join(self, month: Month, day: date) -> None:
        """The second month in a row: the one before is still short, or was explained and nobody was there since."""
        before = self._before(month)
        month.in_row = before is not None
        if before is not None and before.state == "open":
            month.carries = [before, *before.carries]
            before.wished = False
            before.carried, before.state, before.closed = True, "settled", day

    # -- what stands still -------------------------------------------------------------------------------------------------

    def _leave(self, act: Act) -> None:
        self.away[act.who].append((act.on, act.until))
        villages = {home.village for home in self.life.homes if home.helper == act.who}
        for name in [self.heads[village] for village in villages if village in self.heads]:
            self._wait(name, Wait(None, "absence", self._next_hour(name, act.day, act.minute), True, until=act.until))
        if act.on == act.day:
            mine = [home.number for home in self.life.homes if home.helper == act.who]
            for month in [each for number in mine for each in self.months[number] if each.state == "open"]:
                self._absent(month, act.day)

    def _die(self, act: Act) -> None:
        self.dead.add(act.home)
        self.lines[act.day, "officer", "deceased", 0, ""] += 1
        for month in [each for each in self.months[act.home] if each.state == "open"]:
            self._hold(month, act.day, ALL)

    def _decide(self, act: Act) -> bool:
        """What the officer says of a reported death: the family lives on, or nobody is left."""
        if act.home not in self.dead:
            return False
        if act.what == "resume":
            self.dead.discard(act.home)
        for month in self.months[act.home]:
            if act.what == "end":
                month.void = month.void or month.state == "open"
            elif month.held and month.state == "open":
                self._go_on(month, act.day)
                if self.days.works(act.day):
                    self._steps(month, act.day, act.minute)
        self._look(act)
        return True

    # -- what people say -----------------------------------------------------------------------------------------------

    def _do(self, act: Act) -> bool:
        """Whether it is allowed."""
        if act.what in ("block", "unblock"):
            (self.blocked.add if act.what == "block" else self.blocked.discard)(act.who)
            return True
        if act.what in ("away", "death"):
            (self._leave if act.what == "away" else self._die)(act)
            return True
        if act.what in ("resume", "end"):
            return self._decide(act)
        if act.what == "explain":
            return self._explain(act)
        if act.what in ("agree", "refuse"):
            return self._answer(act)
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
        if month.wished:
            return False
        if self._explained_before(month) >= 2:
            self._ask(month, act)
            return True
        month.explained = True
        self._look(act)
        return True

    def _before(self, month: Month) -> Month | None:
        """The month before, where that was missed and nobody was there since."""
        before = next((each for each in self.months[month.home.number] if each.end == month.start - DAY), None)
        if before is None or before.state == "done":
            return None
        met = any(said.stands and said.on >= before.start for said in self.visits[month.home.number])
        return None if met and before.state != "open" else before

    def _explained_before(self, month: Month) -> int:
        before = self._before(month)
        return 1 + self._explained_before(before) if before and before.state == "explained" else 0

    def _ask(self, month: Month, act: Act) -> None:
        """The third in a row is the officer's to say; until then the helper hears nothing more."""
        month.wished, month.mentioned = True, max(month.mentioned, month.grace)
        self._drop(month, ("remind", "repeat"))
        self._wait("officer", Wait(None, "request", self._next_hour("officer", act.day, act.minute), True))

    def _answer(self, act: Act) -> bool:
        month = next((each for each in self.months[act.home] if each.wished), None)
        if month is None:
            return False
        helper = replace(act, who=month.home.helper)
        month.wished, month.explained = False, act.what == "agree"
        hour = self._next_hour(helper.who, act.day, act.minute)
        self._wait(helper.who, Wait(None, "request_answered", hour, True))
        if act.what == "agree":
            self._look(helper)
        else:
            month.mentioned = act.day - DAY
            if self.days.works(act.day):
                self._steps(month, act.day, act.minute)
        return True

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
                month.closed, month.wished = act.day, False
                told = set().union(*(self._heard(each) for each in (month, *month.carries)))
                self._ride(month, "outcome", told, act, holds=False)
            elif before != "open" and month.carried and id(month) in opened:
                self._drop(month, ("outcome",))  # the one after it, open again too, says both
            elif before != month.state != "open":
                self._ride(month, "outcome", month.heard["outcome"], act, holds=False)
            elif before != "open" == month.state:
                self._reopen(month, act)

    def _state(self, month: Month) -> str:
        if month.void:
            return "void"
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
        if month.home.number in self.dead:
            if not month.held:
                self._hold(month, act.day, OF_LADDER)
        elif month.held or (month.stopped and month.until < act.day):
            self._go_on(month, act.day)
        if self.days.works(act.day):
            self._steps(month, act.day, act.minute)

"""A small model of the rules that ship (product.md section 5): who is told what on which day.

It knows nothing of the program: no database, no planned moments, no calendar of ours. Every morning it looks at every
month of every household that is still short, every evening at what people have said, and asks what that day is.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

from tests.proof.months.hearing import AFTERNOON, MORNING, Line
from tests.proof.months.households import Household
from tests.proof.months.leaving import Leaving
from tests.proof.months.lives import DAY, EVENING, NIGHT, NOON, Act, Life
from tests.proof.months.owed import Month, Said, Wait
from tests.proof.months.stopping import ALL

DAWN = 5 * 60


class Model(Leaving):
    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.refused: list[Act] = []

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
                self._hear_nothing(day, minute)
                self._digests(day, minute)
        return self.lines

    # -- what a day brings -------------------------------------------------------------------------------------------

    def _dawn(self, day: date) -> None:
        self._hear_nothing(day, 0)
        for home in self.households.values():
            months = self.months[home.number]
            if day.day == 1:
                months[:] = [each for each in months if each.state == "open" or each.end > day - DAY * 120]
                if home.number not in self.dead:
                    months.append(self._begin(home, day))
            for month in [each for each in reversed(months) if each.state == "open"]:
                self._lend(month, day)
                self._absent(month, day)
                if self.days.works(day):
                    self._steps(month, day, DAWN)

    def _begin(self, home: Household, start: date) -> Month:
        end = self.days.month_end(start)
        return Month(home, home.helper, home.owner(start), start, start.replace(day=25), end, self.days.after(end, 3))

    # -- what stands still -------------------------------------------------------------------------------------------------

    def _die(self, act: Act) -> bool:
        if not self._may_log(act):
            return False
        self.dead.add(act.home)
        self.lines[act.day, "officer", "deceased", 0, ""] += 1
        for month in [each for each in self.months[act.home] if each.state == "open"]:
            self._hold(month, act.day, ALL)
        return True

    def _decide(self, act: Act) -> bool:
        """What the officer says of a reported death: the family lives on, or nobody is left."""
        if act.home not in self.dead:
            return False
        if act.what == "resume":
            self.dead.discard(act.home)
        for month in self.months[act.home]:
            if act.what == "end":
                month.ended = month.ended or ("void" if month.state == "open" else "")
            elif month.held and month.state == "open":
                self._go_on(month, act.day)
                self._absent(month, act.day)
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
        said = {
            "away": self._leave, "cover": self._say, "decline": self._say, "death": self._die, "resume": self._decide, "end": self._decide,
            "explain": self._explain, "agree": self._answer, "refuse": self._answer,
            "visit": self._see, "undo": self._take_back, "hand": self._hand_over,
        }  # fmt: skip
        return said[act.what](act)

    def _may_log(self, act: Act) -> bool:
        """Who helps the household, or did on the day that is logged, if that is not older than the month before."""
        home, oldest = self.households[act.home], (act.day.replace(day=1) - DAY).replace(day=1)
        return act.on >= oldest and (home.is_helped_by(act.who, act.day) or home.was_helped_by(act.who, act.on))

    def _see(self, act: Act) -> bool:
        if not self._may_log(act):
            return False
        counts = self.households[act.home].was_helped_by(act.who, act.on)
        self.visits[act.home].append(Said(act.on, act.day, act.who, counts))
        self._look(act)
        return True

    def _take_back(self, act: Act) -> bool:
        mine = [each for each in self.visits[act.home] if (each.on, each.who, each.stands) == (act.on, act.who, True)]
        if mine:
            mine[0].stands = False
            self._look(act)
        return bool(mine)

    def _hand_over(self, act: Act) -> bool:
        """Households go to another helper; both hear it, and who has them owes what is open."""
        homes = [self.households[number] for number in act.homes]
        if any(home.helper != act.giver for home in homes):
            return False
        for home in homes:
            home.uncover(act.day)
            home.hand(act.taker, act.day)
            for absence in [each for each in self.away[act.taker] if each.answer == "agreed" and each.until >= act.day]:
                home.cover(absence.cover, max(absence.on, act.day), absence.until)
            for month in [each for each in self.months[home.number] if each.state == "open"]:
                self._pass_on(month, act)
        for name, kind in ((act.giver, "handed_away"), (act.taker, "handed_to")):
            self._wait(name, Wait(None, kind, self._next_hour(name, act.day, act.minute), True))
        return True

    def _explain(self, act: Act) -> bool:
        month = next((each for each in self.months[act.home] if each.start == act.on), None)
        if not self.households[act.home].is_helped_by(act.who, act.day) or month is None or month.state != "open":
            return False
        if month.wished or act.day < self.days.before(month.due):
            return False
        if self._explained_before(month) >= 2:
            self._ask(month, act)
            return True
        month.explained = True
        self._look(act)
        return True

    def _ask(self, month: Month, act: Act) -> None:
        """The third in a row is the officer's to say; until then the helper hears nothing more."""
        month.wished, month.mentioned = act.who, max(month.mentioned, month.grace)
        self._drop(month, ("remind", "repeat"))
        self._wait("officer", Wait(None, "request", self._next_hour("officer", act.day, act.minute), True))

    def _answer(self, act: Act) -> bool:
        month = next((each for each in self.months[act.home] if each.wished), None)
        if month is None:
            return False
        helper = replace(act, who=month.wished)
        month.wished, month.explained = "", act.what == "agree"
        hour = self._next_hour(helper.who, act.day, act.minute)
        self._wait(helper.who, Wait(None, "request_answered", hour, True))
        if act.what == "agree":
            self._look(helper)
        else:
            month.mentioned = act.day - DAY
            if self.days.works(act.day):
                self._steps(month, act.day, act.minute)
        return True

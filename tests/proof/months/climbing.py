"""What a day is for a month that is still short: reminders, and the ladder (product.md section 5)."""

from collections import defaultdict
from datetime import date

from tests.proof.months.lives import DAY, Life
from tests.proof.months.owed import Month, Said
from tests.proof.months.stopping import Stopping

OLD_AFTER = DAY * 14
"""A helper younger than that is not reported."""


class Climbing(Stopping):
    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.visits: dict[int, list[Said]] = defaultdict(list)
        self.months: dict[int, list[Month]] = {home.number: [] for home in life.homes}
        self.heads = {each.village: each.name for each in life.people.values() if each.post == "team_head"}

    def _steps(self, month: Month, day: date, minute: int) -> None:
        """Everything that this day is for a month that is still short."""
        if month.held and month.weekly <= day:
            month.weekly = self.days.opening(day + DAY)
            self._tell(month, "officer", "held", day, minute)
        if month.stopped is not None:
            return
        missed = [each for each in self.days.reminders(month.start, month.due, month.end, month.grace) if each <= day]
        if missed and missed[-1] > month.mentioned:
            self._mention(month, "remind", day, minute)
        while month.rung < len(self._ladder(month)) and self._ladder(month)[month.rung][0] <= day:
            if self._too_young(month, day):
                return
            self._rung(month, day, minute)
        if month.rung == len(self._ladder(month)) and month.level and self.days.opening(month.told_up + DAY) <= day:
            self._tell(month, "leader", "again", day, minute)
            month.told_up = day
        since = month.mentioned if month.mentioned > date.min else month.grace
        if month.level and not month.wished and month.repeats < 4 and self.days.after(since, 3) <= day:
            month.repeats += 1
            self._mention(month, "repeat", day, minute)

    def _mention(self, month: Month, kind: str, day: date, minute: int) -> None:
        """Of what was to be said to the owner the newest is enough."""
        month.mentioned = day
        self._drop(month, ("remind", "repeat"))
        self._tell(month, month.owner, kind, day, minute)

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

    def _too_young(self, month: Month, day: date) -> bool:
        """The clock stands still until the helper has had the household for a fortnight; help may be offered before."""
        old_on = month.home.since + OLD_AFTER if month.home.since > date.min else day
        if month.rung == 0 or old_on <= day:
            return False
        month.stopped, month.young, month.until = day, True, old_on - DAY
        return True

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
        if not self.life.people[month.owner].joined:
            if post == "officer":
                self._tell(month, "officer", "unjoined", day, minute)
            return
        who = {"second": home.second, "head": self.heads.get(home.village), "early": self.heads.get(home.village)}
        name = who.get(post, post)
        if (
            post == "second"
            and name
            and (name == month.owner or (self._reaches(name) and self._is_away(name, day, day)))
        ):
            return  # who owes it need not be told
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
            before.wished = ""
            before.carried, before.state, before.closed = True, "settled", day

    def _before(self, month: Month) -> Month | None:
        """The month before, where that was missed and nobody was there since."""
        before = next((each for each in self.months[month.home.number] if each.end == month.start - DAY), None)
        if before is None or before.state in ("done", "waived"):
            return None
        said = self.visits[month.home.number]
        met = any(each.stands and each.counts and each.on >= before.start for each in said)
        return None if met and before.state != "open" else before

    def _explained_before(self, month: Month) -> int:
        before = self._before(month)
        return 1 + self._explained_before(before) if before and before.state == "explained" else 0

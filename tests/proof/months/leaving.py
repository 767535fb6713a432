"""暂不在 in the model: nobody stands in and everything waits, or somebody is asked, says 好 and owes it meanwhile."""

from datetime import date

from tests.proof.months.households import Household
from tests.proof.months.lives import NOON, Act, Life
from tests.proof.months.owed import Absence, Month, Wait
from tests.proof.months.settling import Settling


class Leaving(Settling):
    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.households = {home.number: Household(home) for home in life.homes}

    def _leave(self, act: Act) -> bool:
        if act.taker and not self._can_cover(act.taker, act):
            return False
        absence = Absence(act.who, act.on, act.until, act.taker)
        self.away[act.who].append(absence)
        for other in self._covered_by(act):
            other.answer = "declined"
            self._forget(other)
            self._is_alone(other, act.day, act.minute, told=False)
        if act.taker:
            absence.answer = "asked"
            noon = (self.days.after(act.day, 1), NOON)
            absence.answer_by = min(noon, (act.on, 0)) if act.on > act.day else noon
            self.lines[act.day, act.taker, "cover_asked", 0, ""] += 1
        else:
            self._tell_heads(absence, self._homes(act.who), act.day, act.minute)
        self._stand_still(absence, act.day)
        return True

    def _can_cover(self, name: str, absence: Act) -> bool:
        return name != absence.who and self._reaches(name) and not self._is_away(name, absence.on, absence.until)

    def _covered_by(self, act: Act) -> list[Absence]:
        """Absences in which somebody was to stand in who goes away now."""
        all_of_them = [absence for absences in self.away.values() for absence in absences]
        asked = [each for each in all_of_them if each.cover == act.who and each.answer in ("asked", "agreed")]
        return [each for each in asked if each.until >= act.day and each.meets(act.on, act.until)]

    def _homes(self, name: str) -> list[Household]:
        return [home for home in self.households.values() if home.helper == name]

    def _open(self, homes: list[Household]) -> list[Month]:
        return [month for home in homes for month in self.months[home.number] if month.state == "open"]

    # -- the word of who was asked -----------------------------------------------------------------------------------

    def _say(self, act: Act) -> bool:
        """好 or 不行; a word may be changed while the absence lasts."""
        asked = (each for each in self.away[act.giver] if (each.cover, each.on) == (act.who, act.on))
        absence = next((each for each in asked if each.until >= act.day), None)
        if absence is None:
            return False
        before, word = absence.answer, "agreed" if act.what == "cover" else "declined"
        if before == word:
            return True
        if word == "agreed" and not self._can_cover(
            act.who, Act(act.day, 0, "", act.giver, 0, absence.on, absence.until)
        ):
            return False
        absence.answer = word
        self._forget(absence)
        if word == "agreed":
            self._begin_cover(absence, act)
        else:
            self._is_alone(absence, act.day, act.minute, told=before == "silent")
        return True

    def _hear_nothing(self, day: date, minute: int) -> None:
        """Whose word has not come in time is taken to say nothing."""
        for absence in [each for absences in self.away.values() for each in absences]:
            if absence.until < day:
                self._forget(absence)
            elif absence.answer == "asked" and absence.answer_by <= (day, minute):
                absence.answer = "silent"
                self._forget(absence)
                self._is_alone(absence, day, minute, told=False)

    def _begin_cover(self, absence: Absence, act: Act) -> None:
        homes = self._homes(absence.who)
        for home in homes:
            home.cover(absence.cover, max(absence.on, act.day), absence.until)
        for month in self._open(homes):
            if month.stopped and not month.held and not month.young:
                self._go_on(month, act.day)
            self._lend(month, act.day)
            if self.days.works(act.day):
                self._steps(month, act.day, act.minute)
        self._tell_absent(absence, act.day, act.minute)

    def _is_alone(self, absence: Absence, day: date, minute: int, *, told: bool) -> None:
        """Nobody stands in, or not any longer: the second helpers hear it, of the other households the team heads."""
        homes = self._homes(absence.who)
        for home in homes:
            home.uncover(day)
        for month in self._open(homes):
            self._lend(month, day)
        if not told:
            able = {home: home.second for home in homes if home.second and self._reaches(home.second)}
            able = {home: name for home, name in able.items() if name != absence.cover}
            for name in set(able.values()):
                self._tell_of(absence, name, "absence", day, minute)
            self._tell_heads(absence, [home for home in homes if home not in able], day, minute)
        self._stand_still(absence, day)
        self._tell_absent(absence, day, minute)

    def _stand_still(self, absence: Absence, day: date) -> None:
        if absence.on <= day:
            for month in self._open(self._homes(absence.who)):
                self._absent(month, day)

    # -- who hears of it ---------------------------------------------------------------------------------------------

    def _tell_heads(self, absence: Absence, homes: list[Household], day: date, minute: int) -> None:
        for name in {self.heads[home.village] for home in homes if home.village in self.heads}:
            self._tell_of(absence, name, "absence", day, minute)

    def _tell_absent(self, absence: Absence, day: date, minute: int) -> None:
        self._tell_of(absence, absence.who, "cover_answered", day, minute)

    def _tell_of(self, absence: Absence, name: str, kind: str, day: date, minute: int) -> None:
        hour = self._next_hour(name, day, minute)
        self._wait(name, Wait(None, kind, hour, True, until=absence.until, about=absence))

    def _forget(self, absence: Absence) -> None:
        """What nobody has heard of it yet is not so any more."""
        for name, waits in self.waiting.items():
            self.waiting[name] = [each for each in waits if each.about is not absence]

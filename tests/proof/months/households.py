"""Who helps a household, and who did: what is drawn, and what the model has learnt of it so far."""

from datetime import date

from tests.proof.months.lives import DAY, Home


class Household:
    """`since`: the day on which the helper became it; `date.min` for who always was."""

    def __init__(self, home: Home) -> None:
        self.number, self.village = home.number, home.village
        self.helper, self.second = home.helper, home.second
        self.since = date.min
        self._former: list[tuple[str, date, date]] = []
        """Who helped, from a day up to and with the morning of another."""
        self._covers: list[tuple[str, date, date]] = []
        """Who stands in or did, in the same way."""

    def hand(self, taker: str, day: date) -> None:
        """From that moment somebody else is the helper; a second helper who becomes the first is no second any more."""
        self._former.append((self.helper, self.since, day))
        if self.second == taker:
            self._former.append((taker, date.min, day))
            self.second = None
        self.helper, self.since = taker, day

    def cover(self, name: str, since: date, until: date) -> None:
        """Somebody will stand in, from a day up to and with another."""
        self._covers.append((name, since, until + DAY))

    def uncover(self, day: date) -> None:
        """Nobody stands in any longer, from that moment on."""
        self._covers = [(name, since, min(end, max(since, day))) for name, since, end in self._covers]

    def owner(self, day: date) -> str:
        """Who owes what is to be done there: who stands in, else the helper."""
        return next((name for name, since, end in self._covers if since <= day < end), self.helper)

    def is_helped_by(self, name: str, day: date) -> bool:
        """Whether somebody is its first or second helper now, or stands in."""
        return name in (self.helper, self.second, self.owner(day))

    def was_helped_by(self, name: str, day: date) -> bool:
        """Whether somebody was that on a day, or at least in its morning."""
        if name == self.second or (name == self.helper and self.since <= day):
            return True
        once = self._former + self._covers
        return any(each == name and since <= day <= until and since < until for each, since, until in once)

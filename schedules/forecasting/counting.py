"""The figures of a forecast, and the messages it counts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.times import hours
from schedules.forecasting.groups import Members
from schedules.forecasting.playing import Said


@dataclass(frozen=True)
class DayAhead:
    """How many messages go out on a day, and how many the one gets who gets most."""

    on: date
    messages: int
    busiest: int


@dataclass(frozen=True)
class Forecast:
    """The figures of a preview. `subjects`: what owes it (households; of a fixed date areas or people), `owners`: people
    who are asked; `duties`: open ones that change now; `repeated`: what was told and would be told again.

    `days`: those of the next 30 on which anything is told, with the change; `before`: without it. What is moved, cancelled
    and added counts them up to the end of the first period that the change begins with. `coming`: the next three days of
    a rule that has days of its own, `reminders`: those before the first of them.
    """

    subjects: int
    owners: int
    starts_on: date
    days: tuple[DayAhead, ...]
    before: tuple[DayAhead, ...]
    duties: int = 0
    void: int = 0
    done: int = 0
    moved: int = 0
    cancelled: int = 0
    added: int = 0
    repeated: int = 0
    subjects_before: int | None = None
    """The same without the change, where a rule is about those that stand out."""
    coming: tuple[date, ...] = ()
    reminders: tuple[date, ...] = ()
    unaffected: tuple[str, ...] = ()
    """The villages that a change of the township's rule does not reach: their own holds."""


class Post:
    """Counts messages: one digest a person and day, urgent ones up to the installation's number, the rest joins."""

    def __init__(self) -> None:
        self._digests: dict[date, set[int]] = defaultdict(set)
        self._urgent: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))

    def tell(self, said: Iterable[Said], members: Members) -> None:
        """Counts what a duty that was played through says, for all that stand as it does."""
        for each in said:
            people = members.people.get(each.who, {})
            if each.urgent:
                for person, count in people.items():
                    self._urgent[each.on][person] += count
            else:
                self._digests[each.on].update(people)

    def put(self, person: int, on: date) -> None:
        """A digest of that local day, if the person has none yet."""
        self._digests[on].add(person)

    def ride(self, person: int, first: date, last: date) -> None:
        """Something that joins a digest of these days, or makes one on the last of them."""
        if not any(person in people for day, people in self._digests.items() if first <= day <= last):
            self.put(person, last)

    def days(self, first: date, last: date) -> tuple[DayAhead, ...]:
        """The local days of these on which anybody hears anything, in order."""
        most, found = hours().urgent_per_day, []
        for day in sorted({*self._digests, *self._urgent}):
            each: dict[int, int] = defaultdict(int)
            for person in self._digests.get(day, ()):
                each[person] = 1
            for person, count in self._urgent.get(day, {}).items():
                each[person] = (1 if count > most else each[person]) + min(count, most)
            if first <= day <= last and each:
                found.append(DayAhead(day, sum(each.values()), max(each.values())))
        return tuple(found)

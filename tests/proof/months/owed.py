"""What the model keeps of a household's month, of what was said about it, and of lines that wait."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from tests.proof.months.households import Household


@dataclass
class Said:
    """A visit as it was typed. `counts`: by somebody who helped the household on that day."""

    on: date
    typed: date
    who: str
    counts: bool
    stands: bool = True


@dataclass(eq=False)
class Month:
    """What a household is owed in one month, by whom (its `helper`, or as long as one is away, who stands in), and how
    far that has gone up."""

    home: Household
    helper: str
    owner: str
    start: date
    due: date
    end: date
    grace: date
    state: str = "open"
    needed: int = 2
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
    stopped: date | None = None
    """Since when it stands still: for a reported death (`held`, asked about again on the day `weekly`), or `until` a day
    because its helper is away or (`young`) new. `shift`: by so many working days its ladder has come to be later."""
    held: bool = False
    young: bool = False
    weekly: date = date.max
    until: date = date.min
    shift: int = 0
    ended: str = ""
    """void or waived, which no visit changes."""
    wished: str = ""
    """Who has said the third 没去成 in a row, which the officer has not answered yet."""
    heard: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Kind → who was sent a line of it."""

    @property
    def name(self) -> str:
        return f"{self.start:%Y-%m}"


@dataclass(eq=False)
class Absence:
    """From a day up to and with another. `answer` of who was asked to stand in: asked, agreed, declined, silent (not a
    word before the moment `answer_by`), none where nobody was."""

    who: str
    on: date
    until: date
    cover: str
    answer: str = "none"
    answer_by: tuple[date, int] = (date.max, 0)

    def meets(self, on: date, until: date) -> bool:
        return self.on <= until and on <= self.until


@dataclass(eq=False)
class Wait:
    """A line that waits for somebody's hour, of a month or of an absence (`about`). `holds`: in which states of its
    month it is still true; `rides`: it only joins another digest before its day; `until`: the last day on which there is
    any sense in it."""

    month: Month | None
    kind: str
    due: tuple[date, int]
    holds: bool
    rides: bool = False
    until: date = date.max
    about: Absence | None = None

    @property
    def true(self) -> bool:
        return self.month is None or (self.month.state == "open") is self.holds

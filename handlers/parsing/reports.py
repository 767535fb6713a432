"""What a parse gives back: plain values, no words of our own (the screens make those)."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date

OUTCOMES = ("met", "not_home", "away", "hospital", "unreachable", "declined", "deceased")


@dataclass(frozen=True)
class Line:
    """One household of a report. `outcome` is None while nothing was said about it (a name alone)."""

    household_id: int
    outcome: str | None
    kind: str
    """routine, phone or courtesy."""
    visited_on: date | None
    """The local day; None while a question about the day is open."""
    note: str = ""
    """What was said about this household, as written."""
    word: str = ""
    """The words that named it, as written."""
    how: str = "name"
    """name, nickname, number, member, given, surname, initials, pinyin, sound, alike, all, answer."""
    needs: tuple[str, ...] = ()
    said: bool = False
    """The outcome was said in so many words, not only understood from "I went there"."""
    away_until: date | None = None
    """全家外出到腊月: the last day the family is said to be away; asked about where the words name no single day."""


@dataclass(frozen=True)
class Question:
    """Something only the sender can say. Answer with `parse_report(…, answers={question.key: …})`.

    code        word                     answers
    household   the word as written      a household id, or 0 for none of them
    unknown     the word as written      a household id, or 0: leave it out
    also        the name as written      "yes" or "no": was this household visited too, or (who) by the sender?
    which       "" or a count            list of household ids (nothing named, or the count does not fit)
    whose       the outcome as written   list of household ids it holds for; the others were met
    date        the words as written     a day (ISO text): one of `days`, or any other
    done        the words as written     "yes" visited, "no" only planned
    death       the words as written     "visited", "deceased", "member" (somebody else of the family), "left"
    gift        the words as written     "routine" by the way, "courtesy" on purpose
    outcome     the words as written     one of `outcomes`
    """

    code: str
    word: str = ""
    household_ids: tuple[int, ...] = ()
    days: tuple[date, ...] = ()
    reason: str = ""
    """For date: future, old, impossible, vague, lunar, midnight, which, several. For household: place, close.
    For also: who (somebody went, was it the sender?)."""
    outcomes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.code}:{self.word}"


@dataclass(frozen=True)
class Plan:
    """Something still to be done, not a visit: the day where one was said."""

    household_id: int | None
    on: date | None
    words: str


@dataclass(frozen=True)
class Missed:
    """A visit that did not come off (没去成), in the sender's words."""

    household_id: int | None
    words: str


REQUESTS = ("head", "phone", "members", "moved")


@dataclass(frozen=True)
class RosterChange:
    """Something of the roster that is no longer so (户主换了, 新号码): the officer is asked to change it.

    `kind` is one of `REQUESTS`; `household_id` is None where the message names no household; `words` as written.
    """

    kind: str
    household_id: int | None
    words: str


@dataclass(frozen=True)
class Report:
    """A message understood. Empty `lines` and `questions`: it reported no visit of the sender's."""

    lines: tuple[Line, ...] = ()
    visited_on: date | None = None
    """The day when all lines share one."""
    day_said: bool = False
    questions: tuple[Question, ...] = ()
    plans: tuple[Plan, ...] = ()
    missed: tuple[Missed, ...] = ()
    others: tuple[int, ...] = ()
    """Households visited by somebody else, or known by hearsay only: not logged."""
    excepted: tuple[int, ...] = ()
    """除了…: households a word for several leaves out."""
    needs: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    """Sums and quantities, as written (500元, 3亩)."""
    note: str = ""
    """The words that belong to no single household."""
    correction: bool = False
    """更正:… The lines say what is true instead; households and days only where they were said."""
    requests: tuple[RosterChange, ...] = ()
    """Changes of the roster, besides whatever visit is said."""
    asks: bool = False
    """The message is a question to us, not a report."""
    not_understood: str = ""

    @property
    def is_complete(self) -> bool:
        """Nothing left to ask: ready for the card."""
        return bool(self.lines) and not self.questions and all(line.outcome for line in self.lines)


def chosen(given: object, among: Container[int]) -> list[int]:
    """Households of an answer that is a list of them, only those that may be."""
    listed = given if isinstance(given, list | tuple) else ()
    return [household for household in listed if isinstance(household, int) and household in among]


@dataclass
class Asked:
    """Questions while reading: the first of a key stays, answered ones are taken from `answers`."""

    answers: dict[str, object] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)

    def ask(self, question: Question) -> object | None:
        """The answer given before, or None after noting the question."""
        given = self.answers.get(question.key)
        if given is None:
            self.questions.setdefault(question.key, question)
        return given

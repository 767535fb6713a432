"""Which day each household was visited: the days a message names, and doubts about them."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from handlers.parsing.dates import DayMark
from handlers.parsing.groups import DONE, Group
from handlers.parsing.mentions import OUTCOME_KINDS
from handlers.parsing.reports import Asked, Question
from handlers.parsing.tokens import Token

SMALL_HOURS = 4
"""Before this hour "today" may still be yesterday for the writer."""
FOLLOWED_BY = DONE | OUTCOME_KINDS | {
    "go", "stop", "household", "both", "count", "all", "others", "phone", "plan", "village", "group", "courtesy", "and", "with", "me", "list",
    "day", "clock", "not_gone", "except", "give", "other", "person", "han_name", "latin", "number", "not", "house", "other_sign", "hearsay",
}  # fmt: skip


EITHER = ("或", "或者", "还是", "要么", "or")


@dataclass
class Days:
    """The visit days of one message. `spots` are the marks that can be a day of a visit, with their clause number."""

    tokens: list[Token]
    line: str
    now: datetime
    oldest: date
    asked: Asked
    named: frozenset[int]
    """Indexes of tokens that belong to a household's name."""
    spots: list[tuple[Token, int]] = field(default_factory=list)
    said: bool = False
    doubtful: set[int] = field(default_factory=set)
    """Marks (by start) that may be the day of what happened to the family: 李宁昨天住院了."""

    def __post_init__(self) -> None:
        clause = 0
        for index, token in enumerate(self.tokens):
            if token.kind == "stop":
                clause += 1
            elif token.kind == "day" and self._is_visit_day(index):
                if self._is_next_step(index):
                    token.day = replace(token.day, ahead=True) if token.day else None
                    continue
                self.spots.append((token, clause))
                if self._is_of_the_family(index):
                    self.doubtful.add(token.start)
        strong = [spot for spot in self.spots if spot[0].day and not spot[0].day.weak]
        if strong:
            self.spots = [
                s
                for s in self.spots
                if s in strong or (s[0].day and not s[0].day.reason and not self._is_old(s[0].day))
            ]

    def _is_old(self, mark: DayMark) -> bool:
        return bool(mark.days) and mark.days[0] < self.oldest

    def _is_visit_day(self, index: int) -> bool:
        mark = self.tokens[index].day
        following = self._following(index)
        if mark is None or (
            mark.role and not self._goes_after(index) and following not in OUTCOME_KINDS - {"deceased"} | {"household"}
        ):
            return False
        if index and self.tokens[index - 1].kind == "not":
            return False
        before = self.tokens[index - 1].kind if index else ""
        of_a_death = before == "deceased" or (following == "deceased" and index - 1 in self.named)
        if of_a_death and not self._went_at_all():
            # 李宁昨晚去世了: the day of the death.
            return False
        clause = self._clause(index)
        goes = any(token.kind in DONE | {"go", "count", "all", "phone", "courtesy"} for token in clause)
        if index and self.tokens[index - 1].kind == "kin" and following in ("went", "death_maybe"):
            return False
        if mark.reason == "vague" and not mark.ahead:
            after_name = following == "stop" and index - 1 in self.named
            return following in DONE | {"go", "phone", "give"} or (
                goes and (following in ("household", "count", "all") or after_name)
            )
        if following in FOLLOWED_BY or index + 1 in self.named:
            return True
        if self._goes_after(index):
            return True
        return not goes and any(token.kind == "household" for token in clause)

    def _went_at_all(self) -> bool:
        return any(token.kind in DONE for token in self.tokens)

    def _is_of_the_family(self, index: int) -> bool:
        return index - 1 in self.named and not self._went_at_all() and self._following(index) in ("away", "hospital")

    def _is_next_step(self, index: int) -> bool:
        """李宁家去了,15号带他去办证: after the visit, a day that still comes this month."""
        mark, clause = self.tokens[index].day, self._clause(index)
        if mark is None or mark.reason not in ("which", "future") or mark.coming is None:
            return False
        before = self.tokens[: self.tokens.index(clause[0])] if clause else []
        told = any(token.kind in DONE | OUTCOME_KINDS for token in before)
        return (
            told
            and (mark.coming - self.now.date()).days <= 31
            and not any(token.kind in ("household", "visit", "count", "all") for token in clause)
            and any(token.kind in ("with", "give", "go", "han") for token in clause)
        )

    def _goes_after(self, index: int) -> bool:
        """Whether the going is said later in the clause (前天赶场天去了李宁家)."""
        for token in self.tokens[index + 1 :]:
            if token.kind == "stop":
                return False
            if token.kind in DONE | {"go"}:
                return True
        return False

    def _clause(self, index: int) -> list[Token]:
        first = last = index
        while first > 0 and self.tokens[first - 1].kind != "stop":
            first -= 1
        while last < len(self.tokens) and self.tokens[last].kind != "stop":
            last += 1
        return self.tokens[first:last]

    def _following(self, index: int) -> str:
        for token in self.tokens[index + 1 :]:
            if token.kind != "filler":
                return token.kind
        return "stop"

    def of(self, group: Group, households: int = 1) -> tuple[date | None, ...]:
        """The days of a group's visit; (None,) while a question is open."""
        marks = self._marks_of(group)
        if not marks:
            return (self._today(),)
        self.said = True
        days = self._read(marks)
        if len(days) > 1 and households > 1 and not self._shared_out(len(days), households):
            return (self._ask(self.line[marks[0].start : marks[-1].end], tuple(on for on in days if on), "several"),)
        return days

    def _shared_out(self, days: int, households: int) -> bool:
        """分别: as many days as households, in the same order."""
        return days == households and any(token.kind == "respectively" for token in self.tokens)

    def is_past(self, group: Group) -> bool:
        """Whether a bare 去 of that day can only be past: 昨天去李宁家, not 周五去李宁家."""
        marks = [mark.day for mark in self._marks_of(group) if mark.day]
        today = self.now.date()
        near = any(mark.coming and 0 < (mark.coming - today).days <= 7 for mark in marks)
        return bool(marks) and not near and all(today not in mark.days for mark in marks)

    def _marks_of(self, group: Group) -> list[Token]:
        known = {id(token) for token, _ in self.spots}
        here = [t for t in group.clause_before() if id(t) in known] or [
            t for t in group.clause_after() if id(t) in known
        ]
        here = [t for t in here if t.day and not t.day.ahead]
        if here:
            return self._together(here)
        earlier = [token for token, _ in self.spots if token.end <= group.start and token.day and not token.day.ahead]
        if earlier:
            return self._together(earlier, last=True)
        later = [token for token, _ in self.spots if token.day and not token.day.ahead]
        return later if later and self._together(later) == later else []

    def _together(self, marks: list[Token], last: bool = False) -> list[Token]:
        """Marks that stand next to each other (周三9号, 9号和12号); of several places the first, or the last."""
        runs: list[list[Token]] = [[marks[0]]]
        for mark in marks[1:]:
            between = self.line[runs[-1][-1].end : mark.start].strip()
            if between in (
                "",
                "和",
                "、",
                "跟",
                "与",
                "到",
                "至",
                "-",
                "~",
                "—",
                "及",
                ",",
                ",",
                "and",
                "&",
                "就是",
                "(",
                *EITHER,
            ):
                runs[-1].append(mark)
            else:
                runs.append([mark])
        return runs[-1] if last else runs[0]

    def _read(self, marks: list[Token]) -> tuple[date | None, ...]:
        if len(marks) == 1:
            return (self._one(marks[0]),)
        days = [mark.day for mark in marks if mark.day]
        between = self.line[marks[0].end : marks[1].start].strip()
        certain = all(len(day.days) == 1 and not day.reason for day in days)
        found = tuple(dict.fromkeys(on for day in days for on in day.days))
        sure = [mark for mark in marks if mark.day and not mark.day.reason]
        if len(found) == 1 and (certain or (sure and all(day.reason in ("", "lunar") for day in days))):
            # 今天初三: the two say the same.
            return (self._one(sure[0]),)
        if certain and between in ("和", "、", "跟", "与", "及", "and", "&"):
            return tuple(self._checked(on, mark) for on, mark in zip(found, marks, strict=False))
        if between in EITHER:
            return (self._ask(self.line[marks[0].start : marks[-1].end], found, "which"),)
        if (
            between in ("", "就是", "(", ",", ",")
            and len(days[-1].days) == 1
            and not days[0].reason == days[-1].reason == ""
        ):
            return (self._one(marks[-1]),)
        word = self.line[marks[0].start : marks[-1].end]
        reason = "which" if between in ("", "就是", "(") else "several"
        return (self._ask(word, found, reason),)

    def _one(self, token: Token) -> date | None:
        mark = token.day
        assert mark is not None
        word = self.line[token.start : token.end]
        if token.start in self.doubtful and not mark.reason and mark.days[0] != self.now.date():
            return self._ask(word, (mark.days[0], self.now.date()), "which")
        if mark.role == "before":
            return self._ask(word, (), "vague")
        if mark.reason:
            return self._ask(word, tuple(on for on in mark.days if on <= self.now.date()), mark.reason)
        on = mark.days[0]
        if (
            mark.relative
            and self.now.hour < SMALL_HOURS
            and on >= self.now.date() - timedelta(days=1)
            and "晚" not in word
        ):
            return self._ask(word, (on, on - timedelta(days=1)), "midnight")
        return self._checked(on, token)

    def _checked(self, on: date, token: Token) -> date | None:
        word = self.line[token.start : token.end]
        if on > self.now.date():
            return self._ask(word, (), "future")
        if on < self.oldest:
            return self._ask(word, (on,), "old")
        return on

    def _today(self) -> date | None:
        today = self.now.date()
        if self.now.hour < SMALL_HOURS:
            return self._ask("", (today, today - timedelta(days=1)), "midnight")
        given = day_answer(self.asked.answers.get("date:"), today)
        return given or today

    def _ask(self, word: str, days: tuple[date, ...], reason: str) -> date | None:
        question = Question("date", word.strip(), days=tuple(sorted(days)), reason=reason)
        given = day_answer(self.asked.answers.get(question.key), self.now.date())
        if given is None:
            self.asked.questions.setdefault(question.key, question)
        return given

    def plan_day(self, tokens: list[Token]) -> date | None:
        """The day a plan is for, where it is said."""
        for token in tokens:
            if token.day is not None and token.kind == "day":
                return token.day.coming or (token.day.days[0] if token.day.days else None)
        return None


def day_answer(given: object, today: date) -> date | None:
    """A day given as an answer (a date or ISO text); a day to come is no answer."""
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given)
        except ValueError:
            return None
    return given if isinstance(given, date) and given <= today else None

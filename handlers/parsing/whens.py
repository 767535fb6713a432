"""Which day each household was visited: the days a message names, and doubts about them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.parsing.groups import DONE, Group
from handlers.parsing.pieces import Token
from handlers.parsing.reports import Asked, Question
from handlers.parsing.spots import Spots

SMALL_HOURS = 4
"""Before this hour "today" may still be yesterday for the writer."""
ENDS_AT = {
    "早": 10,
    "晨": 10,
    "上午": 12,
    "上昼": 12,
    "前晌": 12,
    "中午": 14,
    "晌午": 14,
    "下午": 18,
    "下昼": 18,
    "后晌": 18,
    "午": 14,
}
"""The hour at which a part of the day is over for good."""
LONGEST_WORD = 40
"""Of words asked about; more would not be read."""
TAKEN_BACK = re.compile(r"不对|错了|不不|哦不|说错|记错|wait|no,")
AGAIN = re.compile(r"^(?:又|去了|再去|还去)")
FORGOTTEN = re.compile(r"(?:记不|不记得|忘了|搞不)(?:清|得|到|是)?")
PERHAPS = re.compile(r"(?:大概|大约|可能|好像|估计|似乎|应该|差不多|怕)(?:是|在)?\s*$")
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
    said: bool = False

    def __post_init__(self) -> None:
        found = Spots(self.tokens, self.named, self.now.date(), self.oldest, self.line)
        self.spots, self.doubtful, self.passed_over = found.spots, found.doubtful, found.passed_over
        self.known = {id(token) for token in self.spots}

    def of(self, group: Group, households: int = 1) -> tuple[date | None, ...]:
        """The days of a group's visit; (None,) while a question is open."""
        marks = self._marks_of(group)
        if not marks:
            return (self._unclaimed() or self._today(),)
        self.said = True
        days = self._read(marks)
        if len(days) == 1 and (
            self._is_taken_back(group, marks)
            or self._is_one_of_two(group, marks)
            or self._goes_on_another(group, marks)
        ):
            found = tuple(dict.fromkeys(t.day.days[0] for t in self.spots if t.day and t.day.days))
            return (self._ask(self.line[marks[0].start : marks[-1].end], found, "several"),)
        open_days = households > 1 and not self._shared_out(len(days), households)
        if len(days) > 1 and (open_days or FORGOTTEN.search(self.line)):
            return (self._ask(self.line[marks[0].start : marks[-1].end], tuple(on for on in days if on), "several"),)
        return days

    def _is_taken_back(self, group: Group, marks: list[Token]) -> bool:
        """31号去的,不对,是30号; 昨天没人今天又去: one household, two days, and only one of them taken."""
        last, mine = marks[-1], {id(token) for token in group.after}
        for other in self.spots:
            between = self.line[last.end : other.start]
            if other.start >= last.end and other.day and last.day and other.day.days != last.day.days:
                again = id(other) in mine and AGAIN.search(self.line[other.end : other.end + 2])
                return bool(TAKEN_BACK.search(between) or again)
        return False

    def _is_one_of_two(self, group: Group, marks: list[Token]) -> bool:
        """Two days in front of one household, apart from each other: 昨天听说后9号去了李宁家."""
        before = [t.day for t in group.clause_before() if id(t) in self.known and t.day and not t.day.ahead]
        certain = {day.days for day in before if len(day.days) == 1 and not (day.reason or day.weak)}
        return len(certain) > 1 and marks[0].end <= group.start

    def _goes_on_another(self, group: Group, marks: list[Token]) -> bool:
        """昨天没去成林荣家今天补上了: one day before the household, somebody goes on another one behind it."""
        for token, following in zip(group.clause_after(), group.clause_after()[1:], strict=False):
            goes = id(token) in self.known and following.kind in DONE and marks[0].end <= group.start
            if goes and token.day and marks[0].day and token.day.days != marks[0].day.days:
                return True
        return False

    def _unclaimed(self) -> date | None:
        """One certain day that fits nothing else may still be the day of the visit."""
        if len({mark.day.days for mark in self.passed_over if mark.day}) != 1:
            return None
        mark = self.passed_over[0]
        return (
            self._ask(self.line[mark.start : mark.end], (mark.day.days[0], self.now.date()), "which")
            if mark.day
            else None
        )

    def _shared_out(self, days: int, households: int) -> bool:
        """分别: as many days as households, in the same order."""
        return days == households and any(token.kind == "respectively" for token in self.tokens)

    def certain_of(self, group: Group) -> tuple[date | None, ...]:
        """The days of a group where they are certain, without asking; else (None,): nothing of it is known yet."""
        days = [mark.day for mark in self._marks_of(group) if mark.day]
        certain = len(days) == 1 and len(days[0].days) == 1 and not days[0].reason
        return (days[0].days[0] if certain and days[0].days[0] <= self.now.date() else None,)

    def is_past(self, group: Group) -> bool:
        """Whether a bare 去 of that day can only be past: 昨天去李宁家, not 周五去李宁家."""
        marks = [mark.day for mark in self._marks_of(group) if mark.day]
        if not marks:
            return self._is_earlier_today(group)
        today = self.now.date()
        near = any(mark.coming and 0 < (mark.coming - today).days <= 7 for mark in marks)
        return bool(marks) and not near and all(today not in mark.days for mark in marks)

    def _is_earlier_today(self, group: Group) -> bool:
        """上午去李宁家, written in the evening."""
        parts = [t for t in (*group.clause_before(), *group.clause_after()) if t.kind == "clock" and t.day is None]
        ends = [end for part in parts for word, end in ENDS_AT.items() if word in self.line[part.start : part.end]]
        return bool(ends) and self.now.hour >= ends[0]

    def _marks_of(self, group: Group) -> list[Token]:
        here = [t for t in group.clause_before() if id(t) in self.known] or [
            t for t in group.clause_after() if id(t) in self.known
        ]
        here = [t for t in here if t.day and not t.day.ahead]
        if here:
            return self._together(here)
        earlier = [token for token in self.spots if token.end <= group.start and token.day and not token.day.ahead]
        if earlier:
            return self._together(earlier, last=True)
        later = [token for token in self.spots if token.day and not token.day.ahead]
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
        shared = between in ("", ",") and any(token.kind == "respectively" for token in self.tokens)
        if certain and (shared or between in ("和", "、", "跟", "与", "及", "and", "&")):
            return tuple(self._checked(on, mark) for on, mark in zip(found, marks, strict=False))
        neither = between == "就是" and self.line[: marks[0].start].rstrip().endswith("不是")
        if between in EITHER or neither:
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
        if not mark.reason and PERHAPS.search(self.line[: token.start]):
            return self._ask(word, tuple(on for on in mark.days if on <= self.now.date()), "vague")
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
        question = Question("date", word.strip()[:LONGEST_WORD], days=tuple(sorted(days)), reason=reason)
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

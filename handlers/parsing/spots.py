"""Which of the days a message names can be the day of a visit: not that of a death, of money paid, of a next step."""

import re
from dataclasses import replace
from datetime import date

from handlers.parsing.backwards import DayMark
from handlers.parsing.groups import DONE
from handlers.parsing.mentions import OUTCOME_KINDS
from handlers.parsing.pieces import Token

FOLLOWED_BY = DONE | OUTCOME_KINDS | {
    "go", "stop", "household", "both", "count", "all", "others", "phone", "plan", "village", "group", "courtesy", "and", "with", "me", "list",
    "day", "clock", "not_gone", "except", "give", "other", "person", "han_name", "latin", "number", "not", "house", "sign", "hearsay", "title",
}  # fmt: skip
GOES = DONE | {"go"}
TOLD = DONE | OUTCOME_KINDS
WRITING = ("补记", "补录", "补登", "补报", "登记", "填报", "汇报", "上报", "补一")
NEXT_STEP = 31
"""Days ahead in which 15号带他去办证 is understood as a next step."""


def doubt_days_to_come(tokens: list[Token], text: str) -> list[Token]:
    """下周一走访了李宁: a day to come and something done cannot both be right, so the day is asked for."""
    if any(token.kind == "plan" for token in tokens) or re.search("[再就把]", text):
        # 明天去了李宁家再去林荣家 is a plan.
        return tokens
    for index, token in enumerate(tokens):
        if token.kind == "day" and token.day is not None and token.day.ahead and _done_then(tokens[index + 1 :], text):
            token.day = replace(token.day, ahead=False, days=(), reason=token.day.reason or "future")
    return tokens


def _done_then(after: list[Token], text: str) -> bool:
    for token in after:
        if token.kind == "stop":
            return False
        if token.kind in DONE or token.kind == "met":
            words = token.text(text)
            return "了" in words or words.endswith("过") or text[token.end : token.end + 1] in ("了", "过")
    return False


class Spots:
    """The days of one message. `spots`: of a visit. `doubtful`: starts of marks that may be the day of what happened to
    the family (李宁昨天住院了). `passed_over`: certain days of the past that belong to nothing known."""

    def __init__(self, tokens: list[Token], named: frozenset[int], today: date, oldest: date, text: str) -> None:
        self.text = text
        self.tokens, self.named, self.today, self.oldest = tokens, named, today, oldest
        self.went = any(token.kind in DONE for token in tokens)
        self.died = any(token.kind in ("deceased", "death_maybe") for token in tokens)
        self._look_over()
        self.spots: list[Token] = []
        self.doubtful: set[int] = set()
        self.passed_over: list[Token] = []
        for index, token in enumerate(tokens):
            if token.kind == "day" and token.day is not None:
                self._sort(index, token, token.day)
        if any(token.day and not token.day.weak for token in self.spots):
            self.spots = [token for token in self.spots if token.day and self._is_strong(token.day)]

    def _look_over(self) -> None:
        """For every token: the kinds of its clause, whether going or telling comes later or earlier, what follows."""
        self.kinds: list[set[str]] = []
        self.told_before: list[bool] = []
        here: set[str] = set()
        told = False
        told_until_here = False
        for token in self.tokens:
            if token.kind == "stop":
                here, told_until_here = set(), told
            here.add(token.kind)
            told = told or token.kind in TOLD
            self.kinds.append(here)
            self.told_before.append(told_until_here)
        self.goes_after = [False] * len(self.tokens)
        self.following = ["stop"] * len(self.tokens)
        goes, following = False, "stop"
        for index in range(len(self.tokens) - 1, -1, -1):
            self.goes_after[index], self.following[index] = goes, following
            kind = self.tokens[index].kind
            goes = kind != "stop" and (goes or kind in GOES)
            following = following if kind == "filler" else kind

    def _sort(self, index: int, token: Token, mark: DayMark) -> None:
        if not self._is_visit_day(index, mark):
            certain = len(mark.days) == 1 and not (mark.reason or mark.role or mark.ahead or mark.weak)
            if (
                certain
                and mark.days[0] != self.today
                and not (self._is_denied(index) or self._is_of_writing(index) or self.died)
            ):
                self.passed_over.append(token)
        elif self._is_next_step(index, mark):
            token.day = replace(mark, ahead=True)
        else:
            self.spots.append(token)
            if index - 1 in self.named and not self.went and self.following[index] in ("away", "hospital"):
                self.doubtful.add(token.start)

    def _is_strong(self, mark: DayMark) -> bool:
        """Figures that need not be a day (3.5) count only beside no other day, or where nothing is wrong with them."""
        old = bool(mark.days) and mark.days[0] < self.oldest
        return not mark.weak or not (mark.reason or old)

    def _is_visit_day(self, index: int, mark: DayMark) -> bool:
        following, kinds = self.following[index], self.kinds[index]
        if mark.role and not self.goes_after[index] and following not in OUTCOME_KINDS - {"deceased"} | {"household"}:
            return False
        if self._is_denied(index) or self._is_of_a_death(index) or self._is_of_writing(index):
            return False
        if self._before(index) == "kin" and following in ("went", "death_maybe"):
            return False
        goes = bool(kinds & (GOES | {"count", "all", "phone", "courtesy"}))
        if mark.reason == "vague" and mark.role == "before" and not mark.ahead:
            return self.goes_after[index]
        if mark.reason == "vague" and not mark.ahead:
            after_name = following == "stop" and index - 1 in self.named
            near = following in ("household", "count", "all") or after_name
            return following in DONE | {"go", "phone", "give"} or (goes and near)
        if following in FOLLOWED_BY or index + 1 in self.named or self.goes_after[index]:
            return True
        return not goes and "household" in kinds

    def _is_of_writing(self, index: int) -> bool:
        """今日补记:9号去过…: the day it is written, where another day follows."""
        later = any(token.kind == "day" and token.day and not token.day.ahead for token in self.tokens[index + 1 :])
        return later and self.text[self.tokens[index].end :].lstrip().startswith(WRITING)

    def _before(self, index: int) -> str:
        return self.tokens[index - 1].kind if index else ""

    def _is_denied(self, index: int) -> bool:
        return self._before(index) == "not" and not self.text[self.tokens[index].end :].startswith("就是")

    def _is_of_a_death(self, index: int) -> bool:
        """李宁昨晚去世了: not the day of a visit."""
        return "deceased" in self.kinds[index] and not self.went

    def _is_next_step(self, index: int, mark: DayMark) -> bool:
        """李宁家去了,15号带他去办证: after the visit, a day that still comes this month."""
        if mark.reason not in ("which", "future") or mark.coming is None or not self.told_before[index]:
            return False
        kinds = self.kinds[index]
        soon = (mark.coming - self.today).days <= NEXT_STEP
        return (
            soon and not kinds & {"household", "visit", "count", "all"} and bool(kinds & {"with", "give", "go", "han"})
        )

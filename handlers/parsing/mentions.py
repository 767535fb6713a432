"""Where a message names households: known names, misspelt ones, numbers, pinyin; and who is named only in passing."""

from dataclasses import dataclass, field, replace

from handlers.parsing.reports import Asked, Question
from handlers.parsing.scope import Scope
from handlers.parsing.spelling import guess
from handlers.parsing.tokens import COMMON, Token
from handlers.parsing.words import GIVEN, SURNAMES, set_of

OUTCOME_KINDS = set_of("met not_home away hospital unreachable declined deceased death_maybe fine")
PREDICATES = OUTCOME_KINDS | set_of("visit went go not_gone both day house phone kin clock plan courtesy")
LEADS = set_of(
    "visit went go list and except met not_home unreachable not_gone phone plan not count courtesy village group others declined give with by_the_way on_purpose"
)
LIGHT = frozenset(("filler", "me", "day", "clock", "both"))
NAME_PARTS = frozenset(("han", "filler", "and", "neighbour"))
OPEN = set_of(
    "stop list visit went go and day clock village group except not_gone plan met filler sign me both count not kin"
)
HOUSES = frozenset("家屋")
NOT_NAMES = set_of(
    "高血压 高兴 高龄 马上 石头 白天 方便 何时 何况 于是 任务 任何 万一 林地 田里 田土 田地 江边 金额 毛病 毛猪 马路 路面 水电 水管 房子 车子 钱款 白内障 黄牛 黄豆 花生 龙门阵 严重 严格 金银花 白菜 黄花 周边 周围 高中 高考 白血病 石料 江里 唐氏 温饱 常年 常住 平时 平房 安全 安排 应该 有点 时间 成绩 成员 易地 和平 党员 党费 车祸 钱不 向他 向我 向村 于今 武器 孔雀 汤药 万元 万多 方案 任职 金婚 马儿 许多 许久 丁点 范围 石板 雷雨 段时 段路 方言 方面 江水 白酒 黄连"
)


@dataclass(frozen=True)
class Mention:
    """One household word. `ids` more than one: ambiguous; none: unknown, with `suggested`."""

    start: int
    end: int
    word: str
    ids: frozenset[int]
    how: str
    sure: bool = True
    suggested: tuple[int, ...] = ()
    reason: str = ""
    first: int = 0
    """Index of its first token."""
    last: int = 0
    """Index of its last token, the following 家 included."""
    house: bool = False
    """Followed by 家, 屋头: the household rather than the person."""
    weak: bool = False
    """Named in passing (邻居林荣帮他收稻子): not visited unless the sender says so."""


@dataclass
class Finder:
    """Finds the mentions of one message; `line` is the text as written, `text` the even lower-case one."""

    line: str
    text: str
    tokens: list[Token]
    scope: Scope
    mentions: list[Mention] = field(default_factory=list)

    def find(self) -> list[Mention]:
        for index, token in enumerate(self.tokens):
            if token.kind == "household":
                self._named(index, token)
            elif token.kind == "number":
                self._number(index, token)
            elif token.kind == "latin":
                self._latin(index, token)
            elif token.kind == "person":
                self._person(index, token)
        for index, token in enumerate(self.tokens):
            if token.kind == "house" and self.text[token.start] not in "户全一":
                self._before_house(index)
            elif token.kind == "han":
                self._unknown_name(index, token)
        self.mentions = _without_overlaps(self.mentions)
        return [self._placed(mention) for mention in self.mentions]

    def kind(self, index: int) -> str:
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else "stop"

    def _touch(self, index: int) -> bool:
        """Whether this token follows the one before without a gap."""
        return 0 < index < len(self.tokens) and self.tokens[index - 1].end == self.tokens[index].start

    def _may_be_name(self, index: int) -> bool:
        """Characters of a name, also those that are a word of their own (王发财: 发)."""
        token = self.tokens[index]
        return token.kind in NAME_PARTS or (
            token.end - token.start == 1 and token.kind not in ("stop", "list", "sign", "household")
        )

    def _add(self, first: int, last: int, ids: frozenset[int], how: str, start: int = -1, end: int = -1) -> None:
        start = self.tokens[first].start if start < 0 else start
        end = self.tokens[last].end if end < 0 else end
        word = self.line[start:end]
        mention = Mention(start, end, word, ids, how, first=first, last=last)
        if how == "guess":
            found = guess(self.text[start:end].replace(" ", ""), self.scope)
            mention = replace(mention, ids=found.ids, how=found.how, sure=found.sure, suggested=found.suggested)
        if self.kind(last + 1) == "house":
            mention = replace(mention, last=last + 1, house=True)
        self.mentions.append(mention)

    # --- the kinds of words -------------------------------------------------------------------------

    def _named(self, index: int, token: Token) -> None:
        named = token.named[0]
        length = token.end - token.start
        before = self.tokens[index - 1] if self._touch(index) else None
        after = self.tokens[index + 1] if self._touch(index + 1) else None
        if named.how in ("name", "given", "member") and length == 2:
            start, end = token.start, token.end
            if before is not None and before.kind == "han" and self.text[start - 1] in COMMON:
                start -= 1
            elif after is not None and after.kind == "han" and after.end - after.start == 1 and self._given_next(after):
                end += 1
            if (start, end) != (token.start, token.end):
                self._add(index, index, frozenset(), "guess", start, end)
                if self.mentions[-1].how == "unknown":
                    found = replace(self.mentions[-1], suggested=tuple(sorted(named.ids))[:5])
                    self.mentions[-1] = found
                return
        if named.how == "member" and self.kind(index - 1) == "kin":
            return
        if named.how in ("initials",) and not self._in_place(index, index):
            return
        if named.how in ("member", "given", "surname") and not self._in_place(index, index):
            return
        self._add(index, index, named.ids, named.how)

    def _given_next(self, after: Token) -> bool:
        return self.text[after.start] in GIVEN

    def _number(self, index: int, token: Token) -> None:
        """A register number or its ending: where it is called one, or stands where a household stands."""
        text, figures = self.text, token.text(self.text)
        before, after = (
            text[max(0, token.start - 4) : token.start].rstrip(" :"),
            text[token.end : token.end + 2].lstrip(),
        )
        if before.endswith(("尾号", "电话", "手机")):
            ids = self.scope.phone_tails.get(figures[-4:], frozenset())
            if ids and before.endswith("尾号"):
                self._add(index, index, ids, "number")
            return
        called = before.endswith(("户号", "编号", "户编号", "号码", "no", "no.", "#", "第")) or after.startswith(
            ("户", "号户", "家")
        )
        ids = self.scope.endings.get(figures, frozenset())
        if after[:1] in tuple("元块万千百斤亩头只个口人岁天米公吨%年月分次件") or before.endswith(
            ("¥", "$", "收入", "补助", "补贴", "低保", "领了", "发了")
        ):
            return
        if called or (ids and (len(figures) > 5 or self._in_place(index, index))):
            if ids:
                self._add(index, index, ids, "number")
            else:
                self._unknown(index, index)

    def _latin(self, index: int, token: Token) -> None:
        """A word in Latin letters that is no English word, standing where a household stands: perhaps misspelt pinyin."""
        word = token.text(self.text)
        if len(word) < 2 or word in ("ok", "the") or word in _ENGLISH or not self._in_place(index, index):
            return
        last = index
        if self.kind(index + 1) == "latin" and self.tokens[index + 1].start - token.end == 1:
            last = index + 1
        if index and self.kind(index - 1) == "latin":
            return
        self._add(index, last, frozenset(), "guess")
        if self.mentions[-1].how == "unknown" and not (self.kind(index - 1) in ("visit", "went") or last > index):
            self.mentions.pop()

    def _person(self, index: int, token: Token) -> None:
        """老王 where no household has that surname: unknown if it is where one went, else a bystander."""
        after_going = self.kind(self._before(index)) in ("visit", "list", "except")
        if self.kind(index + 1) == "house" or after_going or self.kind(index + 1) in OUTCOME_KINDS - {"fine"}:
            self._unknown(index, index)

    def _unknown(self, first: int, last: int, start: int = -1, end: int = -1) -> None:
        self._add(first, last, frozenset(), "guess", start, end)

    def _before_house(self, index: int) -> None:
        """The word before 家, 屋头 when no name was found there."""
        first = index
        while (
            first > 0
            and self._touch(first)
            and self._may_be_name(first - 1)
            and self.tokens[index].start - self.tokens[first - 1].start <= 5
        ):
            first -= 1
        while first < index and self.kind(first) != "han" and self.text[self.tokens[first].start] not in SURNAMES:
            first += 1
        if first == index:
            return
        start, end = self.tokens[first].start, self.tokens[index].start
        word = self.text[start:end]
        open_left = self.kind(first - 1) in OPEN or first == 0
        if not any(self.kind(i) == "han" for i in range(first, index)) or word in NOT_NAMES:
            return
        if len(word) == 1 and word in self.scope.surnames:
            self._add(first, index - 1, frozenset(self.scope.surnames[word]), "surname")
        elif open_left and 2 <= len(word) <= 4:
            self._unknown(first, index - 1)
        else:
            for length in (3, 2):
                if len(word) > length and word[-length] in COMMON and word[-length:] not in NOT_NAMES:
                    self._unknown(first, index - 1, end - length, end)
                    return

    def _unknown_name(self, index: int, token: Token) -> None:
        """Two or three characters beginning with a surname, where a household would stand."""
        text = token.text(self.text)
        after, before = self.kind(index + 1), self.kind(self._before(index))
        listed = self.kind(index - 1) in ("list",) or after == "list"
        bounded = after in PREDICATES | {"stop", "list", "and", "sign"}
        if self.kind(index - 1) in ("with", "neighbour", "hearsay") or text in NOT_NAMES or text[:2] in NOT_NAMES:
            return
        starts = before in ("visit", "stop", "list", "except", "and", "village", "group", "household", "sign", "count")
        if 2 <= len(text) <= 3 and bounded and starts and (text[0] in COMMON or (listed and text[0] in SURNAMES)):
            if after == "stop" and before == "stop" and len(self.tokens) > 1:
                return
            self._unknown(index, index)
        elif before in ("visit", "went", "go", "stop", "met", "not_home") and len(text) >= 2:
            self._sounding(index, token, text, bounded)

    def _sounding(self, index: int, token: Token, text: str, bounded: bool) -> None:
        """The beginning of a longer stretch, if it sounds like a head's name."""
        for length in (4, 3, 2):
            if len(text) < length or (length == 2 and not (len(text) == 2 and bounded)):
                continue
            found = guess(text[:length], self.scope)
            if found.sure and found.ids and text[:length] not in NOT_NAMES:
                self._unknown(index, index, token.start, token.start + length)
                return

    # --- where they stand ---------------------------------------------------------------------------

    def _before(self, index: int) -> int:
        """Index of the last token before that carries weight."""
        index -= 1
        while index >= 0 and self.kind(index) in LIGHT:
            index -= 1
        return index

    def _in_place(self, first: int, last: int) -> bool:
        """Whether a household would be named here: before 家 or what was found, after going, at the start, in a list."""
        before, after = self.kind(self._before(first)), self.kind(last + 1)
        if before in ("neighbour", "hearsay", "kin", "give"):
            return False
        if after in PREDICATES or after == "list":
            return True
        return before in LEADS or before in ("stop", "household", "sign")

    def in_passing(self, mention: Mention) -> bool:
        before = self.kind(self._before(mention.first))
        if before in ("neighbour", "hearsay"):
            return True
        return not self._in_place(
            mention.first, mention.last if self.kind(mention.last) != "house" else mention.last - 1
        )

    def _placed(self, mention: Mention) -> Mention:
        """The households of the village and group said before the name, where that narrows it."""
        index, near = mention.first - 1, True
        here: frozenset[int] | None = None
        for at in range(index, -1, -1):
            kind = self.tokens[at].kind
            if kind in ("village", "group"):
                ids = self.tokens[at].ids
                if here is None:
                    here = ids
                elif self.tokens[at + 1].kind in ("village", "group"):
                    here &= ids
                else:
                    break
            elif here is not None:
                break
            elif not (kind == "filler" or (kind == "household" and self.tokens[at].end == mention.start)):
                near = False
                if kind == "stop" and "\n" in self.tokens[at].text(self.text):
                    break
        if here is None or not mention.ids:
            return mention
        narrowed = mention.ids & here
        if narrowed:
            return replace(mention, ids=narrowed)
        return replace(mention, sure=False, reason="place", suggested=tuple(sorted(mention.ids))) if near else mention


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -(m.end - m.start))):
        if kept and mention.start < kept[-1].end:
            continue
        kept.append(mention)
    return kept


_ENGLISH = set_of("and the for not no yes ok wifi app kg cm qq wechat pdf id vip")


def settle(mention: Mention, asked: Asked) -> Mention | None:
    """The mention with one household, asking where there is doubt; None while open or when the sender said none."""
    if mention.sure and len(mention.ids) == 1:
        return mention
    code = "household" if mention.ids else "unknown"
    choices = tuple(sorted(mention.ids)) or mention.suggested
    reason = mention.reason or ("close" if mention.how == "close" else "")
    given = asked.ask(Question(code, mention.word, choices[:10], reason=reason))
    if not isinstance(given, int) or isinstance(given, bool) or given == 0:
        return None
    return replace(mention, ids=frozenset((given,)), how="answer", sure=True)

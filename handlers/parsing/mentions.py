"""Where a message names households: known names, numbers, pinyin; and who is named only in passing."""

from dataclasses import dataclass, field, replace

from handlers.parsing.pieces import Token
from handlers.parsing.scope import Scope
from handlers.parsing.spelling import guess, sure_guess
from handlers.parsing.tokens import COMMON
from handlers.parsing.words import GIVEN, set_of

OUTCOME_KINDS = set_of("met not_home away hospital unreachable declined deceased death_maybe fine")
PREDICATES = OUTCOME_KINDS | set_of(
    "visit went go not_gone both day house phone kin family clock plan courtesy cross title until roster"
)
"""Kinds of words that are said of a household right after its name."""
LEADS = set_of(
    "visit went go list and except met not_home unreachable not_gone phone plan not count courtesy village group "
    "others declined correction give with by_the_way on_purpose fine cross"
)
"""Kinds of words after which a household's name is expected."""
CLOSING = (PREDICATES | {"list", "and", "stop", "sign"}) - {"go", "went", "kin", "plan"}
NAME_CHARS = set_of("han neighbour give filler")
LIGHT = set_of("filler me day clock both")
MOST_GUESSES = 8
"""Words of one message that are compared with all names; a longer message has its names right or is a pasted text."""


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
    guesses: int = 0
    covered: set[int] = field(default_factory=set)
    """Indexes of tokens that belong to a mention."""

    def find_known(self) -> None:
        """Names and numbers; asked a second time when misspelt names are found, which may make room for more."""
        for index, token in enumerate(self.tokens):
            if index in self.covered:
                continue
            if token.kind == "household":
                self._named(index, token)
            elif token.kind == "number":
                self._number(index, token)

    def kind(self, index: int) -> str:
        if index in self.covered:
            return "household"
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else "stop"

    def touches(self, index: int) -> bool:
        """Whether this token follows the one before without a gap."""
        return 0 < index < len(self.tokens) and self.tokens[index - 1].end == self.tokens[index].start

    def add(self, first: int, last: int, ids: frozenset[int], how: str, start: int = -1, end: int = -1) -> Mention:
        """Note a mention of the tokens `first` to `last`, or of the part of them from `start` to `end`."""
        start = self.tokens[first].start if start < 0 else start
        end = self.tokens[last].end if end < 0 else end
        titled = self.kind(last + 1) == "title"
        house = self.kind(last + titled + 1) == "house"
        until = last + titled + house
        mention = Mention(start, end, self.line[start:end], ids, how, first=first, last=until, house=house)
        self.mentions.append(mention)
        self.covered.update(range(first, until + 1))
        return mention

    def drop_last(self) -> None:
        dropped = self.mentions.pop()
        self.covered.difference_update(range(dropped.first, dropped.last + 1))

    def add_guess(self, first: int, last: int, start: int = -1, end: int = -1) -> Mention | None:
        """Note a word that is no known name: what it may be a misspelling of, or that nobody knows it."""
        self.guesses += 1
        if self.guesses > MOST_GUESSES:
            return None
        mention = self.add(first, last, frozenset(), "guess", start, end)
        found = guess(self.text[mention.start : mention.end].replace(" ", ""), self.scope)
        mention = replace(mention, ids=found.ids, how=found.how, sure=found.sure, suggested=found.suggested)
        longer = sure_guess(self.text[mention.start : mention.end + 1], self.scope) if len(mention.word) == 2 else None
        if longer is not None and found.sure and self.text[mention.end] in LITTLE:
            # 吴付正在医院: 吴富 is there just now, or 吴富正?
            mention = replace(mention, ids=found.ids | longer.ids, sure=False)
        self.mentions[-1] = mention
        return mention

    # --- names and numbers --------------------------------------------------------------------------

    def _named(self, index: int, token: Token) -> None:
        named = token.named[0]
        if named.how in ("name", "given", "member") and token.end - token.start == 2 and self._longer(index, token):
            return
        if named.how == "member" and self.kind(index - 1) == "kin":
            return
        if named.how in ("member", "given", "surname", "initials") and not self.in_place(index, index):
            return
        mention = self.add(index, index, named.ids, named.how)
        shorter = self.scope.names.get(mention.word[:-1]) if len(mention.word) == 3 else None
        just_now = self.text[mention.end - 1 : mention.end + 1] in JUST_NOW
        if shorter is not None and shorter[0].how == "name" and just_now and not mention.house:
            self.mentions[-1] = replace(mention, ids=named.ids | shorter[0].ids, sure=False)

    def _longer(self, index: int, token: Token) -> bool:
        """Two known characters may be part of a name nobody knows (朱林荣, 林荣贵): then that name is meant."""
        start, end = token.start, token.end
        before = self.kind(index - 1)
        if self.touches(index) and before == "han" and self.text[start - 1] in COMMON:
            start -= 1
            if not self._give_up_last(index - 1):
                index -= 1
        elif self.touches(index + 1) and self._one_more(index + 1, token):
            end += 1
        else:
            return False
        last = self.tokens.index(token) + (end > token.end)
        mention = self.add_guess(index, last, start, end)
        if mention is not None and end > token.end and self._may_be_little(last):
            both = mention.ids | token.named[0].ids
            self.mentions[-1] = replace(mention, ids=both, sure=False)
        elif mention is not None and mention.how == "unknown":
            self.mentions[-1] = replace(mention, suggested=tuple(sorted(token.named[0].ids))[:5])
        return True

    def _may_be_little(self, index: int) -> bool:
        """赵富刚去了: 赵富 has just been there, or 赵福刚?"""
        return self.tokens[index].kind not in ("han", "household") and self.kind(index + 1) not in (
            "list",
            "stop",
            "and",
            "house",
            "sign",
        )

    def _give_up_last(self, index: int) -> bool:
        """Take the last character from a longer unknown stretch; False where it is all of it."""
        token = self.tokens[index]
        if token.end - token.start == 1:
            return False
        token.end -= 1
        return True

    def _one_more(self, index: int, token: Token) -> bool:
        """One character between a name and what is said of it: the third of another name, most likely."""
        following = self.tokens[index]
        char = self.text[following.start]
        if following.end - following.start > 1 and following.kind == "han":
            # 梁云蓝这几家, where 梁云 is known too: 梁云兰 is meant.
            return bool(sure_guess(self.text[token.start : token.end] + char, self.scope))
        if following.end - following.start > 1 or char in "的说讲人家他她" or following.kind not in NAME_CHARS:
            return False
        if sure_guess(self.text[token.start : token.end] + char, self.scope):
            # 赵富刚、朱华帮, where both 赵富 and 赵福刚 are known.
            return True
        if following.kind != "han":
            # 林荣帮家, 林荣刚家: a word of its own elsewhere, but nothing it could mean here.
            after = self.kind(index + 1)
            return after == "house" or (
                following.kind != "filler" and (after in OUTCOME_KINDS | {"list", "and"} or not self.touches(index + 1))
            )
        closed = not self.touches(index + 1) or self.kind(index + 1) in CLOSING
        return closed or self.text[following.start] in GIVEN

    def _number(self, index: int, token: Token) -> None:
        """A register number or its ending: where it is called one, or stands where a household stands."""
        figures = token.text(self.text)
        before = self.text[max(0, token.start - 4) : token.start].rstrip(" :")
        after = self.text[token.end : token.end + 2].lstrip()
        if before.endswith(("尾号", "电话", "手机")):
            ids = self.scope.phone_tails.get(figures[-4:], frozenset())
            if ids and before.endswith("尾号"):
                self.add(index, index, ids, "number")
            return
        if (after[:1] in AMOUNTS and not figures.startswith("0")) or before.endswith(AMOUNTS_OF):
            return
        called = before.endswith(CALLED) or after.startswith(("户", "号户", "家"))
        ids = self.scope.ending_in(figures)
        if ids and (called or len(figures) > 5 or self.in_place(index, index)):
            self.add(index, index, ids, "number")
        elif called:
            self.add_guess(index, index)

    def touches_name(self, index: int) -> bool:
        """Whether a known household's name stands directly before."""
        return self.touches(index) and self.kind(index - 1) == "household"

    # --- where they stand ---------------------------------------------------------------------------

    def before(self, index: int) -> int:
        """Index of the last token before that carries weight."""
        index -= 1
        while index >= 0 and self.kind(index) in LIGHT:
            index -= 1
        return index

    def in_place(self, first: int, last: int) -> bool:
        """Whether a household would be named here: before 家 or what was found, after going, at the start, in a list."""
        before = self.kind(self.before(first))
        after = (
            "house"
            if self.tokens[last + 1 : last + 2] and self.tokens[last + 1].kind == "house"
            else self.kind(last + 1)
        )
        to_whom = self.before(first) >= 0 and self.tokens[self.before(first)].text(self.text) == "给"
        if before in ("neighbour", "hearsay", "kin", "give") and not to_whom:
            return False
        if not self.touches(first) and before in OUTCOME_KINDS:
            return True
        return (
            to_whom
            or after in PREDICATES
            or after == "list"
            or before in LEADS
            or before in ("stop", "household", "sign")
        )

    def is_landmark(self, mention: Mention) -> bool:
        """李宁家对面的林荣家: only says where the other lives, or who told."""
        at = mention.last + 1
        if self.kind(at) == "hearsay" and not mention.house:
            # 林荣告诉我: the one who says it.
            return True
        if self.kind(at) == "neighbour" and self.text[: mention.start].rstrip().endswith("听"):
            # 听林荣讲李国富…: the one who says it.
            return True
        if self.kind(at) != "neighbour" or self.tokens[at].text(self.text)[0] not in "隔对旁":
            return False
        return any(other.first == at + 1 for other in self.mentions)

    def in_passing(self, mention: Mention) -> bool:
        if any(other.last + 2 == mention.first and self.is_landmark(other) for other in self.mentions):
            return False
        if self.kind(self.before(mention.first)) in ("neighbour", "hearsay"):
            return True
        return not self.in_place(mention.first, mention.last - mention.house)

    def placed(self, mention: Mention) -> Mention:
        """The households of the village and group said before the name, where that narrows it."""
        here, near = self._place_before(mention)
        if here is None or not mention.ids:
            return mention
        narrowed = mention.ids & here
        if narrowed:
            return replace(mention, ids=narrowed)
        return replace(mention, sure=False, reason="place", suggested=tuple(sorted(mention.ids))) if near else mention

    def _place_before(self, mention: Mention) -> tuple[frozenset[int] | None, bool]:
        """Households of the place last said, and whether it was said right before the name."""
        here: frozenset[int] | None = None
        near = True
        for at in range(mention.first - 1, -1, -1):
            token = self.tokens[at]
            if token.kind in ("village", "group"):
                if here is not None and self.tokens[at + 1].kind not in ("village", "group"):
                    break
                here = token.ids if here is None else here & token.ids
            elif here is not None or (token.kind == "stop" and token.text(self.text) == "\n"):
                break
            elif token.kind != "filler":
                near = False
        return here, near


LITTLE = "正刚才常"
"""Last characters of names that are words of their own before a verb (正在, 刚去)."""
JUST_NOW = ("正在", "刚去", "刚到", "才去")
AMOUNTS = frozenset("元块万千百斤亩头只个口人岁天米公吨%年月分次件")
AMOUNTS_OF = ("¥", "$", "收入", "补助", "补贴", "低保", "领了", "发了", "存款", "工资", "卖了")
CALLED = ("户号", "编号", "号码", "no", "no.", "#", "number")

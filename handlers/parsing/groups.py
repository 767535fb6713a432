"""Households and what is said around them: a message as groups, each with the words before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.parsing.mentions import OUTCOME_KINDS, Mention
from handlers.parsing.pieces import Token
from handlers.parsing.words import set_of

JOINTS = frozenset(("list", "and", "filler", "village", "group", "me", "title"))
FORWARD = set_of(
    "visit went go plan day clock hearsay other me filler and with list not_gone village group phone except person courtesy not by_the_way on_purpose"
)
DONE = frozenset(("visit", "went"))
PREFIXED = frozenset(("met", "not_home", "unreachable", "declined"))
COUNTED = set_of("visit went go filler stop day clock all village group me list plan not_gone give phone with courtesy")
"""Kinds of words after which 五户 are five households somebody went to."""
LIGHT = frozenset(("filler", "me", "day", "clock", "list", "village", "group", "stop", "title"))


@dataclass
class Group:
    """Households that stand together (李宁、林荣家), or a word for several (五户, 全部, 其他)."""

    mentions: list[Mention]
    span: str = ""
    """"" for named ones; all, count or others for a word that stands for several."""
    count: int = 0
    start: int = 0
    end: int = 0
    before: list[Token] = field(default_factory=list)
    after: list[Token] = field(default_factory=list)
    excepted: bool = False
    denied: bool = False
    """不是…: named only to say that it was not this one."""
    settled: dict[int, Mention] = field(default_factory=dict)
    """Its households, doubts answered, by the word that named them."""
    commas: bool = False
    """Joined by something weaker than 和."""

    def clause_before(self) -> list[Token]:
        """The words before, in the same clause."""
        for index in range(len(self.before) - 1, -1, -1):
            if self.before[index].kind == "stop":
                return self.before[index + 1 :]
        return self.before

    def clause_after(self) -> list[Token]:
        for index, token in enumerate(self.after):
            if token.kind == "stop":
                return self.after[:index]
        return self.after

    def is_headed(self, gap: list[Token]) -> bool:
        """Whether the outcome is said before this group and another one, before a colon, in the gap behind it."""
        headed = any(token.kind in OUTCOME_KINDS | DONE for token in self.clause_before())
        return headed and sum(token.kind in OUTCOME_KINDS | DONE for token in gap) == 1

    @property
    def is_bare(self) -> bool:
        """Nothing is said of it on its own; it shares what follows (李宁,林荣,都没在家)."""
        return all(token.kind in LIGHT for token in self.after)


def make_groups(tokens: list[Token], mentions: list[Mention]) -> list[Group]:
    """Groups in order with the words around them shared out."""
    inside = {index: mention for mention in mentions for index in range(mention.first, mention.last + 1)}
    groups: list[Group] = []
    gap: list[Token] = []
    gaps: list[list[Token]] = []
    index = 0
    while index < len(tokens):
        token, mention = tokens[index], inside.get(index)
        if mention is not None:
            if groups and not groups[-1].span and not mention.weak and _joins(gap, groups[-1]):
                groups[-1].mentions.append(mention)
                groups[-1].end = mention.end
                groups[-1].commas = groups[-1].commas or not any(t.kind == "and" for t in gap)
            else:
                gaps.append(gap)
                groups.append(Group([mention], start=mention.start, end=mention.end, before=gap))
                _mark(groups[-1])
            gap = []
            index = mention.last + 1
            continue
        if _stands_for_several(tokens, index, groups, inside):
            gaps.append(gap)
            span = "all" if token.kind in ("both", "village", "group") else token.kind
            groups.append(Group([], span, token.count, token.start, token.end))
            gap = [token] if span != token.kind else []
        else:
            gap.append(token)
        index += 1
    gaps.append(gap)
    _share(groups, gaps)
    return groups


def _joins(gap: list[Token], group: Group) -> bool:
    return not group.mentions[-1].weak and not group.denied and all(token.kind in JOINTS for token in gap)


def _stands_for_several(tokens: list[Token], index: int, groups: list[Group], inside: Mapping[int, Mention]) -> bool:
    token = tokens[index]
    following = tokens[index + 1].kind if index + 1 < len(tokens) else "stop"
    before = tokens[index - 1].kind if index else "stop"
    if token.kind == "all" and groups and groups[-1].span == "count" and before in ("count", "day", "filler", "clock"):
        # 青山村三户今天全部见面: all of those three.
        return False
    if token.kind in ("all", "others"):
        return True
    if token.kind in ("village", "group") and following == "filler":
        # 青山的都走了, 和平的还没去: all of that place.
        then = tokens[index + 2].kind if index + 2 < len(tokens) else "stop"
        return before in ("stop", "day", "visit", "went", "except") and then in DONE | OUTCOME_KINDS | {
            "both",
            "not_gone",
        }
    if token.kind == "count":
        return before in COUNTED or following in (DONE | OUTCOME_KINDS | {"both"})
    if token.kind == "both":
        named = [group for group in groups if not group.excepted]
        return (
            not named
            and not _name_follows(tokens, index, inside)
            and (
                following in DONE | {"not_gone", "plan", "phone", "go"}
                or (following in OUTCOME_KINDS and _went_somewhere(tokens, groups, following))
            )
            and all(not group.span for group in groups)
        )
    return False


def _went_somewhere(tokens: list[Token], groups: list[Group], following: str) -> bool:
    """去了,都没在家 is said of all; 去过了,都好 of whomever."""
    several = {"count", "all", "others"} | (DONE if following != "fine" else set())
    return any(group.excepted for group in groups) or any(token.kind in several for token in tokens)


def _name_follows(tokens: list[Token], index: int, inside: Mapping[int, Mention]) -> bool:
    """Whether a household is named later in this clause (9号和10号都去了李宁家)."""
    for at in range(index + 1, len(tokens)):
        if tokens[at].kind == "stop":
            return False
        if at in inside:
            return True
    return False


def _share(groups: list[Group], gaps: list[list[Token]]) -> None:
    """Give the words of every gap to the group before or after it."""
    if not groups:
        return
    groups[0].before = gaps[0]
    _mark(groups[0])
    for index, group in enumerate(groups):
        gap = gaps[index + 1]
        if index + 1 == len(groups):
            group.after = gap
        else:
            at = _split(gap, group)
            group.after, groups[index + 1].before = gap[:at], gap[at:]
            _mark(groups[index + 1])


def _mark(group: Group) -> None:
    kinds = [
        token.kind for token in group.clause_before() if token.kind not in ("filler", "village", "group", "visit", "go")
    ]
    group.excepted = bool(kinds) and kinds[-1] == "except"
    group.denied = bool(kinds) and kinds[-1] == "not"


def _split(gap: list[Token], group: Group) -> int:
    stops = [index for index, token in enumerate(gap) if token.kind == "stop"]
    if stops:
        return stops[-1] + 1
    if gap and gap[-1].kind == "sign" and group.is_headed(gap):
        # 在家:李宁林荣 不在家:向德林: what stands before the colon heads the next names.
        return next(index for index, token in enumerate(gap) if token.kind in OUTCOME_KINDS | DONE)
    at = len(gap)
    if gap and gap[-1].kind in ("and", "list") and any(token.kind == "day" for token in gap):
        # 李宁9号、林荣10号去的: the day before the joint belongs to the first.
        return at - 1
    while at > 0 and gap[at - 1].kind in FORWARD:
        at -= 1
    said_before = any(token.kind in OUTCOME_KINDS for token in group.clause_before())
    if at == len(gap) or said_before:
        while at > 0 and gap[at - 1].kind in PREFIXED and said_before:
            at -= 1
    led = any(token.kind in DONE | {"go", "plan", "not_gone", "except"} for token in group.clause_before())
    if not led and not any(token.kind in OUTCOME_KINDS | DONE for token in gap[:at]):
        # 李宁家昨天去了林荣家今天去了: the going after a name that has none belongs to that name.
        for index in range(at, len(gap)):
            if gap[index].kind in DONE | {"not_gone"} and index + 1 <= len(gap):
                return index + 1
    return at

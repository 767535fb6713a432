"""What was said of one group: visited or planned, by whom, how it ended, phone or gift, and the rest as a note."""

import re
from dataclasses import dataclass, field

from handlers.parsing.groups import DONE, Group
from handlers.parsing.tokens import Token
from handlers.parsing.words import set_of

ENDINGS = ("met", "not_home", "away", "hospital", "unreachable", "declined", "deceased")
TELLING = set_of(
    "han content need kin goods number latin away hospital unreachable declined deceased death_maybe word_house house household give neighbour hearsay"
)
"""What the card does not show by itself: kept as a note."""
BEASTS = re.compile(r"\b(?:pig|cow|chicken|hen|dog|sheep|duck|goat|cattle|horse|bee|fish|tree|crop)e?s?\b")
CREATURES = frozenset("猪牛羊鸡鸭鱼狗树苗秧蜂鹅")


@dataclass
class Said:
    """One group read. `ends` are the outcomes with whether they hold for every household named before (都)."""

    visited: bool = False
    going: bool = False
    """去 without 了: done or still to do."""
    plan: bool = False
    missed: bool = False
    by_other: bool = False
    hearsay: bool = False
    ends: list[str] = field(default_factory=list)
    end_words: list[str] = field(default_factory=list)
    shared: bool = False
    fine: bool = False
    death: str = ""
    """The words that may speak of a death."""
    phone: bool = False
    courtesy: bool = False
    gift: bool = False
    by_the_way: bool = False
    on_purpose: bool = False
    asks: bool = False
    cross: bool = False
    """A cross behind the name: not met, but nobody knows in which way."""
    unsure: tuple[str, ...] = ()
    """Outcomes between which only the sender can choose (陪李宁去医院: met, or in hospital?)."""
    content: bool = False


def read_group(group: Group, text: str) -> Said:
    said = Said()
    lead = group.clause_before()
    _read_lead(said, lead, group)
    _read_words(said, lead, text, leading=True)
    _read_words(said, group.after, text, leading=False, group=group)
    if said.missed and (said.visited and not _missed_last(group)):
        said.missed = False
    return said


def _missed_last(group: Group) -> bool:
    kinds = [t.kind for t in (*group.clause_before(), *group.after) if t.kind in DONE | {"not_gone"}]
    return bool(kinds) and kinds[-1] == "not_gone"


def _read_lead(said: Said, lead: list[Token], group: Group) -> None:
    """Who went, and whether it lies ahead: the words in front of a household."""
    kinds = [token.kind for token in lead]
    ahead = any(token.kind == "plan" or (token.day is not None and token.day.ahead) for token in lead)
    after = group.clause_after()
    if not ahead:
        for token in after:
            if token.kind in DONE or token.kind in ENDINGS or token.kind == "fine":
                break
            if token.kind == "plan" or (token.day is not None and token.day.ahead):
                ahead = True
                break
    said.plan = ahead
    said.hearsay = "hearsay" in kinds
    said.by_other = _by_other(lead)


def _by_other(lead: list[Token]) -> bool:
    """Somebody else stands before the going, and nothing says 我 or 和."""
    for index, token in enumerate(lead):
        if token.kind in ("me", "with"):
            return False
        if token.kind == "and" and index + 1 < len(lead):
            return False
        if token.kind in ("other", "person"):
            rest = [t.kind for t in lead[index + 1 :]]
            return not any(kind in ("me", "with") for kind in rest) and any(
                kind in DONE | {"go", "plan", "courtesy"} for kind in rest
            )
    return False


def _read_words(said: Said, tokens: list[Token], text: str, *, leading: bool, group: Group | None = None) -> None:
    kin = both = False
    taken = group is not None and any(token.kind == "with" for token in group.clause_before())
    gone = None
    previous = ""
    for index, token in enumerate(tokens):
        kind = token.kind
        following = tokens[index + 1].kind if index + 1 < len(tokens) else "stop"
        if kind == "stop":
            kin = both = False
        elif kind == "kin":
            # 李宁和儿子都外出了: the head too.
            kin = previous not in ("and", "with")
        elif kind == "he" or kind == "family":
            kin = False
        elif kind == "both":
            both = True
        elif kind == "visit":
            said.visited = True
        elif kind == "went":
            gone = gone or _went(said, token, text, index, tokens, leading, kin, following, group)
        elif kind == "go":
            said.going = said.going or _adjacent(tokens, index, leading)
        elif kind == "not_gone":
            said.missed = True
        elif kind in ENDINGS:
            if not leading or _adjacent(tokens, index, True):
                _ending(said, tokens[: index + 1], text, kin, both, leading, taken)
        elif kind == "death_maybe":
            if not _about_animals(text, token.start) and (leading or index <= 1 or kin):
                said.death = said.death or token.text(text)
        elif kind == "fine":
            said.fine = True
            said.shared = said.shared or (both and not said.ends)
        elif kind == "give":
            said.gift = said.gift or any(
                t.kind == "goods" and t.start - token.end <= 8 for t in tokens[index + 1 : index + 4]
            )
        elif kind in ("phone", "courtesy", "by_the_way", "on_purpose"):
            setattr(said, kind, True)
            said.visited = said.visited or (kind == "courtesy" and "走访" in token.text(text))
        elif kind == "cross":
            said.cross = True
        elif kind == "ask" or (kind == "stop" and token.text(text) == "?"):
            said.asks = True
        if kind not in ("filler", "day", "clock", "stop", "list", "me"):
            previous = kind
        if kind in ("han", "content", "need", "kin", "goods", "number", "latin", "other", "family", "he"):
            said.content = True


def _adjacent(tokens: list[Token], index: int, leading: bool) -> bool:
    """A bare 去, 到, 看 counts only right before the household (去李宁家) or right after it (李宁家去)."""
    rest = tokens[index + 1 :] if leading else tokens[:index]
    return all(
        token.kind in ("filler", "village", "group", "day", "clock", "go", "me", "both", "and", "list", "he")
        for token in rest
    )


def _went(
    said: Said,
    token: Token,
    text: str,
    index: int,
    tokens: list[Token],
    leading: bool,
    kin: bool,
    following: str,
    group: Group | None,
) -> str:
    """到了, 看了, 走了: going when next to the household; 走了 said of a person may be a death."""
    words = token.text(text)
    if leading:
        if _adjacent(tokens, index, True):
            said.visited = True
        return words
    house = group is not None and bool(group.mentions) and group.mentions[-1].house
    if (
        words == "走了"
        and following in ("stop", "filler")
        and (kin or (_adjacent(tokens, index, False) and not house and not _led(group)))
    ):
        said.death = said.death or words
    elif (
        words in ("走了", "跑了", "来了", "到了", "走")
        and _adjacent(tokens, index, False)
        and not kin
        and following not in ("han", "content", "kin", "he")
    ):
        said.visited = True
    return words


def _led(group: Group | None) -> bool:
    """Whether going was said before the name: 今天去李宁走了 hardly speaks of a death."""
    return group is not None and (len(group.mentions) > 1 or bool(group.span))


def _about_animals(text: str, at: int) -> bool:
    return any(char in CREATURES for char in text[max(0, at - 3) : at]) or bool(
        BEASTS.search(text[max(0, at - 16) : at])
    )


def _ending(said: Said, tokens: list[Token], text: str, kin: bool, both: bool, leading: bool, led_by_me: bool) -> None:
    token = tokens[-1]
    kind, words = token.kind, token.text(text)
    clause = clauses(tokens)[-1]
    if kind == "deceased":
        if _about_animals(text, token.start):
            return
        if kin or not (leading or _adjacent(tokens, len(tokens) - 1, False)):
            said.death = said.death or words
            return
    elif kind in ("away", "hospital", "not_home") and any(t.kind in ("need", "plan") for t in clause):
        # 需要去医院, 准备出去打工: still to come.
        said.content = True
        return
    elif kind == "hospital" and (led_by_me or any(t.kind in ("with", "give") for t in clause)):
        said.unsure = ("met", "hospital")
        said.end_words.append(words)
        return
    elif kin and kind != "met" and kind not in ("declined",):
        said.content = True
        return
    said.ends.append(kind)
    said.end_words.append(words)
    said.shared = said.shared or both


def note_of(tokens: list[Token], text: str, line: str) -> str:
    """The words of some tokens as written, clause by clause, without what the card shows anyway."""
    parts = [_trimmed(clause, line) for clause in clauses(tokens)]
    return ",".join(part for part in parts if part)


def needs_of(tokens: list[Token], line: str) -> tuple[str, ...]:
    """The clauses in which the family wants or lacks something."""
    found = (_trimmed(clause, line) for clause in clauses(tokens) if any(token.kind == "need" for token in clause))
    return tuple(part for part in found if part)


def clauses(tokens: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "stop":
            found.append([])
        else:
            found[-1].append(token)
    return found


def _telling(token: Token) -> bool:
    return token.kind in TELLING or (token.day is not None and bool(token.day.role))


def _trimmed(clause: list[Token], line: str) -> str:
    first, last = 0, len(clause)
    while first < last and not _telling(clause[first]):
        first += 1
    while last > first and clause[last - 1].kind in ("stop", "list", "sign"):
        last -= 1
    if not any(
        token.kind in TELLING - {"give", "neighbour", "hearsay", "house", "word_house"} for token in clause[first:last]
    ):
        return ""
    return line[clause[first].start : clause[last - 1].end].strip()

"""Takes in the words before or after a group, one by one: going, endings, gifts, and what only looks like them."""

import re
from dataclasses import dataclass

from handlers.parsing.groups import Group
from handlers.parsing.notes import clauses
from handlers.parsing.pieces import Token
from handlers.parsing.said import ENDINGS, Said
from handlers.parsing.words import set_of

DENIED = re.compile(r"(?:[不没未莫勿]|[没未不从](?:有|能|曾|没|够|能够|顺利|来得及|机会))$")
ENGLISH_DENIAL = re.compile(
    r"\b(?:didn'?t|did not|couldn'?t|could not|haven'?t|have not|never|unable|failed)\b[^,.;]*$"
)
NOT_DEAD = re.compile(r"(?<!有)(?:没有?|没得|未|不是|莫得) ?$|\bnot (?:yet )?$")
STAYS = ("在", "都在", "也在", "人在")
CREATURES = frozenset("猪牛羊鸡鸭鱼狗树苗秧蜂鹅")
BEASTS = re.compile(r"\b(?:pig|cow|chicken|hen|dog|sheep|duck|goat|cattle|horse|bee|fish|tree|crop)e?s?\b")
TALKED = ("联系", "走访", "聊", "通了", "问", "回访", "访", "视频", "微信", "里说")
BESIDE = set_of("filler count maybe village group day clock go me both all and list he title")
"""Kinds of words that may stand between a household and what is said of it."""
SENDS = ("叫", "让", "喊", "请", "派", "要求", "安排", "通知")
TOLD = set_of("han content need kin goods number latin other family he")


@dataclass
class Listener:
    """Takes in the words before or after a group, one by one."""

    said: Said
    text: str
    tokens: list[Token]
    leading: bool
    group: Group | None = None
    taken: bool = False
    """带, 陪 stands before the household."""
    kin: bool = False
    """The words now speak of somebody of the family, not of the head."""
    both: bool = False
    previous: str = ""

    def listen(self) -> None:
        for index, token in enumerate(self.tokens):
            self._take(index, token)
            if token.kind not in ("filler", "day", "clock", "stop", "list", "me"):
                self.previous = token.kind
            self.said.content = self.said.content or (token.kind in TOLD and not self._only_sends(token))

    def _only_sends(self, token: Token) -> bool:
        """领导叫我去李宁家: so far nothing is told of a visit."""
        return self.leading and (token.kind in ("other", "family", "he") or token.text(self.text) in SENDS)

    def _take(self, index: int, token: Token) -> None:
        said, kind, words = self.said, token.kind, token.text(self.text)
        if self.previous == "not" and (kind in ENDINGS or kind in ("fine", "death_maybe")):
            # 是住院不是外出: said only to say that it is not so.
            return
        if kind == "content" and self.leading and words in ("看到", "看见") and self._beside(index):
            said.ends.append("met")
            said.end_words.append(words)
        elif kind == "stop":
            self.kin = self.both = False
            said.asks = said.asks or words == "?"
        elif kind == "kin":
            # 李宁和儿子都外出了: the head too.
            self.kin = self.previous not in ("and", "with")
        elif kind in ("he", "family"):
            self.kin = False
        elif words == "过" and self.kin and self.previous == "kin" and self._ends_after(index, "了"):
            # 家里老人昨晚过了: passed away.
            said.death = said.death or "过了"
        elif kind == "both":
            self.both = True
        elif kind in ("fine", "ask", "courtesy", "cross", "by_the_way", "on_purpose"):
            setattr(said, {"ask": "asks"}.get(kind, kind), True)
            said.shared = said.shared or (kind == "fine" and self.both and not said.ends)
            said.visited = said.visited or (kind == "courtesy" and "走访" in words)
        elif kind == "phone" and (words != "电话" or self.leading):
            said.phone = True
            said.talked = said.talked or any(part in words for part in TALKED)
        elif kind == "neighbour":
            said.talked = said.talked or words == "问了"
        elif kind == "give":
            said.gift = said.gift or (self._gives(index, token) and not self._lies_ahead(index))
        elif kind in ("visit", "went", "go", "not_gone", "called_off"):
            self._going(index, kind, words)
        elif kind in ENDINGS and (not self.leading or self._beside(index)):
            self._ending(index, kind, words)
        elif kind == "death_maybe" and self._says_something_else(index, words):
            return
        elif (
            kind == "death_maybe"
            and not self._about_animals(token)
            and (self.leading or self.kin or self._beside(index))
        ):
            said.death = said.death or words

    def _says_something_else(self, index: int, words: str) -> bool:
        """老了 is a death only of the old people at home; has gone to the city is none."""
        if words == "老了":
            return self.previous != "kin" or self._following(index) not in ("stop", "filler")
        return words.endswith("gone") and self._following_text(index) in ("to", "out", "for", "home", "away")

    def _beside(self, index: int) -> bool:
        """Whether nothing that matters stands between this word and the household."""
        rest = self.tokens[index + 1 :] if self.leading else self.tokens[:index]
        return all(token.kind in BESIDE or (token.kind == "sign" and self.leading) for token in rest)

    def _following(self, index: int) -> str:
        return self.tokens[index + 1].kind if index + 1 < len(self.tokens) else "stop"

    def _ends_after(self, index: int, word: str) -> bool:
        """Whether this word comes next, and then nothing more of the clause."""
        return self._following_text(index) == word and self.tokens[index + 2 : index + 3] in (
            [],
            *([t] for t in self.tokens if t.kind == "stop"),
        )

    def _following_text(self, index: int) -> str:
        return self.tokens[index + 1].text(self.text) if index + 1 < len(self.tokens) else ""

    # --- going --------------------------------------------------------------------------------------

    def _going(self, index: int, kind: str, words: str) -> None:
        said = self.said
        if kind in ("visit", "go", "went") and self._is_denied(index):
            said.missed = said.missed or self._of_the_visit(index)
        elif kind == "visit" and not self.leading and self._is_anothers(index):
            said.went_instead = True
        elif kind == "visit" and not self.leading and words.startswith("去") and (self.kin or self._has_gone(index)):
            # 林荣被女儿接去了: it is the daughter who went.
            said.content = True
        elif kind == "visit":
            said.visited = True
        elif kind == "called_off":
            said.missed = said.missed or said.plan
        elif kind == "not_gone":
            said.missed = said.missed or self._of_the_visit(index)
        elif kind == "go":
            if words == "在" and not self.leading and self._following(index) == "stop":
                self._ending(index, "met", words)
            said.going = said.going or (self._beside(index) and not self._goes_itself(index))
        elif not said.phone:
            self._went(index, words)

    def _is_denied(self, index: int) -> bool:
        """A no right before the going, in whatever words: 就不去, never got to visit."""
        token = self.tokens[index]
        before = self.text[max(0, token.start - 30) : token.start]
        return bool(DENIED.search(before)) or bool(ENGLISH_DENIAL.search(before))

    def _has_gone(self, index: int) -> bool:
        """林荣旅游去了, 林荣当兵去了: the person has gone, in words no table holds."""
        before = self.tokens[index - 1] if index else None
        gone = before is not None and before.kind == "han" and before.end == self.tokens[index].start
        return (
            gone and self._by_name() and not any(token.kind in ("me", "day", "clock") for token in self.tokens[:index])
        )

    def _is_anothers(self, index: int) -> bool:
        """…,何乐德去的."""
        kinds = {token.kind for token in clauses(self.tokens[:index])[-1]}
        return self.tokens[index - 1].kind in ("other", "person") and not kinds & {"me", "with", "and"}

    def _goes_itself(self, index: int) -> bool:
        """向德林去县里透析: the person goes, nobody visits."""
        return not self.leading and self._by_name() and self._following(index) in ("han", "content")

    def _by_name(self) -> bool:
        """One person by name, not 家."""
        group = self.group
        return group is not None and not group.span and len(group.mentions) == 1 and not group.mentions[-1].house

    def _of_the_visit(self, index: int) -> bool:
        """没去 of the visit, not of a child that did not go to school."""
        if self.leading or self._beside(index):
            return True
        clause = clauses(self.tokens[:index])[-1]
        return all(token.kind in BESIDE | {"plan", "han"} for token in clause) and self._following(index) not in (
            "han",
            "content",
        )

    def _went(self, index: int, words: str) -> None:
        """到了, 看了, 走了: going when next to the household; 走了 said of a person may be a death."""
        said, following = self.said, self._following(index)
        if self.leading:
            said.visited = said.visited or self._beside(index)
            return
        if self.both and words == "走了":
            # 李宁林荣都走了: visits, not deaths.
            said.visited = True
            return
        leaves = words == "走了" or (words == "走" and self._following_text(index) == "的")
        if leaves and following in ("stop", "filler") and (self.kin or (self._by_name() and self._beside(index))):
            said.death = said.death or words
        elif (
            words in ("走了", "跑了", "来了", "到了", "看了", "看了看", "看了一下", "看了下")
            and self._beside(index)
            and not self.kin
        ):
            said.visited = said.visited or following not in ("han", "content", "kin", "he")

    # --- how it ended -------------------------------------------------------------------------------

    def _about_animals(self, token: Token) -> bool:
        before = self.text[max(0, token.start - 16) : token.start]
        return any(char in CREATURES for char in before[-3:]) or bool(BEASTS.search(before))

    def _ending(self, index: int, kind: str, words: str) -> None:
        said = self.said
        if self.leading and self._is_only_when(index, words):
            return
        said.missed_first = said.missed_first or (said.missed and not (said.ends or said.visited or said.phone))
        clause = {token.kind for token in clauses(self.tokens[: index + 1])[-1]}
        if kind == "deceased":
            if self._about_animals(self.tokens[index]):
                return
            if NOT_DEAD.search(self.text[: self.tokens[index].start]):
                # 没有过世: told, and said of nobody's death.
                said.content = True
                return
            if self.kin or not (self.leading or self._beside(index)):
                said.death = said.death or words
                return
        elif kind in ("away", "hospital", "not_home") and clause & {"need", "plan", "maybe"}:
            # 需要去医院, 准备出去打工: still to come. 可能打工去了: nobody knows.
            said.content = True
            return
        elif kind == "hospital" and (self.taken or clause & {"with", "give"}):
            said.unsure = ("met", "hospital")
            said.end_words.append(words)
            return
        elif self.kin and kind not in ("met", "declined"):
            said.content = True
            return
        elif (
            self.kin
            and kind == "met"
            and words.startswith(STAYS)
            and not said.visited
            and {"away", "hospital"} & set(said.ends)
        ):
            # 林荣住院了,她妈在家: was the mother met?
            said.unsure = ("met", next(end for end in said.ends if end in ("away", "hospital")))
            said.end_words.append(words)
            return
        elif kind == "not_home" and self._goes_on(index, words):
            said.content = True
            return
        elif kind == "met" and self._is_denied(index):
            # 没能见到, 从没见着: not met in words that no table holds.
            said.unsure = ("met", "not_home")
            said.end_words.append(words)
            return
        elif kind == "met" and said.phone and words[0] in "聊谈摆唠吹拉":
            # 微信语音聊了几句: nobody was seen.
            said.talked = True
            return
        said.ends.append(kind)
        said.end_words.append(words)
        said.shared = said.shared or self.both

    def _is_only_when(self, index: int, words: str) -> bool:
        """赶场的时候看到林荣, 没人去林荣家: not said of the household."""
        rest = self.text[self.tokens[index].end :]
        if words.endswith("人") and self._following(index) in ("visit", "go", "went"):
            self.said.missed = True
            return True
        return rest.startswith(("的时候", "时", "路上", "的路上", "途中", "回来"))

    def _goes_on(self, index: int, words: str) -> bool:
        """没人受伤, 没人给他说, 没见到村医: it is not said that nobody was at home."""
        if index + 1 >= len(self.tokens) or self.tokens[index + 1].start != self.tokens[index].end:
            return False
        following, rest = self._following(index), self._following_text(index)
        if words in ("没人", "没有人", "没得人", "无人"):
            return following in ("han", "give", "for_me", "with", "need") or rest in ("说", "讲", "和", "跟")
        return words in ("没见到", "没有见到", "没见着", "未见到") and following in ("han", "other", "goods", "need")

    def _lies_ahead(self, index: int) -> bool:
        """下个星期给他送过去: not yet given."""
        clause = clauses(self.tokens[: index + 1])[-1]
        return any(token.kind == "plan" or (token.day is not None and token.day.ahead) for token in clause)

    def _gives(self, index: int, token: Token) -> bool:
        if self._following(index) == "me":
            # 李国富送我一袋橘子.
            return False
        if token.text(self.text).startswith("买") and "给" not in self.text[max(0, token.start - 8) : token.start]:
            return False
        near = self.tokens[index + 1 : index + 4]
        return any(other.kind == "goods" and other.start - token.end <= 8 for other in near)

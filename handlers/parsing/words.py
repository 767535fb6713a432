"""The words a report is read with, ready for looking up; the tables themselves are `words_zh` and `words_en`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from handlers.parsing import words_en, words_zh

BRACES = re.compile(r"\{([^{}]*)\}")


def expand(pattern: str) -> list[str]:
    """Every word a pattern stands for: `没{,有}人` is 没人 and 没有人."""
    found = BRACES.search(pattern)
    if found is None:
        return [pattern]
    before, after = pattern[: found.start()], pattern[found.end() :]
    return [word for part in found.group(1).split(",") for word in expand(before + part + after)]


def expand_all(patterns: str) -> list[str]:
    return [word for pattern in patterns.split() for word in expand(pattern) if word]


def set_of(line: str) -> frozenset[str]:
    return frozenset(line.split())


CHOICE = re.compile(r"\{([^{}]*)\}")


def phrases(line: str) -> list[str]:
    """English phrases between commas; `was {not |}home` is was not home and was home."""
    ways = [phrase for pattern in line.split(",") for phrase in _ways(pattern) if phrase]
    return list(dict.fromkeys((*ways, *(way.replace("n't", "nt") for way in ways))))


def _ways(pattern: str) -> list[str]:
    found = CHOICE.search(pattern)
    if found is None:
        return [" ".join(pattern.split())]
    before, after = pattern[: found.start()], pattern[found.end() :]
    return [way for part in found.group(1).split("|") for way in _ways(before + part + after)]


def _one_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


ELSEWHERE = re.compile(
    rf"(?:人)?(?:下|去|到|在|跑|上|回|往|走)[了的过]?(?:{_one_of(words_zh.PLACES)})(?:那边|那里|那儿|去)?"
    r"(?:打工|务工|做工|上班|做活路?|做事|干活|进厂|做生意|挣钱)?(?:去了|了|去)?"
)
AT_RELATIVES = re.compile(
    rf"(?:去|到|在|跟|走|住|住在|住到|回)了?(?:他|她)?(?:的)?(?:大|二|三|四|小|幺|满)?(?:{_one_of(words_zh.RELATED)})"
    r"(?:家里?去?|屋头|屋里|那里|那儿|那边|那(?!个|么|天|头|户))(?:去了|了|去|住(?:几天|了|去了)?|玩(?:去了|几天)?|耍(?:去了)?)?"
)
IN_HOSPITAL = re.compile(
    r"(?:人)?(?:住进|住在|躺在|进|住|在|去|到)了?[^\W\d_他她我去]{0,5}?(?:医院|卫生院|康复中心|icu)(?:里|头)?(?:治疗|看病|检查|住起?|住院|躺起?|做手术|手术|抢救)?(?:去了|了|的|着|去)?"
)
WITH_RELATIVES = re.compile(
    rf"跟(?:到|着|起|倒)?(?:他|她)?(?:的)?(?:大|二|三|四|小|幺|满)?(?:{_one_of(words_zh.RELATED)})(?=去|到|走|下|在|上)"
)
SOME_GOODS = re.compile(
    r"(?:[一二两三四五六七八九十百几\d]{1,3}(?:公斤|斤)|(?:[一二两三四五六七八九十几\d]{1,3})?(?:件|床|袋|箱|桶|壶|瓶|盒|篮|筐|双|套))(?!了|资料|表|照片|文件|通知|合同|手册|药)[一-鿿]{1,3}(?=$|[^一-鿿]|[给去过来到,,。])"
)
AT_THEIRS = re.compile(r"(?:去|到|上)了?(?:他|她|他们|她们)(?:家|屋头|屋里)(?:里|头|去|里去)?")
SENT = re.compile(
    r"(?:[县乡镇村区市省]|街道|社区|支部|学校|公司|医院|卫生院|银行|(?:帮扶|后盾|结对|挂钩|定点)?单位|[^\W\d_]局)[里上头]?(?:又|也|还)?"
    r"(?:派|安排|组织|来|喊|请)了?(?:几个|两个|个|几名)?(?:人员?|专人|干部|老师|医生|同志|专家)"
)
PHRASES = (
    ("other", SENT),
    ("visit", AT_THEIRS),
    ("goods", SOME_GOODS),
    ("he", WITH_RELATIVES),
    ("away", ELSEWHERE),
    ("hospital", AT_RELATIVES),
    ("hospital", IN_HOSPITAL),
)
"""Meanings that are said in too many ways for a table: where somebody is."""
PHRASE_STARTS = frozenset(
    "县乡镇村区市省街社支学公医卫银帮后结挂定单民住教农林水人下去到在跑上回往走跟住躺进一二两三四五六七八九十几123456789件床袋箱桶壶瓶盒篮筐双套"
)


class Words:
    """Words and what they say. `kinds` maps a word to its meanings (`met`, `not_home`, `plan` …, in table order).

    Cheap to ask, dear to make (some milliseconds): one is made at start, another when the officer adds words.
    """

    def __init__(self, more: Mapping[str, Iterable[str]] | None = None) -> None:
        self.more = {kind: tuple(words) for kind, words in (more or {}).items()}
        unknown = set(self.more) - set(words_zh.KINDS)
        if unknown:
            raise ValueError(f"no such meaning: {', '.join(sorted(unknown))}")
        self.kinds: dict[str, tuple[str, ...]] = {}
        for kind, found in self._tables():
            known = self.kinds.get(found, ())
            if kind not in known:
                self.kinds[found] = (*known, kind)
        self.lengths = lengths_by_first(self.kinds)

    def with_more(self, more: Mapping[str, Iterable[str]]) -> "Words":
        """The same words and the officer's own (`{"not_home": ["没落屋"]}`); ValueError for an unknown meaning."""
        joined = {kind: (*self.more.get(kind, ()), *more.get(kind, ())) for kind in {*self.more, *more}}
        return Words(joined)

    def _tables(self) -> Iterator[tuple[str, str]]:
        # The officer's own come first: a word he gives a meaning has that meaning before any other.
        for kind, added in self.more.items():
            yield from ((kind, word.strip().lower()) for word in added if word.strip())
        for kind, patterns in words_zh.KINDS.items():
            if kind not in ("event", "before"):
                yield from ((kind, word) for word in expand_all(patterns))
        for kind, line in words_en.KINDS.items():
            if kind not in ("event", "before"):
                yield from ((kind, phrase) for phrase in phrases(line))

    @cached_property
    def after_a_day(self) -> dict[str, str]:
        """Words that, right after a day, say it is not the day of a visit: "event" (9号到账), "before" (9号前)."""
        found: dict[str, str] = {}
        for kind in ("event", "before"):
            for word in (*expand_all(words_zh.KINDS[kind]), *phrases(words_en.KINDS[kind])):
                found.setdefault(word, kind)
        return found

    @cached_property
    def titles(self) -> frozenset[str]:
        return frozenset((*words_zh.TITLES.split(), *(t for t in phrases(words_en.TITLES))))

    @cached_property
    def title_starts(self) -> frozenset[str]:
        """First characters of what may follow a surname: 李|大爷, 王|书记."""
        others = {word[0] for word, kinds in self.kinds.items() if "other" in kinds}
        return frozenset(title[0] for title in self.titles) | others

    @cached_property
    def stop(self) -> frozenset[str]:
        """Short English words that are never somebody's initials."""
        return frozenset(words_en.STOP.split()) | {word for word in self.kinds if word.isascii()}


def lengths_by_first(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For every first character the lengths worth trying, longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


SURNAMES = frozenset(words_zh.SURNAMES)
COMPOUND_SURNAMES = frozenset(words_zh.COMPOUND_SURNAMES.split())
GIVEN = frozenset(words_zh.GIVEN)
RESPECT = frozenset(words_zh.RESPECT.split())
ALIKE: dict[str, frozenset[str]] = {}
"""Characters easily taken for each other by eye (宁 and 宇), by either of them."""
for _group in words_zh.CONFUSED.split():
    for _char in _group:
        ALIKE[_char] = ALIKE.get(_char, frozenset()) | (frozenset(_group) - {_char})
WORDS = Words()


def surname_of(name: str) -> str:
    return name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]

"""Phrasings by grammar: thousands of messages with what they mean, for a helper's few households or a whole county's.

Everything is made from a seed. A message names one to three households, each in one of the ways people use; the
unambiguous ones must be understood, the ambiguous ones asked about.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pypinyin import lazy_pinyin

from handlers.parsing import Candidate, Scope

TODAY = date(2026, 11, 11)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐"
GIVEN = "贵福祥发明德荣华富平辉芳英秀兰珍玲琴美康永清恩邦胜宁松阳群丽刚乐堂泰瑞正义春云洪彬兵毅"
VILLAGES = ("青山村", "和平村", "严湾村", "同心村", "红岩村", "白沙村", "核桃坪村", "大箐村")
EVERYDAY = ("清明", "平安", "国庆", "正平", "春秋")
"""Given names nobody would use alone for somebody, being words of their own."""


@dataclass(frozen=True)
class Phrase:
    text: str
    lines: frozenset[tuple[int, str | None, date]] = frozenset()
    asks: frozenset[str] = frozenset()
    """Codes of the questions that are right; empty for an unambiguous message."""
    about: frozenset[int] = frozenset()
    """Households one of which the question must offer."""


def make_candidates(count: int, seed: int) -> list[Candidate]:
    chance = random.Random(seed)
    found = []
    for index in range(count):
        name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2, 2))))
        members = tuple(name[0] + chance.choice(GIVEN) + chance.choice(GIVEN) for _ in range(chance.randint(0, 3)))
        syllables = lazy_pinyin(name)
        village = VILLAGES[index * len(VILLAGES) // count]
        initials = "".join(syllable[0] for syllable in syllables)
        number = f"9990101{index // 1000:02d}{index % 1000 + 1:04d}"
        found.append(
            Candidate(
                index + 1,
                number,
                name,
                village,
                f"{chance.randint(1, 9)}组",
                initials,
                " ".join(syllables),
                (),
                members,
                ("吴祥",),
            )
        )
    return found


class Grammar:
    """Makes phrases over a scope."""

    def __init__(self, candidates: list[Candidate], seed: int) -> None:
        self.chance = random.Random(seed)
        self.candidates = candidates
        self.scope = Scope(candidates)
        self.names = Counter(candidate.head_name for candidate in candidates)
        self.sounds = Counter("".join(lazy_pinyin(candidate.head_name)) for candidate in candidates)
        self.endings = Counter((candidate.number or "")[-4:] for candidate in candidates)
        self.initials = Counter(candidate.pinyin_initials for candidate in candidates)
        self.surnames = Counter(candidate.head_name[0] for candidate in candidates)
        self.given = Counter(candidate.head_name[1:] for candidate in candidates)
        self.members = Counter(name for candidate in candidates for name in {*candidate.members, candidate.head_name})
        self.placed = Counter((candidate.village, candidate.head_name) for candidate in candidates)
        self.homophones: dict[str, list[str]] = defaultdict(list)
        for char in SURNAMES + GIVEN + "得付凤法名容话屏灰方应绣蓝真林铃勤抗勇青恩帮圣凝颂杨裙钢糖太锐证意晴":
            self.homophones[lazy_pinyin(char)[0]].append(char)

    # --- ways to name a household -------------------------------------------------------------------

    def sure_word(self, candidate: Candidate) -> str:
        """A word that means this household and no other."""
        ways = (self._name, self._ending, self._short, self._latin, self._sound, self._given, self._place)
        words = [word for way in ways if (word := way(candidate))]
        return self.chance.choice(words) if words else candidate.number or ""

    def _name(self, candidate: Candidate) -> str:
        return candidate.head_name if self.names[candidate.head_name] == 1 else ""

    def _place(self, candidate: Candidate) -> str:
        village = self.chance.choice((candidate.village, candidate.village[:-1]))
        return village + candidate.head_name if self.placed[candidate.village, candidate.head_name] == 1 else ""

    def _ending(self, candidate: Candidate) -> str:
        return (candidate.number or "")[-4:] if self.endings[(candidate.number or "")[-4:]] == 1 else ""

    def _short(self, candidate: Candidate) -> str:
        initials = candidate.pinyin_initials
        return (
            self.chance.choice((initials, initials.upper()))
            if len(initials) > 2 and self.initials[initials] == 1
            else ""
        )

    def _latin(self, candidate: Candidate) -> str:
        full = candidate.pinyin.replace(" ", "")
        return full if self.sounds[full] == 1 else ""

    def _sound(self, candidate: Candidate) -> str:
        """The name with one character written as another of the same sound."""
        name = candidate.head_name
        if self.sounds["".join(lazy_pinyin(name))] > 1 or len(name) < 3:
            return ""
        at = self.chance.randrange(1, len(name))
        others = [char for char in self.homophones[lazy_pinyin(name[at])[0]] if char != name[at]]
        if not others:
            return ""
        word = name[:at] + self.chance.choice(others) + name[at + 1 :]
        return "" if word in self.members or "".join(lazy_pinyin(word)) != "".join(lazy_pinyin(name)) else word

    def _given(self, candidate: Candidate) -> str:
        given = candidate.head_name[1:]
        if given in EVERYDAY:
            return ""
        return given if len(given) == 2 and self.given[given] == 1 and self.members[given] == 0 else ""

    def doubtful_word(self) -> tuple[str, str, frozenset[int]]:
        """A word that means several households, or none, with the question's code and whom it must offer."""
        for _ in range(50):
            candidate = self.chance.choice(self.candidates)
            way = self.chance.randrange(5)
            name = candidate.head_name
            if way == 0 and self.names[name] > 1:
                return name, "household", frozenset(c.household_id for c in self.candidates if c.head_name == name)
            if way == 1 and self.surnames[name[0]] > 1:
                word = self.chance.choice((f"老{name[0]}", f"{name[0]}大爷", f"{name[0]}叔", f"{name[0]}嬢嬢"))
                return (
                    word,
                    "household",
                    frozenset(c.household_id for c in self.candidates if c.head_name[0] == name[0]),
                )
            if way == 2 and self.initials[candidate.pinyin_initials] > 1 and len(candidate.pinyin_initials) > 2:
                same = frozenset(
                    c.household_id for c in self.candidates if c.pinyin_initials == candidate.pinyin_initials
                )
                return candidate.pinyin_initials, "household", same
            if way == 3:
                stranger = (
                    self.chance.choice("钟龚戴熊秦邱")
                    + self.chance.choice("世昌学礼厚泽")
                    + self.chance.choice("鹏飞栋梁")
                )
                return stranger, "unknown", frozenset()
            if way == 4 and len(name) == 3:
                word = name[:2] + self.chance.choice("鹏栋泽厚昌鑫")
                if word not in self.members:
                    return word, "household", frozenset((candidate.household_id,))
        return "钟世鹏", "unknown", frozenset()

    # --- days and outcomes --------------------------------------------------------------------------

    def day(self) -> tuple[str, date]:
        back = self.chance.randint(0, 20)
        on = TODAY - timedelta(days=back)
        forms = [
            f"{on.month}月{on.day}日",
            f"{on.month}月{on.day}号",
            f"{on.month}.{on.day}",
            f"{on.month}/{on.day}",
            f"{_han(on.month)}月{_han(on.day)}号",
        ]
        if on.month == TODAY.month:
            forms += [f"{on.day}号", f"{_han(on.day)}号", f"这个月{on.day}号"]
        else:
            forms += [f"上个月{on.day}号", f"上月{on.day}日"]
        if back in (0, 1, 2, 3):
            forms += [("今天", "昨天", "前天", "大前天")[back]] * 8
        if back < 7:
            forms.append("周" + "一二三四五六日"[on.weekday()])
        week = (TODAY.weekday() + 7 - on.weekday() if back else 0, back)
        if 0 < back <= 13 and week[0] == back - 0 and TODAY.weekday() - on.weekday() + 7 == back:
            forms.append("上周" + "一二三四五六日"[on.weekday()])
        return self.chance.choice(forms), on

    OUTCOMES = (
        ("met", ("在家", "见到了", "见到本人", "都好", "没啥事", "一切正常", "在家,情况稳定", "没新情况")),
        ("not_home", ("没在家", "不在家", "没人", "没得人", "锁起的", "没见到人", "门锁着", "赶场去了")),
        ("away", ("打工去了", "外出务工", "在广东打工", "外出了")),
        ("hospital", ("住院了", "在医院住院", "走亲戚去了")),
        ("unreachable", ("联系不上", "电话打不通", "电话停机")),
        ("declined", ("不让进门", "不愿见面")),
    )

    def outcome(self) -> tuple[str, str]:
        outcome, words = self.chance.choice((self.OUTCOMES[0], self.OUTCOMES[0], *self.OUTCOMES))
        return outcome, self.chance.choice(words)

    # --- messages -----------------------------------------------------------------------------------

    def phrases(self, count: int) -> Iterator[Phrase]:
        """Unambiguous ones."""
        makers: tuple[Callable[[], Phrase], ...] = (self._one, self._one_went, self._list, self._each, self._mixed)
        for _ in range(count):
            yield self.chance.choice(makers)()

    def doubtful(self, count: int) -> Iterator[Phrase]:
        for _ in range(count):
            word, code, ids = self.doubtful_word()
            day, _ = self.day()
            text = self.chance.choice(
                (f"{day}去了{word}家", f"{word}家{day}去了", f"走访{word}家,都好", f"{day}{word}家没人")
            )
            yield Phrase(text, asks=frozenset((code,)), about=ids)

    def _house(self) -> str:
        return self.chance.choice(("家", "家", "屋头", "", "家里"))

    def _one(self) -> Phrase:
        candidate = self.chance.choice(self.candidates)
        word, (day, on), (outcome, said) = self.sure_word(candidate), self.day(), self.outcome()
        gap = " " if word.isascii() else ""
        forms = [f"{day}{gap}{word}{gap}{said}", f"{day} {word} {said}", f"{day}{gap}{word}{self._house()}{said}"]
        if outcome in ("met", "not_home", "declined"):
            forms += [f"{word}{gap}{day}{said}", f"{word}{self._house()}{gap}{day}{said}"]
        form = self.chance.choice(forms)
        return Phrase(form, frozenset(((candidate.household_id, outcome, on),)))

    def _one_went(self) -> Phrase:
        candidate = self.chance.choice(self.candidates)
        word, (day, on) = self.sure_word(candidate), self.day()
        verb = self.chance.choice(("去了", "走访", "走访了", "看望了", "去走访了"))
        tail = self.chance.choice(("", "。", ",没啥事", ",低保到账了", " 房子没问题", ",猪卖了两头", "!"))
        form = self.chance.choice(
            (
                f"{day}{verb}{word}家{tail}",
                f"{word}家{day}去了{tail}",
                f"{day}我{verb}{word}家{tail}",
                f"{verb}{word}家,{day}",
            )
        )
        return Phrase(form, frozenset(((candidate.household_id, "met", on),)))

    def _list(self) -> Phrase:
        chosen = self.chance.sample(self.candidates, self.chance.randint(2, 3))
        (day, on), join = self.day(), self.chance.choice(("、", "和", " ", "、"))
        names = join.join(self.sure_word(candidate) for candidate in chosen)
        form = self.chance.choice(
            (f"{day}去了{names}家", f"{day}走访{names},都好", f"{day} {names} 都去了", f"{names}家{day}都去了")
        )
        return Phrase(form, frozenset((candidate.household_id, "met", on) for candidate in chosen))

    def _each(self) -> Phrase:
        chosen = self.chance.sample(self.candidates, 2)
        day, on = self.day()
        ends = [self.outcome() for _ in chosen]
        parts = [
            f"{self.sure_word(candidate)} {end[1]}".replace(" ", self.chance.choice(("", " ")))
            for candidate, end in zip(chosen, ends, strict=True)
        ]
        day += " "
        lines = frozenset((candidate.household_id, end[0], on) for candidate, end in zip(chosen, ends, strict=True))
        return Phrase(f"{day}" + self.chance.choice((",", ";", " ")).join(parts), lines)

    def _mixed(self) -> Phrase:
        one, other = self.chance.sample(self.candidates, 2)
        (day, on), (outcome, said) = self.day(), self.outcome()
        text = f"{day}去了{self.sure_word(one)}家,{self.sure_word(other)}{said}"
        return Phrase(text, frozenset(((one.household_id, "met", on), (other.household_id, outcome, on))))


def _han(number: int) -> str:
    figures = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else figures[tens] + "十") + (figures[ones] if ones else "")

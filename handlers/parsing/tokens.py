"""A message cut into what is known and what is not: names, days, words with a meaning, figures, the rest."""

import re

from handlers.parsing.backwards import DayMark
from handlers.parsing.dates import DAY_PART
from handlers.parsing.pieces import RANKS, Token, is_whole_word, rank_name
from handlers.parsing.scope import Named, Scope, letters
from handlers.parsing.text import NUMERAL, is_han, numeral
from handlers.parsing.words import COMPOUND_SURNAMES, PHRASE_STARTS, PHRASES, RESPECT, SURNAMES, Words, set_of
from handlers.parsing.words_zh import SURNAMES as SURNAMES_BY_USE

FAMILIAR = set_of("哥 姐 嫂 嫂子 伯 爷 婆 娃 妹 弟")
"""Said behind a given name alone: 德林哥 is he himself, 向德林哥 may be his brother."""
COMMON = frozenset(SURNAMES_BY_USE[:120])
ONE_AND_ALL = frozenset(("一家都", "一户都", "一家也", "一户也"))
SHARED = set_of("met not_home away hospital unreachable declined fine")
STOPS = ",;.!?。…~\n\r|"
_GROUP = re.compile(rf"第?({NUMERAL}) ?(?:村民小组|小组|组|社|队)(?!长)")
_COUNT = re.compile(
    r"(?<![第\d])([1-9]\d?|[一二三四五六七八九十两]{1,3}|几) ?(?:户|家)(?:都|人家|贫困户)?(?!庭|具|电|里|属|长|禽)"
)
_THESE = re.compile(r" ?(?:这|那|等)(?:[几两三四五六七八九]|\d)个?[户家](?:人家)?")
"""李宁、林荣这两户: those just named."""
_REST = re.compile(r"(?:其[他它余]|别的|剩下?|剩余|另外|余下)的? ?([2-9]|[两二三四五六七八九几]) ?[户家]")
_DIGITS = re.compile(r"\d{3,18}x?")
_LATIN = re.compile(r"[a-z]+")
_GAP = re.compile(r"[ '\-·]?(?=[a-z])")


class Cutter:
    """Cuts one text. Longest match first; at equal length names before words, words before partial names."""

    def __init__(
        self, text: str, days: list[DayMark], fixed: list[Token], scope: Scope, words: Words, sender: str
    ) -> None:
        self.text, self.scope, self.words, self.sender = text, scope, words, sender
        self.days = {day.start: day for day in days if not self._is_given_name(day)}
        self.fixed = {token.start: token for token in fixed}
        self.name_at = self._names()
        self.tokens: list[Token] = []

    def _is_given_name(self, day: DayMark) -> bool:
        """徐清明, 李国庆: feasts people are named after."""
        named_so = self.text[day.start : day.end] in ("清明", "国庆", "元旦", "中秋")
        return named_so and self.text[day.start - 1 : day.start] in self.scope.surnames

    def _names(self) -> dict[int, tuple[int, tuple[Named, ...]]]:
        """Longest known name at each place."""
        found = {}
        text, names, lengths = self.text, self.scope.names, self.scope.lengths
        for at, char in enumerate(text):
            for length in lengths.get(char, ()):
                named = names.get(text[at : at + length])
                if named is not None:
                    # At the end of the text the slice is shorter than the length tried.
                    found[at] = (min(length, len(text) - at), named)
                    break
                if length == 2 and text[at + 1 : at + 2] == " ":
                    named = names.get(char + text[at + 2 : at + 3])
                    if named is not None and named[0].how == "name":
                        found[at] = (3, named)
        return found

    def cut(self) -> list[Token]:
        at, size = 0, len(self.text)
        while at < size:
            token = self._at(at)
            if token is None:
                self._unknown(at)
                at += 1
            else:
                self._take(token)
                at = token.end
        return self.tokens

    def _take(self, token: Token) -> None:
        """A word like 都没在家 is 都 and 没在家: the outcome holds for all."""
        if token.kind in SHARED and self.text[token.start] in "都均" and token.end - token.start > 1:
            self.tokens.append(Token("both", token.start, token.start + 1))
            token.start += 1
        self.tokens.append(token)

    def _unknown(self, at: int) -> None:
        char = self.text[at]
        if char == " ":
            return
        kind = "stop" if char in STOPS else "list" if char in "、/+" else "han" if is_han(char) else "sign"
        last = self.tokens[-1] if self.tokens else None
        if last is not None and last.kind == kind == "han" and last.end == at:
            last.end = at + 1
        else:
            self.tokens.append(Token(kind, at, at + 1))

    def _at(self, at: int) -> Token | None:
        if at in self.fixed:
            return self.fixed[at]
        char = self.text[at]
        found: list[Token] = []
        title = self._title(at)
        if title is not None:
            return title
        named = self.name_at.get(at)
        if named is not None:
            found.append(Token("household", at, at + named[0], named=named[1]))
        if at in self.days:
            day = self.days[at]
            found.append(Token("clock" if day.reason == "clock" else "day", at, day.end, day=day))
        if char.isascii():
            found += self._figures(at) if char.isdigit() else self._latin(at) if char.isalpha() else []
        word = self._word(at)
        if word is not None:
            found.append(word)
        part = DAY_PART.match(self.text, at)
        if part is not None:
            found.append(Token("clock", at, part.end()))
        if char in PHRASE_STARTS:
            found += self._phrases(at)
        if not char.isascii() or char.isdigit():
            found += self._places(at)
            found += self._helper(at)
            person = self._person(at)
            if person is not None:
                found.append(person)
        found = [token for token in found if not self._runs_into_fixed(token)]
        if not found:
            return None
        return max(found, key=lambda token: (token.end - token.start, RANKS.get(rank_name(token), 1)))

    def _runs_into_fixed(self, token: Token) -> bool:
        return bool(self.fixed) and any(token.start < start < token.end for start in self.fixed)

    def _word(self, at: int) -> Token | None:
        text, kinds = self.text, self.words.kinds
        for length in self.words.lengths.get(text[at], ()):
            end = at + length
            if end > len(text):
                continue
            if text[at:end] in ONE_AND_ALL and self._behind_a_name(at):
                # 林荣一家都外出: her family, not all of mine.
                continue
            found = kinds.get(text[at:end])
            if found is None or self._cuts_a_name(at, end) or (found[0] == "house" and end - 1 in self.days):
                continue
            if self._ends_in_name(at, end):
                continue
            if text[at].isascii() and not is_whole_word(text, at, end):
                continue
            return Token(found[0], at, end)
        return None

    def _phrases(self, at: int) -> list[Token]:
        """在浙江那边打工, 去他大女儿家: where somebody is, in more ways than a table holds."""
        found = []
        for kind, pattern in PHRASES:
            match = pattern.match(self.text, at)
            if match is None or any(start in self.name_at for start in range(at, match.end())):
                continue
            found.append(Token(kind, at, match.end()))
        return found

    def _title(self, at: int) -> Token | None:
        """林荣婶子: a word of respect right behind a name."""
        last = self.tokens[-1] if self.tokens else None
        if (
            last is None
            or last.kind != "household"
            or last.end != at
            or last.named[0].how not in ("name", "given", "nickname")
        ):
            return None
        for length in (3, 2, 1):
            title = self.text[at : at + length]
            if title in RESPECT or (title in FAMILIAR and last.named[0].how == "given"):
                return Token("title", at, at + length)
        return None

    def _behind_a_name(self, at: int) -> bool:
        last = self.tokens[-1] if self.tokens else None
        return last is not None and last.end == at and last.kind in ("household", "title", "person")

    def _cuts_a_name(self, start: int, end: int) -> bool:
        for at in range(start + 1, end):
            named = self.name_at.get(at)
            if named is not None and at + named[0] > end and named[1][0].how in ("name", "nickname"):
                return True
        return False

    def _ends_in_name(self, start: int, end: int) -> bool:
        """去了贵阳家: somebody's name, not the city."""
        if self.text[end : end + 1] not in ("家", "屋"):
            return False
        return any(at in self.name_at and at + self.name_at[at][0] == end for at in range(start + 1, end))

    def _places(self, at: int) -> list[Token]:
        found = []
        for length in self.scope.village_lengths.get(self.text[at], ()):
            ids = self.scope.villages.get(self.text[at : at + length])
            if ids is not None and not self._joins_names(at, at + length):
                found.append(Token("village", at, min(at + length, len(self.text)), ids=ids))
                break
        group = _GROUP.match(self.text, at)
        if group is not None:
            number = str(numeral(group.group(1)))
            found.append(Token("group", at, group.end(), ids=self.scope.groups.get(number, frozenset())))
        these = _THESE.match(self.text, at)
        if (
            these is not None
            and self.tokens
            and self.tokens[-1].kind in ("household", "number", "latin", "han", "house")
        ):
            found.append(Token("filler", at, these.end()))
        rest = _REST.match(self.text, at)
        if rest is not None:
            found.append(Token("others", at, rest.end(), count=numeral(rest.group(1)) or 0))
        count = _COUNT.match(self.text, at)
        if count is not None:
            many = 0 if count.group(1) == "几" else numeral(count.group(1)) or 0
            if many != 1:
                end = count.end() - (1 if count.group().endswith("都") else 0)
                found.append(Token("count", at, end, count=many))
        return found

    def _joins_names(self, start: int, end: int) -> bool:
        """林荣和平兰: 和 between two names, not the village 和平."""
        joined = self.text[start] == "和" and bool(self.tokens) and self.tokens[-1].end == start
        return joined and any(at in self.name_at and at + self.name_at[at][0] > end for at in range(start + 1, end))

    def _helper(self, at: int) -> list[Token]:
        """A colleague's name: whoever does something in front of a household is not the sender."""
        for length in self.scope.helper_lengths.get(self.text[at], ()):
            name = self.text[at : at + length]
            # 吴祥鹏家 is a household, even where a colleague is called 吴祥.
            if name in self.scope.helpers and self.text[at + length + 1 : at + length + 2] not in ("家", "屋"):
                return [Token("me" if name == self.sender else "other", at, at + len(name))]
        return []

    def _figures(self, at: int) -> list[Token]:
        if at and self.text[at - 1].isdigit():
            return []
        found = _DIGITS.match(self.text, at)
        return [Token("number", at, found.end())] if found else []

    def _latin(self, at: int) -> list[Token]:
        """One, two or three Latin words that are a name in pinyin, or one word as it stands."""
        if at and self.text[at - 1].isascii() and self.text[at - 1].isalpha():
            return []
        joined, end, best = "", at, None
        for _ in range(4):
            word = _LATIN.match(self.text, end)
            if word is None:
                break
            joined, end = joined + word.group(), word.end()
            named = self.scope.latin.get(letters(joined))
            if named is not None and (named[0].how != "initials" or joined not in self.words.stop):
                best = Token("household", at, end, named=named)
            gap = _GAP.match(self.text, end)
            if gap is None or gap.end() == end:
                break
            end = gap.end()
        first = _LATIN.match(self.text, at)
        assert first is not None
        return [best] if best is not None else [Token("latin", at, first.end())]

    def _person(self, at: int) -> Token | None:
        """老李, 小王, 李大爷, 欧阳叔: somebody by surname; a household where the scope has that surname."""
        text = self.text
        if text[at] in "老小阿":
            surname = text[at + 1 : at + 3] if text[at + 1 : at + 3] in COMPOUND_SURNAMES else text[at + 1 : at + 2]
            if surname in self.scope.surnames or surname in COMMON:
                return self._by_surname(at, at + 1 + len(surname), surname)
            return None
        if text[at + 1 : at + 2] not in self.words.title_starts and text[at : at + 2] not in COMPOUND_SURNAMES:
            return None
        surname = text[at : at + 2] if text[at : at + 2] in COMPOUND_SURNAMES else text[at]
        if surname in self.scope.surnames or surname in SURNAMES:
            start = at + len(surname)
            known = surname in self.scope.surnames or surname in COMMON or len(surname) > 1
            for length in (4, 3, 2) if known else ():
                if not text[start : start + 1].isascii() and "other" in self.words.kinds.get(
                    text[start : start + length], ()
                ):
                    return Token("other", at, start + length)
            for length in (3, 2, 1):
                if not text[start : start + 1].isascii() and text[start : start + length] in self.words.titles:
                    return self._by_surname(at, start + length, surname)
        return None

    def _by_surname(self, start: int, end: int, surname: str) -> Token:
        ids = self.scope.surnames.get(surname)
        if not ids:
            return Token("person", start, end)
        return Token("household", start, end, named=(Named("surname", frozenset(ids)),))


def cut(
    text: str, days: list[DayMark], scope: Scope, words: Words, sender: str = "", fixed: list[Token] | None = None
) -> list[Token]:
    """The tokens of an (even, lower-case) text; `fixed` stretches are taken as they are."""
    return Cutter(text, days, fixed or [], scope, words, sender).cut()

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


def phrases(line: str) -> list[str]:
    return [phrase.strip() for phrase in line.split(",") if phrase.strip()]


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
ALIKE: dict[str, frozenset[str]] = {}
"""Characters easily taken for each other by eye (宁 and 宇), by either of them."""
for _group in words_zh.CONFUSED.split():
    for _char in _group:
        ALIKE[_char] = ALIKE.get(_char, frozenset()) | (frozenset(_group) - {_char})
WORDS = Words()


def surname_of(name: str) -> str:
    return name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]

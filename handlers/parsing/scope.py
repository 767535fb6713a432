"""The households a sender may log for, indexed once so that a message is read in a moment."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from handlers.parsing import sounds
from handlers.parsing.text import even, lower, numeral
from handlers.parsing.words import lengths_by_first, surname_of

MOST_FOR_ALL = 10
"""全部 means all of at most this many households; a village head's hundreds are asked about."""


@dataclass(frozen=True)
class Candidate:
    """One household the sender may log for."""

    household_id: int
    number: str | None
    """The register's number 户编号."""
    head_name: str
    village: str = ""
    group: str = ""
    pinyin_initials: str = ""
    pinyin: str = ""
    """Without tones, syllables by spaces or joined: "li ning"."""
    nicknames: tuple[str, ...] = ()
    """Learned for this sender only."""
    members: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    phone_tail: str | None = None
    """Last four figures of the household's phone, where the sender may know it."""
    own: bool = True
    """Counts for 五户, 都, 全部: assigned to the sender, not only reachable."""


@dataclass(frozen=True)
class Named:
    """What a word stands for: households by how the word names them."""

    how: str
    ids: frozenset[int]


RANKS = ("name", "nickname", "member", "given")
LATIN_RANKS = ("pinyin", "reversed", "initials")
NOBODY: frozenset[int] = frozenset()
_LETTERS = re.compile(r"[^a-z]")
_DOTS = re.compile(r"[\s·•・.]")


@lru_cache(maxsize=8192)
def letters(pinyin: str) -> str:
    return _LETTERS.sub("", pinyin.lower().replace("ü", "v"))


class Lookup(Mapping[str, tuple[Named, ...]]):
    """Words and what they stand for, put together when a word is asked for: most never are.

    Made of (word, place in `ranks`, household id); what stands earlier in `ranks` is the likelier meaning.
    """

    def __init__(self, entries: Iterable[tuple[str, int, int]], ranks: tuple[str, ...]) -> None:
        self._ranks = ranks
        self._found: dict[str, list[tuple[int, int]]] = {}
        self._made: dict[str, tuple[Named, ...]] = {}
        for word, rank, household in entries:
            self._found.setdefault(word, []).append((rank, household))

    def __contains__(self, word: object) -> bool:
        return word in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, word: str) -> tuple[Named, ...]:
        made = self._made.get(word)
        if made is None:
            made = self._made[word] = self._make(self._found[word])
        return made

    def get(self, word: str, default: Any = None) -> Any:
        return self[word] if word in self._found else default

    def rank(self, word: str) -> str:
        """The likeliest way in which a word names somebody."""
        return self._ranks[min(self._found[word])[0]]

    def _make(self, found: list[tuple[int, int]]) -> tuple[Named, ...]:
        by: dict[str, set[int]] = {}
        for rank, household in sorted(found):
            by.setdefault(self._ranks[rank], set()).add(household)
        if "name" in by and "nickname" in by:
            # One's name is another's nickname: neither may win in silence.
            by["name"] |= by.pop("nickname")
        return tuple(Named(how, frozenset(ids)) for how, ids in by.items())


class Scope:
    """Indexes over candidates, each made when a message first needs it: a plain one with names needs few.

    It never changes and may be shared by threads; keep it as long as roster, assignments and nicknames stand still.
    """

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.candidates = tuple(candidates)

    @cached_property
    def by_id(self) -> dict[int, Candidate]:
        return {candidate.household_id: candidate for candidate in self.candidates}

    @cached_property
    def own_ids(self) -> tuple[int, ...]:
        return tuple(candidate.household_id for candidate in self.candidates if candidate.own)

    @cached_property
    def names(self) -> Lookup:
        return Lookup((entry for candidate in self.candidates for entry in _names_of(candidate)), RANKS)

    @cached_property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        return lengths_by_first(self.names)

    @cached_property
    def surnames(self) -> dict[str, frozenset[int]]:
        def surname(candidate: Candidate) -> tuple[str, ...]:
            found = surname_of(plain_name(candidate.head_name))
            return (found,) if found and found[0] >= "一" else ()

        return self._areas(surname)

    @cached_property
    def latin_surnames(self) -> dict[str, frozenset[int]]:
        """li → everybody whose surname is read so."""
        return self._areas(lambda candidate: [letters(part) for part in candidate.pinyin.split()[:1]])

    @cached_property
    def villages(self) -> dict[str, frozenset[int]]:
        return self._areas(lambda candidate: _village_words(candidate.village))

    @cached_property
    def village_lengths(self) -> dict[str, tuple[int, ...]]:
        return lengths_by_first(self.villages)

    @cached_property
    def groups(self) -> dict[str, frozenset[int]]:
        return self._areas(lambda candidate: _group_words(candidate.group))

    @cached_property
    def helpers(self) -> frozenset[str]:
        every = {name for candidate in self.candidates for name in candidate.helpers}
        return frozenset(lower(even(name)) for name in every if len(name) > 1)

    @cached_property
    def helper_lengths(self) -> dict[str, tuple[int, ...]]:
        return lengths_by_first(self.helpers)

    def _areas(self, words_of: Callable[[Candidate], Iterable[str]]) -> dict[str, frozenset[int]]:
        found: dict[str, list[int]] = {}
        for candidate in self.candidates:
            for word in words_of(candidate):
                found.setdefault(word, []).append(candidate.household_id)
        return {word: frozenset(ids) for word, ids in found.items()}

    def ending_in(self, figures: str) -> frozenset[int]:
        """Households whose register number is this or ends so; three figures at least."""
        return NOBODY.union(
            household for number, household in self._by_end.get(figures[-3:], ()) if number.endswith(figures)
        )

    @cached_property
    def _by_end(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for candidate in self.candidates:
            number = lower(even(candidate.number or "")).strip()
            if len(number) > 2:
                found.setdefault(number[-3:], []).append((number, candidate.household_id))
        return found

    @cached_property
    def latin_words(self) -> tuple[str, ...]:
        return tuple(self.latin)

    @cached_property
    def known_sounds(self) -> dict[str, frozenset[int]]:
        return self._areas(lambda candidate: (letters(candidate.pinyin),) if letters(candidate.pinyin) else ())

    @cached_property
    def phone_tails(self) -> dict[str, frozenset[int]]:
        return self._areas(lambda candidate: (candidate.phone_tail,) if candidate.phone_tail else ())

    @cached_property
    def latin(self) -> Lookup:
        """Pinyin as typed: full, given name first, and initials."""
        return Lookup((entry for candidate in self.candidates for entry in _latin_of(candidate)), LATIN_RANKS)

    @cached_property
    def other_sounds(self) -> dict[str, frozenset[int]]:
        """Nicknames, and heads without pinyin in the roster: worked out on first need."""
        return self._areas(_sounds_to_find)

    def sounding(self, sound: str) -> frozenset[int]:
        """Households whose head's name or nickname is read so (joined syllables)."""
        return self.known_sounds.get(sound, frozenset()) | self.other_sounds.get(sound, frozenset())

    @cached_property
    def by_dialect(self) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for sound, ids in (*self.known_sounds.items(), *self.other_sounds.items()):
            found[sounds.dialect(sound)] |= ids
        return {sound: frozenset(ids) for sound, ids in found.items()}

    @cached_property
    def spelled(self) -> tuple[tuple[str, ...], tuple[frozenset[int], ...]]:
        """Every head and nickname, for the search of near spellings."""
        words = [word for word in self.names if self.names.rank(word) in ("name", "nickname")]
        return tuple(words), tuple(self.names[word][0].ids for word in words)


def plain_name(name: str) -> str:
    """A name as it is compared: half width, lower case, without blanks and the dot of minority names."""
    return name if name.isalpha() and name[0] > "z" else _DOTS.sub("", lower(even(name)))


def _sounds_to_find(candidate: Candidate) -> list[str]:
    words = candidate.nicknames if letters(candidate.pinyin) else (candidate.head_name, *candidate.nicknames)
    return [sound for word in words for sound in sounds.sounds_of(plain_name(word))]


def _names_of(candidate: Candidate) -> Iterator[tuple[str, int, int]]:
    household, head = candidate.household_id, plain_name(candidate.head_name)
    if len(head) > 1:
        yield head, 0, household
    surname = surname_of(head)
    if len(head) - len(surname) > 1 and surname[0] >= "一":
        yield head[len(surname) :], 3, household
    for nickname in map(plain_name, candidate.nicknames):
        if len(nickname) > 1:
            yield nickname, 1, household
    for member in map(plain_name, candidate.members):
        if len(member) > 1 and member != head:
            yield member, 2, household


def _latin_of(candidate: Candidate) -> Iterator[tuple[str, int, int]]:
    household, full = candidate.household_id, letters(candidate.pinyin)
    if full:
        yield full, 0, household
    syllables = candidate.pinyin.split()
    if len(syllables) > 1:
        yield letters("".join((*syllables[1:], syllables[0]))), 1, household
    initials = letters(candidate.pinyin_initials)
    if len(initials) > 1:
        yield initials, 2, household
    head = plain_name(candidate.head_name)
    if head.isascii() and letters(head):
        yield letters(head), 0, household


@lru_cache(maxsize=1024)
def _village_words(village: str) -> tuple[str, ...]:
    village = plain_name(village)
    short = re.sub(r"(?:行政)?(?:村|社区|居委会)$", "", village)
    return tuple({word for word in (village, short) if len(word) > 1})


@lru_cache(maxsize=1024)
def _group_words(group: str) -> tuple[str, ...]:
    found = re.match(r"第?([\d零一二三四五六七八九十百]+)", plain_name(group))
    number = numeral(found.group(1)) if found else None
    return (str(number),) if number is not None else ()

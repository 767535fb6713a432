"""The households a sender may log for, indexed once so that a message is read in a moment."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

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


RANKS = ("name", "nickname", "number", "member", "given", "surname")
_LETTERS = re.compile(r"[^a-z]")
_DOTS = re.compile(r"[\s·•・.]")


def letters(pinyin: str) -> str:
    return _LETTERS.sub("", pinyin.lower().replace("ü", "v"))


class Scope:
    """Indexes over candidates. Making one takes about 0.1 ms a household; a large one is worth keeping while the roster
    stands still."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.candidates = tuple(candidates)
        self.by_id = {candidate.household_id: candidate for candidate in self.candidates}
        self.own_ids = tuple(candidate.household_id for candidate in self.candidates if candidate.own)
        names: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.surnames: dict[str, set[int]] = defaultdict(set)
        for candidate in self.candidates:
            self._add_names(candidate, names)
        for found in names.values():
            if "name" in found and "nickname" in found:
                # One's name is another's nickname: neither may win in silence.
                found["name"] |= found.pop("nickname")
        self.names = {
            word: tuple(Named(how, frozenset(found[how])) for how in RANKS if how in found)
            for word, found in names.items()
        }
        self.lengths = lengths_by_first(self.names)
        self.villages = self._areas(lambda candidate: _village_words(candidate.village))
        self.village_lengths = lengths_by_first(self.villages)
        self.groups = self._areas(lambda candidate: _group_words(candidate.group))
        self.helpers = frozenset(lower(even(name)) for c in self.candidates for name in c.helpers if len(name) > 1)
        self.helper_lengths = lengths_by_first(self.helpers)
        self.endings = self._endings()
        self.latin = self._latin()
        self.latin_words = tuple(self.latin)
        self.known_sounds = self._areas(
            lambda candidate: (letters(candidate.pinyin),) if letters(candidate.pinyin) else ()
        )

    def _add_names(self, candidate: Candidate, names: dict[str, dict[str, set[int]]]) -> None:
        household, head = candidate.household_id, plain_name(candidate.head_name)
        if len(head) > 1:
            names[head]["name"].add(household)
        surname = surname_of(head)
        if surname and surname[0] >= "一":
            self.surnames[surname].add(household)
            if len(head) - len(surname) > 1:
                names[head[len(surname) :]]["given"].add(household)
        for nickname in candidate.nicknames:
            if len(plain_name(nickname)) > 1:
                names[plain_name(nickname)]["nickname"].add(household)
        for member in candidate.members:
            if len(plain_name(member)) > 1 and plain_name(member) != head:
                names[plain_name(member)]["member"].add(household)

    def _areas(self, words_of: Callable[[Candidate], Iterable[str]]) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for candidate in self.candidates:
            for word in words_of(candidate):
                found[word].add(candidate.household_id)
        return {word: frozenset(ids) for word, ids in found.items()}

    def _endings(self) -> dict[str, frozenset[int]]:
        """Register numbers by every ending of three figures and more, and phone tails as they are."""
        found: dict[str, set[int]] = defaultdict(set)
        for candidate in self.candidates:
            number = lower(even(candidate.number or "")).strip()
            for length in range(3, len(number) + 1):
                found[number[-length:]].add(candidate.household_id)
        return {ending: frozenset(ids) for ending, ids in found.items()}

    @cached_property
    def phone_tails(self) -> dict[str, frozenset[int]]:
        return self._areas(lambda candidate: (candidate.phone_tail,) if candidate.phone_tail else ())

    def _latin(self) -> dict[str, tuple[Named, ...]]:
        """Pinyin as typed: full, given name first, and initials."""
        found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for candidate in self.candidates:
            household, full = candidate.household_id, letters(candidate.pinyin)
            if full:
                found[full]["pinyin"].add(household)
            syllables = [letters(part) for part in candidate.pinyin.split()]
            if len(syllables) > 1:
                found["".join((*syllables[1:], syllables[0]))]["reversed"].add(household)
            initials = letters(candidate.pinyin_initials)
            if len(initials) > 1:
                found[initials]["initials"].add(household)
            head = plain_name(candidate.head_name)
            if head.isascii() and letters(head):
                found[letters(head)]["pinyin"].add(household)
        return {
            word: tuple(Named(how, frozenset(by[how])) for how in ("pinyin", "reversed", "initials") if how in by)
            for word, by in found.items()
        }

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
        words = [word for word, named in self.names.items() if named[0].how in ("name", "nickname")]
        return tuple(words), tuple(self.names[word][0].ids for word in words)


def plain_name(name: str) -> str:
    """A name as it is compared: half width, lower case, without blanks and the dot of minority names."""
    return name if name.isalpha() and name[0] > "z" else _DOTS.sub("", lower(even(name)))


def _sounds_to_find(candidate: Candidate) -> list[str]:
    words = candidate.nicknames if letters(candidate.pinyin) else (candidate.head_name, *candidate.nicknames)
    return [sound for word in words for sound in sounds.sounds_of(plain_name(word))]


def _village_words(village: str) -> tuple[str, ...]:
    village = plain_name(village)
    short = re.sub(r"(?:行政)?(?:村|社区|居委会)$", "", village)
    return tuple({word for word in (village, short) if len(word) > 1})


def _group_words(group: str) -> tuple[str, ...]:
    found = re.match(r"第?([\d零一二三四五六七八九十百]+)", plain_name(group))
    number = numeral(found.group(1)) if found else None
    return (str(number),) if number is not None else ()

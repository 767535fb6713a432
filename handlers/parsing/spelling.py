"""A household word that is no known name as written: by its sound, by its look, by one slip; or unknown."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from handlers.parsing.scope import Scope
from handlers.parsing.sounds import dialect, sounds_of
from handlers.parsing.text import is_han
from handlers.parsing.words import looks_alike

MOST_SUGGESTED = 5


@dataclass(frozen=True)
class Guess:
    """`sure`: taken as meant when one household is left. Otherwise the sender is asked, with these to choose from."""

    ids: frozenset[int]
    how: str
    sure: bool
    suggested: tuple[int, ...] = ()


def guess(word: str, scope: Scope) -> Guess:
    """The households a misspelt word may mean, best kind of likeness first.

    The same sound, or a character easily taken for another, is what typing does to a name. Any other slip of one
    character may just as well be a brother's name, so it is only proposed.
    """
    if not is_han(word[0]):
        return _guess_latin(word, scope)
    if not sure_lengths(word):
        return Guess(frozenset(), "unknown", False, _nearest(word, scope))
    same_sound: frozenset[int] = frozenset().union(*(scope.by_sound.get(s, frozenset()) for s in sounds_of(word)))
    if same_sound:
        return Guess(same_sound, "sound", True)
    near = _one_slip(word, scope)
    alike = frozenset().union(*(ids for name, ids in near if one_look_alike(word, name)))
    if alike:
        return Guess(alike, "alike", True)
    if len(word) > 3 and near:
        return Guess(frozenset().union(*(ids for _, ids in near)), "alike", True)
    spoken = (scope.by_dialect.get(dialect(sound), frozenset()) for sound in sounds_of(word))
    close = frozenset().union(*spoken, *(ids for name, ids in near if _may_be_meant(word, name)))
    if close:
        return Guess(close, "close", False, tuple(sorted(close)))
    return Guess(frozenset(), "unknown", False, _nearest(word, scope))


def sure_lengths(word: str) -> bool:
    return 2 <= len(word) <= 12


def one_look_alike(word: str, name: str) -> bool:
    if len(word) != len(name):
        return False
    different = [(one, other) for one, other in zip(word, name, strict=True) if one != other]
    return len(different) == 1 and looks_alike(*different[0])


def _may_be_meant(word: str, name: str) -> bool:
    """Half of a two-character name is too much to be a slip, unless the surname stands."""
    return min(len(word), len(name)) > 2 or word[0] == name[0] or len(word) != len(name)


def _one_slip(word: str, scope: Scope) -> list[tuple[str, frozenset[int]]]:
    names, ids = scope.spelled
    found = process.extract(word, names, scorer=OSA.distance, score_cutoff=1, limit=2 * MOST_SUGGESTED)
    return [(name, ids[index]) for name, _, index in found]


def _guess_latin(word: str, scope: Scope) -> Guess:
    keys = list(scope.latin)
    if len(word) >= 5:
        found = process.extract(word, keys, scorer=OSA.distance, score_cutoff=1, limit=MOST_SUGGESTED)
        close = frozenset(
            i for key, _, _ in found for named in scope.latin[key] if named.how == "pinyin" for i in named.ids
        )
        if close:
            return Guess(close, "close", False, tuple(sorted(close)))
    return Guess(frozenset(), "unknown", False, _nearest("", scope))


def _nearest(word: str, scope: Scope) -> tuple[int, ...]:
    """Suggestions for a word nobody knows: the sender's few households, or the nearest names among many."""
    if len(scope.own_ids) <= MOST_SUGGESTED:
        return scope.own_ids
    names, ids = scope.spelled
    found = process.extract(word, names, scorer=fuzz.ratio, score_cutoff=45, limit=MOST_SUGGESTED) if word else []
    nearest = dict.fromkeys(i for _, _, index in found for i in sorted(ids[index]))
    return tuple(nearest)[:MOST_SUGGESTED]

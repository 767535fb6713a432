"""A household word that is no known name as written: by its sound, by its look, by one slip; or unknown."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from handlers.parsing.scope import NOBODY, Scope
from handlers.parsing.sounds import dialect, sounds_of
from handlers.parsing.text import is_han
from handlers.parsing.words import ALIKE

MOST_SUGGESTED = 5


@dataclass(frozen=True)
class Guess:
    """`sure`: taken as meant when one household is left. Otherwise the sender is asked, with these to choose from."""

    ids: frozenset[int]
    how: str
    sure: bool
    suggested: tuple[int, ...] = ()


def guess(word: str, scope: Scope) -> Guess:
    """The households a misspelt word may mean, best kind of likeness first; None in `ids` where nothing is like it.

    The same sound, or a character easily taken for another, is what typing does to a name. Any other slip of one
    character may just as well be a brother's name, so it is only proposed.
    """
    if not is_han(word[0]):
        return _guess_latin(word, scope)
    sure = sure_guess(word, scope)
    if sure is not None:
        return sure
    near = _one_slip(word, scope) if 2 <= len(word) <= 12 else []
    if len(word) > 3 and near:
        return Guess(NOBODY.union(*(ids for _, ids in near)), "alike", True)
    spoken = (scope.by_dialect.get(dialect(sound), NOBODY) for sound in sounds_of(word))
    close = NOBODY.union(*spoken, *(ids for name, ids in near if _may_be_meant(word, name)))
    if close:
        return Guess(close, "close", False, tuple(sorted(close)))
    return Guess(NOBODY, "unknown", False, _nearest(word, scope))


def sure_guess(word: str, scope: Scope) -> Guess | None:
    """The households whose name sounds the same or differs by one character easily taken for another; or None."""
    if not 2 <= len(word) <= 12:
        return None
    usual, *rare = sounds_of(word) or ("",)
    same_sound = scope.sounding(usual) or NOBODY.union(*(scope.sounding(sound) for sound in rare))
    if same_sound:
        return Guess(same_sound, "sound", True)
    alike = NOBODY.union(*(named.ids for form in _look_alikes(word) for named in scope.names.get(form, ())[:1]))
    return Guess(alike, "alike", True) if alike else None


def _look_alikes(word: str) -> list[str]:
    return [word[:at] + other + word[at + 1 :] for at, char in enumerate(word) for other in ALIKE.get(char, ())]


def _may_be_meant(word: str, name: str) -> bool:
    """Half of a two-character name is too much to be a slip, unless the surname stands."""
    return min(len(word), len(name)) > 2 or word[0] == name[0] or len(word) != len(name)


def _one_slip(word: str, scope: Scope) -> list[tuple[str, frozenset[int]]]:
    names, ids = scope.spelled
    found = process.extract(word, names, scorer=OSA.distance, score_cutoff=1, limit=2 * MOST_SUGGESTED)
    return [(name, ids[index]) for name, _, index in found]


def _guess_latin(word: str, scope: Scope) -> Guess:
    if len(word) >= 5:
        keys = scope.latin_words
        found = process.extract(word, keys, scorer=OSA.distance, score_cutoff=1, limit=MOST_SUGGESTED)
        near = (named for key, _, _ in found for named in scope.latin[key] if named.how == "pinyin")
        close = NOBODY.union(*(named.ids for named in near))
        if close:
            return Guess(close, "close", False, tuple(sorted(close)))
    return Guess(NOBODY, "unknown", False, _nearest("", scope))


def _nearest(word: str, scope: Scope) -> tuple[int, ...]:
    """Suggestions for a word nobody knows: the sender's few households, or the nearest names among many."""
    if len(scope.own_ids) <= MOST_SUGGESTED:
        return scope.own_ids
    if not word:
        return ()
    names, ids = scope.spelled
    found = process.extract(word, names, scorer=fuzz.ratio, score_cutoff=45, limit=MOST_SUGGESTED)
    nearest = dict.fromkeys(household for _, _, index in found for household in sorted(ids[index]))
    return tuple(nearest)[:MOST_SUGGESTED]

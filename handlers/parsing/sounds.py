"""How typed Chinese sounds. The dictionary (pypinyin) is loaded on first need: 0.3–0.5 s and about 45 MB, once.

`warm_up` loads it in good time; the bot calls it in a worker thread after start.
"""

import re
from functools import lru_cache
from itertools import islice, product

MOST_READINGS = 16
_FOLDS = (
    (re.compile(r"zh"), "z"),
    (re.compile(r"ch"), "c"),
    (re.compile(r"sh"), "s"),
    (re.compile(r"(?<=[aeiou])ng"), "n"),
    (re.compile(r"^l|(?<=[aeioun])l"), "n"),
    (re.compile(r"^hu|(?<=[aeioun])hu(?=[aeio])"), "f"),
)


@lru_cache(maxsize=4096)
def sounds_of(word: str) -> tuple[str, ...]:
    """Every way the word may be read, syllables joined, without tones; characters of several readings give several."""
    if not word:
        return ()
    from pypinyin import Style, pinyin

    readings = pinyin(word, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    return tuple(dict.fromkeys("".join(way).replace("ü", "v") for way in islice(product(*readings), MOST_READINGS)))


def initials_of(word: str) -> str:
    """First letters as people abbreviate a name: 向德林 → xdl."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER, errors="ignore"))


def dialect(sound: str) -> str:
    """A sound with what southern speakers do not tell apart made one: zh/z, ng/n, n/l."""
    for pattern, one in _FOLDS:
        sound = pattern.sub(one, sound)
    return sound


def warm_up() -> None:
    """Load the dictionary now (blocking, up to half a second; for a worker thread)."""
    sounds_of("走访")

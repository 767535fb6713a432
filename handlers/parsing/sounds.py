"""How typed Chinese sounds: the readings of single characters, from the tables that come with pypinyin.

Its dictionary of phrases is left alone: names are no phrases, and it is most of what the library costs to load.
The readings are loaded at the first word that is no known name as written: some 30 ms, once.
"""

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice, product
from pathlib import Path
from sys import intern

MOST_READINGS = 16
COMMON = (0x4E00, 0x9FFF)
"""Characters that names are written with; the rare planes are left unread."""
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
    readings = [found for char in word if (found := _readings_of(char))]
    return tuple(dict.fromkeys("".join(way) for way in islice(product(*readings), MOST_READINGS))) if readings else ()


@lru_cache(maxsize=4096)
def _readings_of(char: str) -> tuple[str, ...]:
    """Syllables without tones, the usual one first: 乐 is le, yue, lao."""
    found = _table().get(ord(char), "")
    return tuple(dict.fromkeys(_without_tone(reading) for reading in found.split(",") if reading))


def _without_tone(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ǖ", "v").replace("ǘ", "v"))
    plain = plain.replace("u\u0308", "v")
    return "".join(char for char in plain if char.isascii())


@cache
def _table() -> dict[int, str]:
    """Code point → readings with tones, by commas."""
    package = find_spec("pypinyin")
    places = package.submodule_search_locations if package else None
    path = Path(places[0], "pinyin_dict.json") if places else None
    if path is not None and path.exists():
        loaded = json.loads(path.read_text(encoding="utf-8"))
        return {int(code): intern(readings) for code, readings in loaded.items() if COMMON[0] <= int(code) <= COMMON[1]}
    # Another version keeps its tables elsewhere: the whole library is loaded then.
    from pypinyin.pinyin_dict import pinyin_dict

    return dict(pinyin_dict)


def dialect(sound: str) -> str:
    """A sound with what southern speakers do not tell apart made one: zh/z, ng/n, n/l."""
    for pattern, one in _FOLDS:
        sound = pattern.sub(one, sound)
    return sound


def warm_up() -> None:
    """Load the readings now (blocking, some 30 ms; for a worker thread)."""
    sounds_of("走访")

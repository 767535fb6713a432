"""Which area a name in a sheet means: by rule where only the writing differs, asked where it is merely similar."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

from models.areas import Area
from models.pinyin import spell

VILLAGE = re.compile(r"(?:行政村|村?村民委员会|村?村委会|社区居委会|居民委员会|居委会|社区|村)$")
OFFICE = re.compile(r"(?:人民政府|党委政府|政府|党委|机关|本级)$")
TYPE = re.compile(r"(?:街道办事处|街道|镇|乡)$")
LONG = 3
"""From so many characters on one wrong character is likely a slip; 青山 and 红山 are two places."""


def village_core(name: str, township: str) -> str:
    """石门镇青山村委会 → 青山."""
    bare = name.removeprefix(township) or name
    return VILLAGE.sub("", bare) or bare


def same_village(name: str, township: str, villages: Iterable[Area]) -> Area | None:
    """The one village that differs from the name only by 村, 社区 or 村委会 behind it or the township before it."""
    core = village_core(name, township)
    same = [area for area in villages if village_core(area.name, township) == core]
    return same[0] if len(same) == 1 else None


def similar_villages(name: str, township: str, villages: Iterable[Area]) -> tuple[int, ...]:
    """Villages that sound the same, contain the name, or differ by one character of three: one of them may be meant."""
    core = village_core(name, township)
    return tuple(area.id for area in villages if _similar(core, village_core(area.name, township)))


def township_core(name: str, county: str) -> str:
    """示例县石门镇人民政府 → 石门镇."""
    bare = OFFICE.sub("", name.removeprefix(county)) or name
    return re.sub(r"街道办事处$", "街道", bare)


def same_township(name: str, township: Area, county: str) -> bool:
    """石门镇人民政府, 示例县石门镇 and 石门 are 石门镇."""
    core, own = township_core(name, county), township_core(township.name, county)
    return core in (own, TYPE.sub("", own))


def similar_township(name: str, township: Area, county: str) -> bool:
    """石门乡 may be what 石门镇 was called before."""
    core, own = (TYPE.sub("", township_core(one, county)) for one in (name, township.name))
    return core == own or _similar(core, own)


def _similar(one: str, other: str) -> bool:
    if not one or not other:
        return False
    if min(len(one), len(other)) >= 2 and (one in other or other in one):
        return True
    if len(one) == len(other) and spell(one) == spell(other):
        return True
    return min(len(one), len(other)) >= LONG and Levenshtein.distance(one, other, score_cutoff=1) <= 1

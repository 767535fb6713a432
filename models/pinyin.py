"""How a Chinese name is typed in letters: 李宁 → `lining`, initials `ln`. Kept beside the name,
made once when it is written.
"""

from functools import lru_cache

SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "区": "ou", "朴": "piao", "尉": "yu",
    "任": "ren", "华": "hua", "折": "she", "乐": "yue", "员": "yun", "缪": "miao", "翟": "zhai", "冼": "xian", "隗": "wei",
}  # fmt: skip
"""Characters that sound otherwise as a surname."""


@lru_cache(maxsize=4096)
def spell(name: str) -> tuple[str, str]:
    """(`lining`, `ln`): the sounds joined, and their first letters; other characters stay, in lower case."""
    from pypinyin import lazy_pinyin  # its tables cost time and memory, and only writing a name needs them

    sounds = [sound.lower() for sound in lazy_pinyin(name)]
    if name[:1] in SURNAMES:
        sounds[0] = SURNAMES[name[0]]
    sounds = ["".join(filter(str.isalnum, sound)) for sound in sounds]
    return "".join(sounds), "".join(sound[:1] for sound in sounds)

"""Slips of the keyboard and sounds of a dialect in little words, written as everybody writes them: 去乐 is 去了, 没再家 is 没在家.

Every character keeps its place. Only words whose meaning is never in doubt here are touched; names are left alone.
"""

import re
from collections.abc import Container

LITTLE = (
    # 了 as typed by its sound, or as it sounds in Hunan and Sichuan.
    (re.compile(r"(?<=[去走过到来完好见院工场住起锁])[乐勒唠咯哒嘞叻咧喽鸟啰](?!山)"), "了"),
    (re.compile(r"(?<=[没不未莫冇都])再(?=家|屋|[\s,.。;!?]|$)"), "在"),
    (re.compile(r"(?<![一-鿿])再(?=家(?![访里])|屋头|屋里)"), "在"),
    # 没: Henan 木有, Hunan 冇, Sichuan and Guizhou 莫得. 莫去 is "do not go".
    (re.compile(r"木(?=有|得人|在家|在屋)"), "没"),
    (re.compile(r"[莫冇末](?=得|人|在|有人|有去|有在|见|接|碰|看到|看见|遇)"), "没"),
    (re.compile(r"冇(?=去|走|来|事|问题)"), "没"),
    (re.compile(r"(?<![一-鿿])(?:做|坐|座|左|祚)(?=天(?![然工下]))"), "昨"),
    (re.compile(r"(?<=我)(?:做|坐|座|左)(?=天(?:去|晚|上午|下午|到))"), "昨"),
    (re.compile(r"(?<![一-鿿])钱(?=天(?:去|晚|上午|下午|到|走))"), "前"),
    (re.compile(r"(?<=[锁关])哒(?=门)"), "了"),
    (re.compile(r"(?<=[坐看聊摆])咯(?=一)"), "了"),
    (re.compile(r"(?<=到)咯"), "了"),
)
WENT = re.compile(r"(?<=[天日晚上午早头里家屋])[切克](?=[了的过]+(?:$|[\s,.。;!]))")
TO = re.compile(r"[切克]|(?<![领支收换])取|(?<![一拿提抬])起")
"""去 as it sounds in Chongqing, Hunan and Guizhou (切, 克), or as its sound was typed (取, 起), before a name."""
AWAY = re.compile(r"[克切](?=赶场|赶集|街上|镇上|县城|昆明|贵阳|广东|浙江|打工|坡上|地里|医院|县医院|上班)")
HOME = re.compile(r"加(?=$|[\s,.。;!?、和]|去|走|没|门|都|今|昨|前|在|的|里|见)")
"""家 as its sound was typed, directly behind a name."""


def mend(text: str, names: Container[str]) -> str:
    """The (even, lower-case) text with those slips mended; `names` are the household words that must stay."""
    for pattern, right in (*LITTLE, (AWAY, "去")):
        if pattern.search(text):
            text = "".join(_mended(pattern, right, text, names))
    text = WENT.sub("去", text)
    text = TO.sub(lambda found: "去" if _goes(found, text, names) else found.group(), text)
    return HOME.sub(lambda found: "家" if _ends_name(text, found.start(), names) else found.group(), text)


def _mended(pattern: re.Pattern[str], right: str, text: str, names: Container[str]) -> list[str]:
    chars = list(text)
    for found in pattern.finditer(text):
        if not _named(found, text, names):
            chars[found.start()] = right
    return chars


def _named(found: re.Match[str], text: str, names: Container[str]) -> bool:
    """Whether the character belongs to a name somebody is called by (何乐德, 莫有才)."""
    at = found.start()
    return any(
        text[start : start + length] in names
        for start in range(max(0, at - 2), at + 1)
        for length in (2, 3, 4)
        if start + length > at
    )


def _goes(found: re.Match[str], text: str, names: Container[str]) -> bool:
    """切了歪叔屋头: one of the households is named next."""
    rest = text[found.end() : found.end() + 6].lstrip("了过")
    return not _named(found, text, names) and any(rest[:length] in names for length in (4, 3, 2))


def _ends_name(text: str, at: int, names: Container[str]) -> bool:
    return any(text[at - length : at] in names for length in (4, 3, 2) if at >= length)

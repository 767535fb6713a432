"""Changes of the roster told in passing: 户主换了, 新号码, 添了人口, 搬走了. They are the officer's to make.

A wish or a plan (想换户主, 准备搬) is none; neither is a thing's owner or a beast's young.
"""

import re
from dataclasses import dataclass

REST = r"[^,.。;!?\n]*"
"""What belongs to the change up to the next mark: the new head's name, the new number."""
PATTERNS = (
    (
        "head",
        re.compile(
            rf"户主(?:名字?|姓名)?(?:也|已经?|都|要|现在|今年|应该?|得)*(?:换|改|变更?|过户|转)(?:成|为|给|到|了|是|写)+{REST}"
            rf"|(?:换|改|变更)了?(?:个)?户主{REST}|户主(?:现在)?(?:不是|不再是|应该是|应是|是)(?=[^,。;]{{0,4}}(?:儿|娃|崽|女|媳|老婆|婆娘)){REST}"
            r"|(?:changed? (?:the )?|new )(?:household )?head|(?:household )?head (?:is now|changed|has changed)"
        ),
    ),
    (
        "phone",
        re.compile(
            rf"(?:(?:电话|手机)(?:号码?)?|号码|号)(?:也|已经?|都|又|早就?)*(?:换|改|变)(?:成|为|了|过|到|新)*{REST}"
            rf"|(?:换|改)(?:了|成)?(?:个|新|一个)*(?:电话|手机|号码|号)(?:号码?|号)?(?:了|:|是)?{REST}"
            rf"|(?:新|现在)的?(?:电话|手机|号码|联系方式|联系电话)(?:号码?|号)?{REST}"
            rf"|(?:电话|手机|号码|联系方式)(?:号码?|号)?(?:是|为|:| )*1[3-9]\d{{9}}(?!\d)|新的?(?:是|:)?1[3-9]\d{{9}}(?!\d)"
            r"|new (?:phone|mobile|number|phone number)(?: number)?[^,.;\n]*|(?:phone|number) (?:has )?changed[^,.;\n]*"
        ),
    ),
    (
        "members",
        re.compile(
            rf"(?:添|多|增加|新增|加)了?(?:人口|丁|(?:一|1|两|2)?(?:个|口)(?:人|娃|孩|孙|崽|儿|女|小)){REST}|添人进口|(?:孙|娃|儿|女|崽|孩)[一-鿿]{{0,2}}出生了?"
            rf"|生(?:了|下)?(?:个|一个|二|两个|一对|对|第?[二三]|老[二三])?(?:娃|孩子|小孩|宝宝|毛毛|双胞胎|儿子|女儿|崽(?!猪)|胖|丫头|妹妹|胎|女孩|男孩|闺女|千金|小子)(?:娃|娃儿|儿|儿子|丫头|小子)?了?"
            rf"|(?:娶|讨)了?(?:个)?(?:媳妇|老婆|儿媳妇?|婆娘|堂客|亲)|(?<!没)(?:出|改)嫁了?|嫁(?:出去|到|走|去|人)了?"
            rf"|(?:户口|户籍)(?:已经?|都|也)?(?:迁|转|上|分|落|销)(?:出|走|入|进|来|去|开|了|到|回)*|(?:迁|转|上|下|落|销)了?户口(?!本)|分户(?:了|出|单)"
            rf"|(?:少|减少?)了(?:一|1|两|2)?(?:个|口)人|人口(?:增加|减少|变化|变更|变了|有变)|分家(?:了|单过)"
            r"|new baby|had a baby|gave birth|got married|was born"
        ),
    ),
    (
        "moved",
        re.compile(
            rf"搬(?:到|去|往|进|入|走|家|出去?|离)(?:去|了){REST}|搬(?:到|去|往|进|入){REST}|搬走|搬了(?:家|新家|新房|出去|地方){REST}|迁(?:到|往|走|居){REST}"
            rf"|(?:住|安置)(?:到|进)了?(?:安置点|安置房|新房|集镇){REST}|易地搬迁(?:走|了){REST}|moved (?:away|out|house|to)(?![^,.;]*(?:work|job))[^,.;\n]*"
        ),
    ),
)
_NOT_YET = re.compile(
    r"(?:没有?|不|未|别|莫|想|想要|要|准备|打算|计划|申请|需要|等|如果|要是|打听|问|能不能|可不可以|帮|给|办|can|will|wants? to|going to|not) ?(?:他|她)?(?:们)?(?:家)?$"
)
_BEASTS = re.compile(r"(?:猪|牛|羊|狗|鸡|鸭|兔|马|猫|母|窝)[一-鿿]{0,3}$")
_THINGS = re.compile(r"(?:苞谷|玉米|稻|谷子|柴|东西|砖|石头|瓦|家具|木料|货|粮)[一-鿿]{0,2}$")
_STAYS = re.compile(r"女儿|儿子|姑娘|亲戚|医院|娘家|孙子|孙女|daughter|son's|hospital")
_FAR = re.compile(r"搬[到去往]了?(?:县城|城里|镇上|外地|外省|省城|城头)")


@dataclass(frozen=True)
class Change:
    """Where a text tells of a change of the roster."""

    start: int
    end: int
    kind: str

    def is_whole(self, text: str) -> bool:
        """Whether its words say nothing else: 搬到县城去了 also says that nobody is at home."""
        words = text[self.start : self.end]
        return self.kind in ("head", "phone") or (
            self.kind == "moved" and "搬" in words[:1] and len(words) > 3 and not _FAR.match(words)
        )


def find_changes(text: str) -> list[Change]:
    """Every such place of the (even, lower-case) text, in order, without overlaps."""
    found: list[Change] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            if not _is_none(kind, text, match):
                found.append(Change(match.start(), match.end(), kind))
    found.sort(key=lambda change: (change.start, -change.end))
    kept: list[Change] = []
    for change in found:
        if not kept or change.start >= kept[-1].end:
            kept.append(change)
    return kept


def _is_none(kind: str, text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 8) : match.start()]
    if _NOT_YET.search(before) or (kind == "members" and _BEASTS.search(before)):
        return True
    if kind == "moved" and re.search("打工|务工", match.group()):
        return True
    return kind == "moved" and bool(_THINGS.search(before) or "回" in match.group()[:3] or _STAYS.search(match.group()))

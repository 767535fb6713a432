"""Short answers and command words: 确认, 2, ２, 2️⃣, 第二个, /visit@bot, 我的户。"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.parsing.text import even, lower, numeral
from handlers.parsing.words import set_of

YES = set_of(
    "确认 确定 好 好的 好滴 好嘞 好哒 行 行的 对 对的 对头 对对 对对对 是 是的 是滴 嗯 嗯嗯 可以 没错 没问题 没得错 属实 要得 中 成 记 记上 记录 提交 同意 全部确认 确认全部 ok okay okey yes y yeah yep sure right correct confirm confirmed fine 1 √ ✓ ✔ ✅ 👍 👌 🆗 👍👍 💯"
)
NO = set_of(
    "不 不是 不对 不行 不要 不好 不了 不用 否 否认 错 错了 不属实 不确认 取消 算了 不记 别记 莫记 没有 没 no n nope wrong cancel never × ✗ ✘ ❌ 👎 🙅"
)
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d\u20e3]")
_ENDS = re.compile(r"^[\s,.。!?~…、;:'\"“”()\[\]]+|[\s,.。!~…、;:'\"“”()\[\]]+$")
_SOFT = re.compile(r"(?:的|了|啦|哈|吧|呢|噻|嘛|啊|呀|哦|谢谢|,谢谢)+$")
_NUMBER = re.compile(
    r"^(?:第|选|选第|no\.?|#|option )? ?(\d{1,3}|[一二三四五六七八九十两]{1,3}) ?(?:个|项|号|条|户|家|st|nd|rd|th)?$"
)


def plain(text: str) -> str:
    """A short answer as it is compared: half width, lower case, without skin tones, blanks and marks at the ends."""
    return _ENDS.sub("", lower(even(_SKIN.sub("", text.strip())))).strip()


def parse_confirm(text: str) -> bool | None:
    """True for 确认, 好, 对, 是, 1, 👍 …; False for 不, 取消 …; None for anything else."""
    said = plain(text) or text.strip()
    for form in (said, said.replace(" ", ""), _SOFT.sub("", said)):
        if form in YES:
            return True
        if form in NO:
            return False
    return None


def parse_choice(text: str, choices: Sequence[str | tuple[str, ...]]) -> int | None:
    """Index of the choice meant by its number (2, ２, 二, 第二个, 2️⃣) or one of its words; None if none, or several.

    A choice may carry several words (label, typed word). A word may be shortened as long as only one choice has it.
    """
    said = plain(text)
    if not said:
        return None
    worded = [
        tuple(plain(word) for word in ((choice,) if isinstance(choice, str) else choice) if word) for choice in choices
    ]
    exact = [index for index, words in enumerate(worded) if said in words]
    if exact:
        return exact[0] if len(exact) == 1 else None
    number = _NUMBER.match(said)
    if number is not None:
        value = numeral(number.group(1))
        return value - 1 if value is not None and 1 <= value <= len(choices) else None
    part = [index for index, words in enumerate(worded) if len(said) > 1 and any(said in word for word in words)]
    return part[0] if len(part) == 1 else None


@dataclass(frozen=True)
class Reason:
    """Why it did not come off: the listed reason's index where it is one, and the words given."""

    index: int | None
    words: str


def parse_reason(text: str, reasons: Sequence[str | tuple[str, ...]]) -> Reason | None:
    """A listed reason by number or word (`3`, `路断`, `3 桥冲了`), or one's own words; None for an empty text."""
    said = plain(text)
    if not said:
        return None
    index = parse_choice(text, reasons)
    if index is not None:
        return Reason(index, "")
    led = re.match(r"^(\d{1,2})[\s,.、:]+(.+)$", said, re.DOTALL)
    if led and 1 <= int(led.group(1)) <= len(reasons):
        return Reason(int(led.group(1)) - 1, led.group(2).strip())
    for at, reason in enumerate(reasons):
        words = (reason,) if isinstance(reason, str) else reason
        if any(len(plain(word)) > 1 and plain(word) in said for word in words):
            return Reason(at, text.strip())
    return Reason(None, text.strip())


COMMANDS: dict[str, tuple[str, ...]] = {
    "start": ("开始", "start"),
    "visit": ("记走访", "走访", "记录走访", "登记走访", "log a visit", "log visit", "visit"),
    "mine": ("我的户", "我的贫困户", "我的帮扶户", "我的户们", "my households", "mine"),
    "household": ("查户", "查一户", "看户", "household", "look up"),
    "todo": ("待办", "代办", "任务", "我的待办", "to do", "todo"),
    "more": ("更多", "菜单", "more", "menu"),
    "photo": ("拍照", "照片", "传照片", "photo", "photos"),
    "need": ("诉求", "记诉求", "need"),
    "away": ("暂不在", "暂时不在", "away"),
    "issues": ("问题", "问题台账", "issues"),
    "cases": ("上报", "上报件", "cases"),
    "figures": ("一口清", "figures"),
    "chart": ("图表", "chart", "charts"),
    "inspect": ("督查", "inspect"),
    "campaign": ("专项", "campaign"),
    "rules": ("规则", "rules"),
    "import": ("导入", "import"),
    "export": ("导出", "export"),
    "people": ("人员", "people"),
    "audit": ("审计", "audit"),
    "complain": ("意见", "提意见", "complain", "complaint"),
    "web": ("网页", "web"),
    "me": ("我的", "我", "me"),
    "lang": ("语言", "language", "lang"),
    "help": ("帮助", "怎么用", "帮助一下", "help", "?"),
    "cancel": ("取消", "退出", "返回", "cancel", "back"),
}
"""Words that start something, by the name of their slash command."""


@dataclass(frozen=True)
class Command:
    name: str
    rest: str = ""
    """What followed the word (查户 李宁), as written."""


_SLASH = re.compile(r"^/([A-Za-z_]{1,32})(?:@\w+)?(?:\s+(.*))?$", re.DOTALL)
_WITH_REST = re.compile(r"^(\S+?)[\s:,,:、]+(.+)$", re.DOTALL)
TAKES_REST = frozenset(("household", "visit", "need", "start", "complain", "photo"))


def parse_command(text: str, commands: Mapping[str, Sequence[str]] = COMMANDS) -> Command | None:
    """The command a text is: its word and nothing else (blanks, full width, marks at the end do not matter), a slash
    command, or the word of a command that takes more (查户 李宁). None otherwise: a sentence is never a command."""
    slash = _SLASH.match(even(text.strip()))
    if slash:
        name = slash.group(1).lower()
        return Command(name, (slash.group(2) or "").strip()) if name in commands else None
    by_word = {(plain(word) or word).replace(" ", ""): name for name, words in commands.items() for word in words}
    said = plain(text) or text.strip()
    found = by_word.get(said.replace(" ", "")) if said else None
    if found is not None:
        return Command(found)
    led = _WITH_REST.match(text.strip())
    if led:
        name = by_word.get(plain(led.group(1)), "")
        if name in TAKES_REST:
            return Command(name, led.group(2).strip())
    return None

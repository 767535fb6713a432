"""Pasted forms (走访时间:… 户主姓名:… 走访情况:…) made into words the reading understands.

Every character keeps its place: labels become blanks, or 走访 in front of a household's name.
"""

import re
from dataclasses import dataclass

LABELS = {
    "day": "走访时间 走访日期 入户时间 时间 日期 date visit date",
    "household": "户主姓名 户主 走访对象 走访农户 走访户 农户姓名 贫困户姓名 贫困户 户名 姓名 户编号 household head",
    "place": "所在村 村组 住址 地址 村 组 village group",
    "author": "走访人 走访人员 走访干部 帮扶责任人 帮扶干部 帮扶人 责任人 记录人 填报人 visitor visited by",
    "told": "走访情况 走访内容 走访记录 主要内容 基本情况 情况 内容 结果 备注 存在问题 问题 诉求 需求 意见建议 outcome result notes note",
    "way": "走访方式 走访形式 方式 形式 联系方式",
    "seen": "是否在家 是否见面 是否见到 是否见到本人 是否见到户主 户主是否在家",
    "left": "序号 编号 联系电话 电话 身份证号 身份证号码 家庭人口 人口 户类型 类型 致贫原因 单位 帮扶单位 phone",
}
KIND_OF = {label.replace("_", " "): kind for kind, labels in LABELS.items() for label in labels.split(" ")}
_NUMBER = r"(?:[\d一二三四五六七八九十]+[.、)]\s*)?"
_LABELS = "|".join(sorted((label for label in KIND_OF if len(label) > 1), key=len, reverse=True))
_LINE = re.compile(
    rf"(?:^|(?<=[\s,;|。]))([ \t]*{_NUMBER})({_LABELS}|(?<![^\n])[^\s::,,。]{{1,8}})[ \t]*[::][ \t]*"
    rf"(.*?)(?=$|[\s,;|。]+{_NUMBER}(?:{_LABELS})[ \t]*[::])",
    re.MULTILINE,
)
_NOTHING = frozenset(("无", "没有", "暂无", "无。", "/", "-", "none", "n/a", ""))


@dataclass(frozen=True)
class Form:
    text: str
    """What is left to be read, of the same length."""
    by_other: bool
    """The form names somebody else as the one who went."""
    by_phone: bool = False


def read_form(text: str, sender: str) -> Form | None:
    """The form a (even, lower-case) text is, or None: two labelled lines at least, one of them a day or a household."""
    fields = [(found, KIND_OF.get(found.group(2))) for found in _LINE.finditer(text)]
    kinds = [kind for _, kind in fields if kind]
    if len(kinds) < 2 or not {"day", "household"} & set(kinds):
        return None
    chars = list(text)
    by_other = by_phone = False
    for found, kind in fields:
        value = found.group(3).strip()
        if kind is None:
            continue
        _blank(chars, found.start(), found.start(3))
        if kind == "household":
            chars[found.start(2) : found.start(2) + 2] = "走访"
        elif kind == "author":
            by_other = by_other or (bool(value) and bool(sender) and sender not in value)
            _blank(chars, found.start(3), found.end())
        elif kind == "way":
            by_phone = by_phone or any(way in value for way in ("电话", "微信", "视频", "phone"))
            _blank(chars, found.start(3), found.end())
        elif kind == "seen":
            _blank(chars, found.start(3), found.end())
            said = "不在家" if value.startswith(("否", "不", "没", "未", "无", "n", "×")) else "在家"
            chars[found.start(2) : found.start(2) + len(said)] = said
        elif kind == "left" or value in _NOTHING:
            _blank(chars, found.start(3), found.end())
        elif kind == "place" and found.end() < len(chars):
            chars[found.end()] = " "
    return Form("".join(chars), by_other, by_phone)


def _blank(chars: list[str], start: int, end: int) -> None:
    chars[start:end] = " " * (end - start)

"""Days as people say them: 昨天, 周三, 9号, 11.20, 上个月28号, 十一月十九号, last Wed … → local calendar days."""

import re
from dataclasses import replace
from datetime import date, timedelta

from handlers.parsing import words_en, words_zh
from handlers.parsing.backwards import (
    DayMark,
    day_of_month,
    exact,
    figures_mark,
    lunar_mark,
    month_and_day,
    nearest,
    only_day,
    weekday_mark,
)
from handlers.parsing.lunar import day_number, lunar_day_of_month
from handlers.parsing.text import NUMERAL, about, numeral
from handlers.parsing.words import Words, expand_all, lengths_by_first, phrases

_D = NUMERAL
_SHORT = NUMERAL.replace("1,4", "1,2")
_WEEK = "一二三四五六日"
_NOT_DAYS = "线楼院户桌床路岗室车厂店机公单栋幢"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_EN_MONTH = r"(?P<{}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}\.?"
PATTERN = re.compile(
    r"(?<![\d.])(?P<iso_y>20\d\d) ?(?P<sep>[年./-]) ?(?P<iso_m>\d{1,2}) ?[月./-] ?(?P<iso_d>\d{1,2}) ?[日号]?(?!\d)"
    r"|(?<!\d)(?P<flat>20\d{6})(?!\d)"
    rf"|(?P<year>今年|去年|前年)?(?P<lunar_month>农历|阴历|古历|旧历)?(?P<month>{_D}|正|冬|腊)月(?:份)? ?(?P<day>初?{_D})(?:(?P<hao> ?[日号])(?!个)|(?! ?[日号])(?![\d个]))"
    rf"|(?P<which_month>上上个?月|上个?月|这个?月|本月|当月|下个?月)的? ?(?P<its_day>{_D})(?: ?[日号])?(?![\d个次户趟])"
    rf"|(?:农历|阴历|古历|旧历)(?P<lunar_day>初?{_SHORT})(?:日|号)?|(?P<lunar>初[一二三四五六七八九十])(?![中高])"
    r"|(?P<eleven>双(?:十一|11))(?!月)"
    r"|(?P<which_week>上上个?|大上个?|上个?|下下个?|下个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末]|[1-7](?!\d))(?P<or_weekday>[二三四五六日天](?![组个户家点次十社队号日月]))?(?![年岁个次户趟])"
    rf"|(?<!\d)(?P<month_only>{_SHORT})月(?:份|里|底|末|初(?![一二三四五六七八九十])|中旬?|上旬|下旬|间)?(?![\d零一二三四五六七八九十廿初个])"
    rf"|(?P<ago>{_D}|[几数]) ?(?P<ago_unit>天|周|个?(?:星期|礼拜))(?:以|之)?前"
    rf"|(?<![\d第编.])(?P<from>{_SHORT}) ?[、到至~—] ?(?P<to>{_SHORT}) ?(?:号|日)(?![{_NOT_DAYS}])"
    rf"|(?<![\d第编.])(?P<only>{_SHORT}) ?(?:号|日)(?![{_NOT_DAYS}])"
    r"|(?<![\d./\-¥$])(?<!\d:)(?P<m>\d{1,2})(?P<dot>[./-])(?P<d>\d{1,2})(?![\d/]|\.\d|:\d{1,2}(?!\d))(?: ?[日号])?"
    r"|(?<!\d)(?P<clock>\d{1,2}:\d{2}|\d{1,2}点(?:\d{1,2}分?|半|多|过)?|[一二三四五六七八九十两]{1,3}点(?:半|多|过)?)"
    rf"|\b(?:on )?(?:the )?(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_EN_MONTH.format('em')}(?![a-z])"
    rf"|\b(?:on )?{_EN_MONTH.format('fm')} (?:the )?(?P<fd>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
    r"|\b(?:on )?(?:the )?(?P<nth>\d{1,2})(?:st|nd|rd|th)\b"
    r"|\b(?:on )?(?P<en_week>last |this |next )?(?P<en_weekday>mon|tues?|wed|thur?s?|fri|sat|sun)(?:day|nesday|rsday|urday)?\b"
)
DAY_PART = re.compile(
    "|".join(sorted((part for part in words_zh.DAY_PARTS.split() if len(part) > 1), key=len, reverse=True))
)
UNKNOWN_DAY = re.compile(
    r"(?:^|(?<=[\s,.。;!?我]))(之前|以前|先前|早先|早前|曾经|早些时候|前一?向子?|早一?[向阵]子?|那一?[阵会向][子儿]?|上趟)(?=去|到|走|看|上门|入户|我)"
    r"|(?:^|(?<=[\s,.。;!?我]))([一-鿿]{1,4}(?<![一两三四五六七八九十几半多整大热雨雪冷晴阴每成聊春秋夏冬天全])[天日])子?"
    r"(?=的?时候|我|去|到|走|跑|看|上门|入户|上午|下午|晚上|早上)"
)
_PARTS = re.compile(
    rf"(?:的|那天|当天| )?(?:{'|'.join(sorted(words_zh.DAY_PARTS.split(), key=len, reverse=True))})?"
    r"(?: ?(?:\d{1,2}:\d{2}|\d{1,2}点(?:\d{1,2}分?|半|多)?|[一二三四五六七八九十两]{1,3}点(?:半|多)?|在(?!家|屋|外|县|市|省|州|镇|乡|医|卫|住)(?=[^人])))?"
)


def _day_words() -> dict[str, DayMark]:
    """Every fixed word; the day as an offset in `start` until the text is known."""
    found: dict[str, DayMark] = {}
    for word, offset in {**words_zh.DAYS, **words_en.DAYS}.items():
        found[word] = DayMark(offset, 0, relative=True, ahead=offset > 0)
    for word in (*expand_all(words_zh.VAGUE_DAYS), *phrases(words_en.VAGUE_DAYS)):
        found.setdefault(word, DayMark(0, 0, reason="vague"))
    for word in (*expand_all(words_zh.FUTURE_VAGUE), *phrases(words_en.FUTURE_VAGUE)):
        found.setdefault(word, DayMark(0, 0, reason="vague", ahead=True))
    return found


_WORDS = _day_words()
_LENGTHS = lengths_by_first(_WORDS)


def find_days(text: str, today: date, words: Words) -> list[DayMark]:
    """Every day named in the (even, lower-case) text, in order, without overlaps."""
    marks = []
    for found in PATTERN.finditer(text):
        mark = _read(found, today, text)
        if mark is not None:
            marks.append(replace(mark, start=found.start(), end=found.end()))
    marks += _fixed_words(text, today)
    marks.sort(key=lambda mark: (mark.start, -mark.end))
    kept: list[DayMark] = []
    for mark in marks:
        if kept and mark.start < kept[-1].end:
            continue
        if mark.reason != "clock":
            mark = replace(mark, end=_PARTS.match(text, mark.end).end())  # type: ignore[union-attr]
        if not mark.reason and "lunar" in text[max(0, mark.start - 8) : mark.end + 12]:
            mark = replace(mark, days=(), reason="lunar")
        kept.append(replace(mark, role=_role(text, mark.end, words)))
    return sorted((*kept, *_unknown_days(text, kept)), key=lambda mark: mark.start)


def _unknown_days(text: str, known: list[DayMark]) -> list[DayMark]:
    """赶场天去了…, 头七那日去…: a word that must be a day, but nobody knows which."""
    found = []
    for match in UNKNOWN_DAY.finditer(text):
        start, end = match.span(1 if match.group(1) else 2)
        if not any(start < mark.end and mark.start < end for mark in known):
            found.append(DayMark(start, end, reason="vague", weak=True))
    return found


def _fixed_words(text: str, today: date) -> list[DayMark]:
    marks = []
    for at, char in enumerate(text):
        for length in _LENGTHS.get(char, ()):
            known = _WORDS.get(text[at : at + length]) if at + length <= len(text) else None
            if known is None or (char.isascii() and _inside_word(text, at, at + length)):
                continue
            days = () if known.reason else (today + timedelta(days=known.start),)
            coming = days[0] if days and known.ahead else None
            marks.append(replace(known, start=at, end=at + length, days=days, coming=coming))
            break
    return marks


def _inside_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())


def _role(text: str, end: int, words: Words) -> str:
    rest = text[end : end + 8].lstrip(" 就才刚的")
    for length in range(min(6, len(rest)), 0, -1):
        role = words.after_a_day.get(rest[:length])
        if role is not None:
            return role
    return ""


def _read(found: re.Match[str], today: date, text: str) -> DayMark | None:
    part = found.groupdict()
    if part["clock"]:
        return DayMark(0, 0, reason="clock")
    if part["iso_y"]:
        return exact(int(part["iso_y"]), int(part["iso_m"]), int(part["iso_d"]), today)
    if part["flat"]:
        flat = part["flat"]
        return exact(int(flat[:4]), int(flat[4:6]), int(flat[6:]), today)
    if part["month"]:
        return month_and_day(part, today)
    if part["which_month"]:
        return day_of_month(part["which_month"], numeral(part["its_day"]) or 0, today)
    if part["month_only"]:
        return DayMark(0, 0, reason="vague")
    if part["lunar"] or part["lunar_day"]:
        return lunar_mark(*lunar_day_of_month(day_number(part["lunar"] or part["lunar_day"] or ""), today), today)
    if part["eleven"]:
        return nearest(11, 11, today)
    if part["or_weekday"]:
        both = [weekday_mark(part["which_week"] or "", each, today) for each in (part["weekday"], part["or_weekday"])]
        return replace(both[0], days=both[0].days + both[1].days, reason="which")
    if part["weekday"]:
        return weekday_mark(part["which_week"] or "", part["weekday"], today)
    if part["from"]:
        return _one_of_two(part["from"], part["to"] or "", today)
    if part["ago"]:
        count = numeral(part["ago"]) or 0
        if part["ago_unit"] != "天" or not count or about(part["ago"]):
            return DayMark(0, 0, reason="vague")
        return DayMark(0, 0, (today - timedelta(days=count),), relative=True) if count < 1000 else None
    if part["only"] and (either := about(part["only"])):
        return _one_of_two(str(either[0]), str(either[1]), today)
    if part["only"]:
        return only_day(numeral(part["only"]) or 0, today)
    if part["m"]:
        mark = figures_mark(int(part["m"]), int(part["d"]), text[found.end() : found.end() + 1], today)
        if mark is not None and part["dot"] == "-" and found.group().endswith(("号", "日")):
            # 10-11号: the eleventh of October, or two days?
            return replace(mark, reason="several")
        return mark
    return _english(part, today)


def _one_of_two(first: str, last: str, today: date) -> DayMark | None:
    """7、8号, 七八号: one of two days, or both of them."""
    one, other = numeral(first) or 0, numeral(last) or 0
    if not 0 < other - one < 8:
        return None
    marks = [only_day(one, today), only_day(other, today)]
    return DayMark(0, 0, tuple(on for mark in marks for on in mark.days), reason="several", coming=marks[0].coming)


def _english(part: dict[str, str | None], today: date) -> DayMark | None:
    if part["em"] and part["ed"]:
        return nearest(_MONTHS.index(part["em"]) + 1, int(part["ed"]), today)
    if part["fm"] and part["fd"]:
        return nearest(_MONTHS.index(part["fm"]) + 1, int(part["fd"]), today)
    if part["nth"]:
        return only_day(int(part["nth"]), today)
    weekday = _WEEKDAYS.index((part["en_weekday"] or "")[:3])
    which = (part["en_week"] or "").strip()
    if which == "last" and weekday < today.weekday():
        # "Last Tuesday" on a Friday: this week's or the week before's; people differ.
        recent = today - timedelta(days=today.weekday() - weekday)
        return DayMark(0, 0, (recent, recent - timedelta(days=7)), reason="which")
    return weekday_mark({"this": "这", "next": "下"}.get(which, ""), _WEEK[weekday], today)

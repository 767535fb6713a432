"""Days as people say them: 昨天, 周三, 9号, 11.20, 上个月28号, 十一月十九号, last Wed … → local calendar days.

A day is read backwards: reports tell what has been. `9号` on the 2nd is the 9th of last month only if that is
nearer than the coming one; otherwise the day is asked for.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from handlers.parsing import words_en, words_zh
from handlers.parsing.lunar import day_number, lunar_day_of_month, lunar_days, month_number
from handlers.parsing.text import NUMERAL, numeral
from handlers.parsing.words import Words, expand_all, lengths_by_first, phrases


@dataclass(frozen=True)
class DayMark:
    """Where a text names a day. One day and no reason: certain."""

    start: int
    end: int
    days: tuple[date, ...] = ()
    reason: str = ""
    """future, impossible, vague, lunar, calendar (lunar or ours), which, several."""
    relative: bool = False
    """Said relative to the moment of writing: doubtful after midnight."""
    ahead: bool = False
    """A day to come by the word itself (明天, 下周三)."""
    coming: date | None = None
    """The day it means where the text speaks of a plan."""
    weak: bool = False
    """Figures that need not be a day at all (3.5)."""
    role: str = ""
    """"event" or "before": the day of something else (9号到账, 9号前)."""


_D = NUMERAL
_SHORT = NUMERAL.replace("1,4", "1,2")
_WEEK = "一二三四五六日"
_UNITS = "元块万千百斤亩头只个口人岁天户米公吨%℃度倍次件袋桶箱kgm"
_NOT_DAYS = "线楼院户桌床路岗室车厂店机公单栋幢"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_EN_MONTH = r"(?P<{}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}\.?"
PATTERN = re.compile(
    r"(?<![\d.])(?P<iso_y>20\d\d) ?(?P<sep>[年./-]) ?(?P<iso_m>\d{1,2}) ?[月./-] ?(?P<iso_d>\d{1,2}) ?[日号]?(?!\d)"
    r"|(?<!\d)(?P<flat>20\d{6})(?!\d)"
    rf"|(?P<year>今年|去年|前年)?(?P<lunar_month>农历|阴历|古历|旧历)?(?P<month>{_D}|正|冬|腊)月(?:份)? ?(?P<day>初?{_D})(?P<hao> ?[日号])?(?![\d个])"
    rf"|(?P<which_month>上上个?月|上个?月|这个?月|本月|当月|下个?月)的? ?(?P<its_day>{_D})(?: ?[日号])?(?![\d个次户趟])"
    rf"|(?:农历|阴历|古历|旧历)(?P<lunar_day>初?{_SHORT})(?:日|号)?|(?P<lunar>初[一二三四五六七八九十])(?![中高])"
    r"|(?P<eleven>双(?:十一|11))(?!月)"
    r"|(?P<which_week>上上个?|大上个?|上个?|下下个?|下个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末]|[1-7](?!\d))(?![年岁个次户趟])"
    rf"|(?<!\d)(?P<month_only>{_SHORT})月(?:份|里|底|末|初(?![一二三四五六七八九十])|中旬?|上旬|下旬|间)?(?![\d零一二三四五六七八九十廿初个])"
    rf"|(?P<ago>{_D}) ?天(?:以|之)?前"
    rf"|(?<![\d第编.])(?P<only>{_SHORT}) ?(?:号|日)(?![{_NOT_DAYS}])"
    r"|(?<![\d./:\-¥$])(?P<m>\d{1,2})(?P<dot>[./-])(?P<d>\d{1,2})(?![\d/]|[.:]\d)(?: ?[日号])?"
    r"|(?<!\d)(?P<clock>\d{1,2}:\d{2}|\d{1,2}点(?:\d{1,2}分?|半|多|过)?|[一二三四五六七八九十两]{1,3}点(?:半|多|过)?)"
    rf"|\b(?:on )?(?:the )?(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_EN_MONTH.format('em')}(?![a-z])"
    rf"|\b(?:on )?{_EN_MONTH.format('fm')} (?:the )?(?P<fd>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
    r"|\b(?:on )?(?:the )?(?P<nth>\d{1,2})(?:st|nd|rd|th)\b"
    r"|\b(?:on )?(?P<en_week>last |this |next )?(?P<en_weekday>mon|tues?|wed|thur?s?|fri|sat|sun)(?:day|nesday|rsday|urday)?\b"
)
UNKNOWN_DAY = re.compile(
    r"(?:^|(?<=[\s,.。;!?我]))([一-鿿]{1,4}(?<![一两三四五六七八九十几半多整大热雨雪冷晴阴每成聊春秋夏冬天全])[天日])子?"
    r"(?=的?时候|我|去|到|走|跑|看|上门|入户|上午|下午|晚上|早上)"
)
_PARTS = re.compile(
    rf"(?:的|那天|当天| )?(?:{'|'.join(sorted(words_zh.DAY_PARTS.split(), key=len, reverse=True))})?"
    r"(?: ?(?:\d{1,2}:\d{2}|\d{1,2}点(?:\d{1,2}分?|半|多)?|[一二三四五六七八九十两]{1,3}点(?:半|多)?|在(?!家|屋)(?=[^人])))?"
)
RECENT = timedelta(days=62)
_LUNAR_FEASTS = {(1, 15), (5, 5), (7, 15), (8, 15), (9, 9)}


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
        start, end = match.span(1)
        if not any(start < mark.end and mark.start < end for mark in known):
            found.append(DayMark(start, end, reason="vague", weak=True))
    return found


def _fixed_words(text: str, today: date) -> list[DayMark]:
    marks = []
    for at, char in enumerate(text):
        for length in _LENGTHS.get(char, ()):
            known = _WORDS.get(text[at : at + length])
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
        return _exact(int(part["iso_y"]), int(part["iso_m"]), int(part["iso_d"]), today)
    if part["flat"]:
        flat = part["flat"]
        return _exact(int(flat[:4]), int(flat[4:6]), int(flat[6:]), today)
    if part["month"]:
        return _month_and_day(part, today)
    if part["which_month"]:
        return _day_of_month(part["which_month"], numeral(part["its_day"]) or 0, today)
    if part["month_only"]:
        return DayMark(0, 0, reason="vague")
    if part["lunar"] or part["lunar_day"]:
        return _lunar(*lunar_day_of_month(day_number(part["lunar"] or part["lunar_day"] or ""), today), today)
    if part["eleven"]:
        return _nearest(11, 11, today)
    if part["weekday"]:
        return _weekday(part["which_week"] or "", part["weekday"], today)
    if part["ago"]:
        count = numeral(part["ago"]) or 0
        return DayMark(0, 0, (today - timedelta(days=count),), relative=True) if count < 1000 else None
    if part["only"]:
        return _only_day(numeral(part["only"]) or 0, today)
    if part["m"]:
        mark = _figures(int(part["m"]), int(part["d"]), text[found.end() : found.end() + 1], today)
        if mark is not None and part["dot"] == "-" and found.group().endswith(("号", "日")):
            # 10-11号: the eleventh of October, or two days?
            return replace(mark, reason="several")
        return mark
    return _english(part, today)


def _english(part: dict[str, str | None], today: date) -> DayMark | None:
    if part["em"] and part["ed"]:
        return _nearest(_MONTHS.index(part["em"]) + 1, int(part["ed"]), today)
    if part["fm"] and part["fd"]:
        return _nearest(_MONTHS.index(part["fm"]) + 1, int(part["fd"]), today)
    if part["nth"]:
        return _only_day(int(part["nth"]), today)
    weekday = _WEEKDAYS.index((part["en_weekday"] or "")[:3])
    which = (part["en_week"] or "").strip()
    if which == "last" and weekday < today.weekday():
        # "Last Tuesday" on a Friday: this week's or the week before's; people differ.
        recent = today - timedelta(days=today.weekday() - weekday)
        return DayMark(0, 0, (recent, recent - timedelta(days=7)), reason="which")
    return _weekday({"this": "这", "next": "下"}.get(which, ""), _WEEK[weekday], today)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _exact(year: int, month: int, day: int, today: date) -> DayMark:
    on = _date(year, month, day)
    if on is None:
        return DayMark(0, 0, reason="impossible")
    return DayMark(0, 0, (on,), reason="future" if on > today else "", coming=on if on > today else None)


def _month_and_day(part: dict[str, str | None], today: date) -> DayMark:
    said_month, said_day = part["month"] or "", part["day"] or ""
    month, day = month_number(said_month), day_number(said_day)
    lunar = bool(part["lunar_month"]) or said_month in ("正", "冬", "腊") or said_day[0] in "初廿卅"
    in_words = not part["hao"] and not said_day[0].isdigit() and not said_month.isdigit()
    if lunar or (in_words and (month, day) in _LUNAR_FEASTS):
        return _lunar(*lunar_days(month, day, today), today)
    years = {"今年": 0, "去年": -1, "前年": -2}
    if part["year"]:
        return _exact(today.year + years[part["year"]], month, day, today)
    mark = _nearest(month, day, today)
    return _of_either_calendar(mark, lunar_days(month, day, today)[0], today) if in_words else mark


def _lunar(past: date | None, coming: date | None, today: date) -> DayMark:
    """A lunar day is always asked about; the last such day is offered unless the coming one is nearer."""
    near = past is not None and (coming is None or today - past <= coming - today)
    return DayMark(0, 0, (past,) if near and past else (), reason="lunar", coming=coming)


def _of_either_calendar(ours: DayMark, lunar: date | None, today: date) -> DayMark:
    """九月二十八 without 号 may be a lunar day: in doubt where that lies in the last two months."""
    if lunar is None or today - lunar > RECENT:
        return ours
    if ours.reason or today - ours.days[0] > RECENT:
        return replace(ours, days=(lunar,), reason="lunar")
    return replace(ours, days=(lunar, *ours.days), reason="calendar")


def _nearest(month: int, day: int, today: date) -> DayMark:
    """The last such day, unless the coming one is nearer: then it lies ahead and is asked about."""
    found = [on for year in (today.year - 1, today.year, today.year + 1) if (on := _date(year, month, day))]
    past = max((on for on in found if on <= today), default=None)
    coming = min((on for on in found if on > today), default=None)
    if past is None and coming is None:
        return DayMark(0, 0, reason="impossible")
    if past is None or (coming is not None and coming - today < today - past):
        return DayMark(0, 0, (coming,) if coming else (), reason="future", coming=coming)
    return DayMark(0, 0, (past,), coming=coming)


def _month_before(today: date, back: int) -> tuple[int, int]:
    month = today.year * 12 + today.month - 1 - back
    return month // 12, month % 12 + 1


def _day_of_month(which: str, day: int, today: date) -> DayMark:
    back = 2 if which.startswith("上上") else 1 if which.startswith("上") else -1 if which.startswith("下") else 0
    mark = _exact(*_month_before(today, back), day, today)
    return replace(mark, ahead=True) if back < 0 else mark


def _only_day(day: int, today: date) -> DayMark:
    if not 1 <= day <= 31:
        return DayMark(0, 0, reason="impossible")
    here = _date(today.year, today.month, day)
    if here is not None and here <= today:
        return DayMark(0, 0, (here,), coming=_date(*_month_before(today, -1), day))
    past = _date(*_month_before(today, 1), day)
    if past is None and here is None:
        return DayMark(0, 0, reason="impossible")
    if past is None or (here is not None and here - today < today - past):
        return DayMark(0, 0, (past,) if past else (), reason="which", coming=here)
    return DayMark(0, 0, (past,), coming=here)


def _weekday(which: str, weekday: str, today: date) -> DayMark:
    monday = today - timedelta(days=today.weekday())
    weeks = {"上上": -2, "大上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}.get(which.removesuffix("个"))
    if weekday == "末":
        saturday = (monday if weeks is None else monday + timedelta(weeks=weeks)) + timedelta(days=5)
        if weeks is None and saturday > today:
            saturday -= timedelta(days=7)
        days = (saturday, saturday + timedelta(days=1))
        coming = saturday + timedelta(days=7) if weeks is None else None
        return DayMark(0, 0, days, reason="which", ahead=(weeks or 0) > 0, coming=coming)
    index = 6 if weekday in "天7" else int(weekday) - 1 if weekday.isdigit() else _WEEK.index(weekday)
    if weeks is None:
        on = monday + timedelta(days=index)
        on = on if on <= today else on - timedelta(days=7)
        return DayMark(0, 0, (on,), coming=on + timedelta(days=7))
    on = monday + timedelta(days=index, weeks=weeks)
    return DayMark(0, 0, (on,), reason="future" if on > today else "", ahead=weeks > 0, coming=on)


def _figures(month: int, day: int, after: str, today: date) -> DayMark | None:
    """11.20 as a day; None where it is a plain number (3.5亩, 140/90)."""
    if (after and after in _UNITS) or _date(2024, month, day) is None:
        return None
    return replace(_nearest(month, day, today), weak=True)

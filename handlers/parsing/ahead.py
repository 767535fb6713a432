"""Days to come as people type them: 明天起3天, 25号到28号, 下周一, 一周, 12月3日 → a first day, and the day after the last.

Unlike a report's days these are read forwards: `9号` on the 12th is the 9th of next month.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.parsing.text import NUMERAL, even, lower, numeral
from models.times import ONE_DAY

WORDS = {
    "前天": -2, "昨天": -1, "昨日": -1, "yesterday": -1,
    "今天": 0, "今日": 0, "现在": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
    "today": 0, "now": 0, "tomorrow": 1, "day after tomorrow": 2,
}  # fmt: skip
WEEK = "一二三四五六日"
ENGLISH_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LENGTH = re.compile(
    rf"(?P<half>半个?月)|(?P<n>{NUMERAL}) ?(?:(?P<d>天|日(?!期)|days?)|(?P<w>个?(?:周|星期|礼拜)|weeks?)|(?P<m>个月|months?))"
    r"|\b(?:a|one) (?P<a>day|week|month)\b"
)
DAY = re.compile(
    r"(?P<word>前天|昨天|昨日|yesterday|大后天|后天|明天|明日|今天|今日|现在|day after tomorrow|tomorrow|today|now)"
    r"|(?P<y>20\d\d)[-./年](?P<ym>\d{1,2})[-./月](?P<yd>\d{1,2})[日号]?"
    rf"|(?P<past>去年)?(?P<m>{NUMERAL})月(?P<d>{NUMERAL})[日号]?"
    r"|(?<!\d)(?P<dm>\d{1,2})[./](?P<dd>\d{1,2})(?!\d)"
    rf"|(?P<next>下个?|这个?|本|上个?)?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天])"
    rf"|(?P<nm>下个?月)(?P<nd>{NUMERAL})[日号]"
    rf"|(?P<only>{NUMERAL})[日号]"
    r"|(?P<ed>\d{1,2})(?:st|nd|rd|th)? (?P<em>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"|(?P<fm>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (?P<fd>\d{1,2})(?:st|nd|rd|th)?"
    r"|(?P<en>next )?\b(?P<ew>mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b"
)
UNTIL = re.compile(r"到|至|-|~|—|to|until|till")


@dataclass(frozen=True)
class Ahead:
    """`starts_on` and `ends_on` (the day after the last); None where the words do not say."""

    starts_on: date | None = None
    ends_on: date | None = None


def parse_ahead(text: str, today: date, starts_on: date | None = None) -> Ahead:
    """Reads a beginning, an end, a length. `starts_on`: the beginning that is known already: then one day is the end."""
    line = lower(even(text))
    days = list[date]()
    for match in DAY.finditer(line):
        found = _day(match, today, days[-1] if days else starts_on)
        days += [found] if found is not None else []
    rest = DAY.sub(" ", line)
    length = _length(rest)
    if starts_on is not None:
        if days:
            return Ahead(starts_on, days[-1] + ONE_DAY)
        return Ahead(starts_on, starts_on + length if length else None)
    if len(days) > 1:
        return Ahead(days[0], days[-1] + ONE_DAY)
    if not days:
        return Ahead(today if length else None, today + length if length else None)
    if length:
        return Ahead(days[0], days[0] + length)
    return Ahead(today, days[0] + ONE_DAY) if UNTIL.match(line.strip()) else Ahead(days[0])


def is_only_days(text: str) -> bool:
    """Whether a text names days or a length and says nothing else (明天起3天, 25号到28号)."""
    line = lower(even(text))
    rest = LENGTH.sub("", DAY.sub("", line))
    return rest != line and re.fullmatch(r"[起到至从开始请假不在 ,.~—-]*", rest) is not None


def _length(line: str) -> timedelta | None:
    match = LENGTH.search(line)
    if match is None:
        return None
    if match["half"]:
        return timedelta(days=15)
    if match["a"]:
        return timedelta(days={"day": 1, "week": 7, "month": 30}[match["a"]])
    number = numeral(match["n"])
    if not number or number > 366:
        return None
    return timedelta(days=number * (1 if match["d"] else 7 if match["w"] else 30))


def _day(match: re.Match[str], today: date, after: date | None) -> date | None:
    if match["word"]:
        return today + ONE_DAY * WORDS[match["word"]]
    if match["wd"] or match["ew"]:
        return _weekday(match, today)
    if match["y"]:
        return _date(int(match["y"]), int(match["ym"]), int(match["yd"]))
    if match["nm"]:
        month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return _date(month.year, month.month, numeral(match["nd"]) or 0)
    if match["only"]:
        return _coming(None, numeral(match["only"]) or 0, after or today)
    month_name = match["em"] or match["fm"]
    if match["past"]:
        return _date(today.year - 1, numeral(match["m"]) or 0, numeral(match["d"]) or 0)
    month_number = MONTHS.index(month_name) + 1 if month_name else numeral(match["m"] or match["dm"]) or 0
    return _coming(month_number, numeral(match["d"] or match["dd"] or match["ed"] or match["fd"]) or 0, after or today)


def _weekday(match: re.Match[str], today: date) -> date:
    wanted = WEEK.index(match["wd"].replace("天", "日")) if match["wd"] else ENGLISH_WEEK.index(match["ew"])
    monday = today - ONE_DAY * today.weekday()
    day = monday + ONE_DAY * wanted
    if (match["next"] or "").startswith("下") or match["en"]:
        return day + ONE_DAY * 7
    if (match["next"] or "").startswith("上"):
        return day - ONE_DAY * 7
    return day if day >= today else day + ONE_DAY * 7


def _coming(month: int | None, day: int, after: date) -> date | None:
    """The next such day on or after a day; a month that has not that many days is passed over."""
    at = after.replace(day=1)
    for _ in range(13):
        found = _date(at.year, at.month, day)
        if found is not None and found >= after and (month is None or at.month == month):
            return found
        at = (at + timedelta(days=32)).replace(day=1)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

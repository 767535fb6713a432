"""Until when a family is away (全家外出到腊月, 年底才回来, until 20 December): the words and the day they mean.

A month or a feast means its first day: a family is never put aside longer than was said. 底 means the last day.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from handlers.parsing import words_zh
from handlers.parsing.lunar import day_number, last_of_month, lunar_days, month_number
from handlers.parsing.text import NUMERAL, numeral

_EN_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<year>明年|后年|今年|20\d\d年)?(?P<lunar>农历|阴历|古历|旧历)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2}|正|冬|腊)月份?"
_WHEN = (
    rf"(?:{_MONTH}(?:(?P<part>底|末|初(?![一二三四五六七八九十])|中旬?|上旬|下旬|头)|(?P<day>初?{NUMERAL})(?P<few>几)?[日号]?)?"
    r"|(?P<figures>\d{1,2}[./]\d{1,2})(?!\d)"
    r"|(?P<next>下个?|这个?|本)月(?P<next_part>底|末|初|中旬?|上旬|下旬)?"
    rf"|(?P<only>{NUMERAL})[日号]"
    r"|(?P<feast_year>今年|明年|后年)?(?P<feast>明年年?底|明年(?:过年|春节)|年底|年末|过完年|过了年|年后|过年|年前|春节|除夕|大年三十|元旦|开春|清明节?|五一|端午节?|中秋节?|国庆节?|明年|月底|月末)"
    r"|(?P<en_day>\d{1,2})?(?:st|nd|rd|th)? ?(?P<en_month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?: (?P<en_day2>\d{1,2})(?:st|nd|rd|th)?\b)?"
    r"|(?P<en_feast>the end of the year|year end|spring festival|new year|christmas|next year))"
)
_BACK = r"(?:前后|左右|过后|后|过了|过|的时候|时候|那时|以后|之后)?(?:,)?(?:他们|全家)?(?:才|再|就|要|会|能|可能|准备|打算|计划)*(?:回来|回家|回村|回屋|返乡|返家|返回|转来|转屋|归|回)(?!去|了|过|访)"
PATTERN = re.compile(
    rf"(?:(?P<led>到|至|等到|要到|得到|得等到|直到|待到|until |till |to |back in |back on |back by |back for )(?:了)?{_WHEN}(?:{_BACK})?)"
)
RETURNS = re.compile(rf"(?:要|得|等|大概|估计|说|预计)?{_WHEN}{_BACK}")
FAMILY = re.compile(
    r"全家|举家|一家(?:都|全|人|子|老小|老少|[两三四五六七八2-8]口)|一屋(?:人|子)|阖家|全户|(?:家里|屋头|家头)(?:的)?人?都|两口子都|一大家|whole family|the family|all of them|everyone"
)
_AWAY = re.compile(
    rf"(?:去|在|到|跑|下)了?(?:{'|'.join(words_zh.PLACES.split())})|"
    r"走亲|亲戚|串门|女儿家|儿子家|外出|出门|出去|打工|务工|做工|在外|出远门|出外|不在|去了?[一-鿿]{2}|到[一-鿿]{2}|走了|away|gone|working|left"
)
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1), "清明": (4, 5)}
_LUNAR_FEASTS = {"端午": (5, 5), "中秋": (8, 15)}
_SPRING = frozenset(("过年", "年前", "春节", "明年过年", "明年春节", "除夕", "大年三十", "过完年", "过了年", "年后"))


@dataclass(frozen=True)
class Until:
    """Where a text says until when somebody is away; `family`: it is said of the whole family."""

    start: int
    end: int
    on: date | None
    family: bool


def find_until(text: str, today: date) -> list[Until]:
    """Every such place of the (even, lower-case) text, in order; only in a sentence that tells of somebody away."""
    if not _AWAY.search(text):
        return []
    found: list[Until] = []
    for pattern in (PATTERN, RETURNS):
        for match in pattern.finditer(text):
            sentence = _sentence_before(text, match.start())
            if _AWAY.search(sentence) and not any(match.start() < each.end for each in found):
                family = bool(FAMILY.search(sentence))
                if pattern is RETURNS or family:
                    found.append(Until(match.start(), match.end(), day_of(match, today), family))
    return sorted(found, key=lambda each: each.start)


def _sentence_before(text: str, end: int) -> str:
    start = max(text.rfind(stop, 0, end) for stop in "。;\n!?") + 1
    return text[max(start, end - 40) : end]


def day_of(found: re.Match[str], today: date) -> date | None:
    """The day the words mean, after today; None where they mean none."""
    part = found.groupdict()
    if part["month"]:
        return _of_month(part, today)
    if part["figures"]:
        month, day = map(int, re.split(r"[./]", part["figures"]))
        return _coming(month, day, today)
    if part["next"]:
        return _of_this_or_next(part["next"], part["next_part"] or "", today)
    if part["only"]:
        return _day_number_coming(numeral(part["only"]) or 0, today)
    if part["feast"]:
        feast = part["feast"]
        on = _feast(feast if feast in _SPRING else feast.removesuffix("节"), today)
        years = {"明年": 1, "后年": 2}.get(part["feast_year"] or "", 0)
        return _date(today.year + years, on.month, on.day) if on and years else on
    if part["en_month"]:
        return _coming(_EN_MONTHS.index(part["en_month"]) + 1, int(part["en_day"] or part["en_day2"] or 1), today)
    if part["en_feast"]:
        return _feast(
            {"spring festival": "过年", "new year": "元旦", "next year": "明年"}.get(part["en_feast"], "年底"), today
        )
    return None


def _of_month(part: dict[str, str | None], today: date) -> date | None:
    said, day = part["month"] or "", part["day"] or ""
    month = month_number(said)
    if part["lunar"] or said in ("正", "冬", "腊") or day.startswith("初"):
        if part["part"] in ("底", "末"):
            return last_of_month(month, today)
        return lunar_days(month, (day_number(day) if day else _start(part["part"] or "")) or 1, today)[1]
    year = {"明年": today.year + 1, "后年": today.year + 2, "今年": today.year}.get(part["year"] or "")
    if year is None and part["year"]:
        year = int(part["year"][:4])
    if part["part"] in ("底", "末"):
        return _last(month, year, today)
    number = day_number(day) if day else _start(part["part"] or "")
    if year is not None:
        on = _date(year, month, number)
        return on if on is not None and on > today else None
    return _coming(month, number, today)


def _start(part: str) -> int:
    return {"中": 11, "中旬": 11, "下旬": 21}.get(part, 1)


def _last(month: int, year: int | None, today: date) -> date | None:
    if not 1 <= month <= 12:
        return None
    for each in (year,) if year else (today.year, today.year + 1):
        on = date(each, month, monthrange(each, month)[1])
        if on > today:
            return on
    return None


def _of_this_or_next(which: str, part: str, today: date) -> date | None:
    ahead = 1 if which.startswith("下") else 0
    year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    last = monthrange(year, month + 1)[1]
    on = date(year, month + 1, last if part in ("底", "末") else _start(part))
    return on if on > today else None


def _day_number_coming(day: int, today: date) -> date | None:
    for ahead in (0, 1):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        on = _date(year, month + 1, day)
        if on is not None and on > today:
            return on
    return None


def _feast(said: str, today: date) -> date | None:
    if said in _SPRING:
        return lunar_days(1, 1, today)[1]
    if said in ("月底", "月末"):
        return _of_this_or_next("本", "底", today)
    if said in ("年底", "年末"):
        return _last(12, None, today)
    if said in ("明年底", "明年年底"):
        return date(today.year + 1, 12, 31)
    if said == "明年":
        return date(today.year + 1, 1, 1)
    if said == "开春":
        return _coming(2, 4, today)
    if said in _LUNAR_FEASTS:
        return lunar_days(*_LUNAR_FEASTS[said], today)[1]
    return _coming(*_FEASTS[said], today) if said in _FEASTS else None


def _coming(month: int, day: int, today: date) -> date | None:
    found = (_date(year, month, day) for year in range(today.year, today.year + 5))
    return next((on for on in found if on is not None and on > today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

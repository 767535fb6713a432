"""The day of a fixed date and its reminders as people type them: 5月20号, 6月底, 第3个月25日, 提前7天、1天."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from handlers.parsing.ahead import MONTHS as NAMES
from handlers.parsing.ahead import parse_ahead
from handlers.parsing.days import APART
from handlers.parsing.text import NUMERAL, even, lower, numeral
from models.rules.parameters import MONTHS

_NAME = "|".join(NAMES)
BEFORE = re.compile(r"^(?:改到|改成|改为|改|定在|到|每年|每半年|每个?季度?|每个?月|every \w+|by|on|the|to| )+")
AFTER = re.compile(r"(?:之前|以前|前|为止|截止|吧|。|\.| )+$")
DAY = re.compile(
    r"(?:(?P<y>20\d\d) ?[-./年] ?)?"
    rf"(?:第(?P<nth>{NUMERAL})个?月|(?P<last>最后一?个?月|末月|季末月?)|(?P<m>{NUMERAL}) ?月份?|(?P<dm>\d{{1,2}}) ?[-./])?的? ?"
    rf"(?:(?P<d>{NUMERAL}) ?[日号]?|(?P<end>月?底|月?末|最后一天))"
    rf"|(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?: (?:of )?(?P<em>{_NAME})[a-z]*)?(?:,? (?P<ey>20\d\d))?"
    rf"|(?P<fm>{_NAME})[a-z]* (?P<fd>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<fy>20\d\d))?"
    r"|(?P<elast>last day|end of the month)"
)
LEAD = re.compile(
    rf"(?P<half>半个?月)|(?P<same>当天|当日|同一天|same day)"
    rf"|(?P<n>{NUMERAL}) ?(?:(?P<w>个?星期|个?礼拜|周|weeks?)|(?P<m>个?月|months?))?"
)
BELOW_NONE = re.compile(rf"(?:^ ?|[、,;和前 ])[-−–—负](?={NUMERAL})|^[-−–—负] {NUMERAL}")
"""A number below none, not the dash between two."""
NO_LEAD_WORDS = ("不提醒", "不提前", "不用提醒", "none", "no reminders")
TOO_LONG = 999
"""Days: whatever is longer is refused as this is."""
Said = tuple[int | None, int | None, int | None]
"""Year, month, day; a day of None is the month's last."""


def read_days(text: str, every: str, before: Sequence[str], today: date) -> tuple[str, ...] | None:
    """The days that a text names, as a fixed date keeps them; one without a month is of the month it was in before.

    None where a part of it is no day. A day that does not exist comes back as it was said.
    """
    parts = [part for part in APART.split(lower(even(text)).strip()) if part.strip()]
    places = before if len(before) == len(parts) else (None,) * len(parts)
    found = tuple(_day(part, every, old, today) for part, old in zip(parts, places, strict=True))
    return None if not found or None in found else tuple(day for day in found if day)


def _day(part: str, every: str, before: str | None, today: date) -> str | None:
    line = AFTER.sub("", BEFORE.sub("", part.strip()))
    match = DAY.fullmatch(line)
    if match is None:
        on = parse_ahead(part, today).starts_on if every == "once" else None
        return on.isoformat() if on else None
    year, month, day = _said(match, every)
    if every == "month":
        return None if month else str(31 if day is None else day)
    old = [int(each) for each in before.split("-")] if before else []
    if month is None:
        if len(old) < 2:
            return None
        month = old[-2]
    if every in ("quarter", "half_year"):
        place = (month - 1) % MONTHS[every] + 1 if 1 <= month <= 12 else month
        return f"{place}-{31 if day is None else day}"
    if every == "once":
        year = year or (old[0] if len(old) > 2 and month == old[1] else _coming(month, day, today))
        return f"{year}-{month:02d}-{_last(year, month) if day is None else day:02d}"
    return f"{month}-{_last(2024, month) if day is None else day}"


def _said(match: re.Match[str], every: str) -> Said:
    year = match["y"] or match["ey"] or match["fy"]
    name, number = match["em"] or match["fm"], match["m"] or match["dm"] or match["nth"]
    month = NAMES.index(name) + 1 if name else numeral(number) if number else None
    if match["last"]:
        month = MONTHS.get(every, 12)
    day = match["d"] or match["ed"] or match["fd"]
    return int(year) if year else None, month, numeral(day) if day else None


def _last(year: int, month: int) -> int:
    return monthrange(year, month)[1] if 1 <= month <= 12 else 31


def _coming(month: int, day: int | None, today: date) -> int:
    return today.year if (month, day or 31) >= (today.month, today.day) else today.year + 1


def read_leads(text: str) -> tuple[int, ...] | None:
    """How many days before; a week is seven, a month thirty. None where no number is said, or one below none."""
    line = lower(even(text)).strip()
    if any(word in line for word in NO_LEAD_WORDS):
        return ()
    if BELOW_NONE.search(line):
        return None
    found = {_lead(match) for match in LEAD.finditer(line)}
    return tuple(sorted((lead for lead in found if lead is not None), reverse=True)) if None not in found and found else None


def _lead(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 15
    if match["same"]:
        return 0
    number = numeral(match["n"])
    return None if number is None else min(number * (7 if match["w"] else 30 if match["m"] else 1), TOO_LONG)

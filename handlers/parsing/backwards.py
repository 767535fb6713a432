"""Days read backwards: a report tells what has been. `9号` on the 2nd is the 9th of last month only if that is nearer than
the coming one; otherwise the day is asked for."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from handlers.parsing.lunar import day_number, lunar_days, month_number

_WEEK = "一二三四五六日"
_UNITS = "元块万千百斤亩头只个口人岁天户米公吨%℃度倍次件袋桶箱kgm"
RECENT = timedelta(days=62)
_LUNAR_FEASTS = {(1, 15), (5, 5), (7, 15), (8, 15), (9, 9)}


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


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def exact(year: int, month: int, day: int, today: date) -> DayMark:
    on = _date(year, month, day)
    if on is None:
        return DayMark(0, 0, reason="impossible")
    return DayMark(0, 0, (on,), reason="future" if on > today else "", coming=on if on > today else None)


def month_and_day(part: dict[str, str | None], today: date) -> DayMark:
    said_month, said_day = part["month"] or "", part["day"] or ""
    month, day = month_number(said_month), day_number(said_day)
    lunar = bool(part["lunar_month"]) or said_month in ("正", "冬", "腊") or said_day[0] in "初廿卅"
    in_words = not part["hao"] and not said_day[0].isdigit() and not said_month.isdigit()
    if lunar or (in_words and (month, day) in _LUNAR_FEASTS):
        return lunar_mark(*lunar_days(month, day, today), today)
    years = {"今年": 0, "去年": -1, "前年": -2}
    if part["year"]:
        return exact(today.year + years[part["year"]], month, day, today)
    mark = nearest(month, day, today)
    return _of_either_calendar(mark, lunar_days(month, day, today)[0], today) if in_words else mark


def lunar_mark(past: date | None, coming: date | None, today: date) -> DayMark:
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


def nearest(month: int, day: int, today: date) -> DayMark:
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


def day_of_month(which: str, day: int, today: date) -> DayMark:
    back = 2 if which.startswith("上上") else 1 if which.startswith("上") else -1 if which.startswith("下") else 0
    mark = exact(*_month_before(today, back), day, today)
    return replace(mark, ahead=True) if back < 0 else mark


def only_day(day: int, today: date) -> DayMark:
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


def weekday_mark(which: str, weekday: str, today: date) -> DayMark:
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


def figures_mark(month: int, day: int, after: str, today: date) -> DayMark | None:
    """11.20 as a day; None where it is a plain number (3.5亩, 140/90)."""
    if (after and after in _UNITS) or _date(2024, month, day) is None:
        return None
    return replace(nearest(month, day, today), weak=True)

"""Days of the lunar calendar (十月初三, 腊月二十) as days of ours."""

import re
from datetime import date, timedelta

from handlers.parsing.text import numeral

_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def lunar_days(month: int, day: int, today: date) -> tuple[date | None, date | None]:
    """The last such day up to today and the next one after it; leap months are passed over unless they are nearer."""
    found = sorted(on for year in range(today.year - 2, today.year + 3) for on in _on(year, month, day))
    past = max((on for on in found if on <= today), default=None)
    coming = min((on for on in found if on > today), default=None)
    return past, coming


def lunar_day_of_month(day: int, today: date) -> tuple[date | None, date | None]:
    """初三 without a month: the last one up to today, the next one after."""
    from lunardate import LunarDate

    past = coming = None
    for back in range(31):
        for on in (today - timedelta(days=back), today + timedelta(days=back + 1)):
            try:
                same = LunarDate.from_solar_date(on.year, on.month, on.day).day == day
            except ValueError:
                return None, None
            if same and on <= today:
                past = past or on
            elif same:
                coming = coming or on
    return past, coming


def last_of_month(month: int, today: date) -> date | None:
    """The last day of the coming (or present) lunar month: 腊月底."""
    from lunardate import LunarDate

    on = lunar_days(month, 29, today - timedelta(days=1))[1]
    if on is None:
        return None
    after = on + timedelta(days=1)
    return after if LunarDate.from_solar_date(after.year, after.month, after.day).day == 30 else on


def month_number(said: str) -> int:
    """正, 冬, 腊 or a numeral; 0 where it is none."""
    return _MONTHS.get(said) or numeral(said) or 0


def day_number(said: str) -> int:
    return numeral(re.sub("^初", "", said)) or 0


def _on(year: int, month: int, day: int) -> list[date]:
    from lunardate import LunarDate

    found = []
    for leap in (False, True):
        try:
            found.append(LunarDate(year, month, day, leap).to_solar_date())
        except ValueError:
            continue
    return found

"""Periods for the unusual: one begins on each local day that a cron expression matches and ends the day before the next.

`cron:0 0 1,11,21 * *` are the ten-day weeks 上旬, 中旬, 下旬. Only the configuration file offers them; hours and minutes of
the expression say nothing more than the day.
"""

from datetime import date, datetime, time
from functools import lru_cache

from cronsim import CronSim, CronSimError

from models.errors import Refused
from models.times import ONE_DAY

PREFIX = "cron:"
SHORTEST, LONGEST = 3, 366
"""Days of such a period."""
LOOKED_AT = date(2024, 1, 1), date(2032, 1, 1)
"""The years in which an expression is looked at: two leap years and all weekdays are among them."""


@lru_cache(maxsize=4096)
def begin_of(period: str, day: date) -> date:
    """The first day of the period in which a day lies."""
    return _next(period, datetime.combine(day + ONE_DAY, time.min), back=True)


@lru_cache(maxsize=4096)
def next_begin(period: str, day: date) -> date:
    """The first day after `day` on which a period begins."""
    return _next(period, datetime.combine(day, time.max), back=False)


def _next(period: str, moment: datetime, *, back: bool) -> date:
    return next(CronSim(period.removeprefix(PREFIX), moment, reverse=back)).date()


@lru_cache(maxsize=64)
def lengths_of(period: str) -> tuple[int, ...]:
    """How many days its periods have, over eight years. Raises Refused("rule.cron", low, high) for an expression that
    cannot be read, or whose periods are shorter or longer than allowed."""
    first, last = LOOKED_AT
    found = []
    try:
        day = next_begin(period, first)
        while day < last:
            following = next_begin(period, day)
            found.append((following - day).days)
            if not SHORTEST <= found[-1] <= LONGEST:
                raise Refused("rule.cron", low=SHORTEST, high=LONGEST)
            day = following
    except (CronSimError, StopIteration):
        raise Refused("rule.cron", low=SHORTEST, high=LONGEST) from None
    return tuple(found)

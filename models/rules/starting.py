"""From which day a changed rule governs: with the next period, or at once with the one that runs."""

from collections.abc import Collection
from datetime import date

from models.rules import crons
from models.rules.lengths import months_of
from models.times import ONE_DAY


def begins(length: str, day: date) -> bool:
    """Whether a period of that length begins on a day."""
    if length == "week":
        return day.weekday() == 0
    if length.startswith(crons.PREFIX):
        return crons.begin_of(length, day) == day
    if length == "half_month":
        return day.day in (1, 16)
    return day.day == 1 and (day.year * 12 + day.month - 1) % months_of(length) == 0


def next_start(before: Collection[str], after: Collection[str], today: date) -> date:
    """The first day after today from which periods of the lengths `after` take the place of `before`.

    The same lengths: when the first of them begins anew. Others: a day on which all of them begin, so that no time is
    asked for twice or not at all. Weeks and the periods of a cron expression do not fit into months: beside those they
    do not matter (what is over at their edges is less than one of them), among themselves the wanted ones decide.
    """
    same = set(before) == set(after)
    lengths = {*before, *after}
    if not same:
        lengths = {length for length in lengths if months_of(length) or length == "half_month"} or set(after)
    enough = any if same else all
    day = today + ONE_DAY
    while not enough(begins(length, day) for length in lengths):
        day += ONE_DAY
    return day


def running_start(lengths: Collection[str], today: date, *, anew: bool = False) -> date:
    """The first day of the longest running period: a version from then on governs all that run.

    `anew`: of the shortest one, for a rule that was off: no period before it is asked for after all.
    """
    days = [_began(length, today) for length in lengths]
    return max(days) if anew else min(days)


def _began(length: str, day: date) -> date:
    while not begins(length, day):
        day -= ONE_DAY
    return day

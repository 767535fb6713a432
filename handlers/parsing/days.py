"""Days of a calendar as people type them: 下周四, 12月3号到5号, 5号、15号、25号; whether they are worked on."""

import re
from datetime import date

from handlers.parsing.ahead import parse_ahead
from handlers.parsing.text import even, lower
from models.times import ONE_DAY

APART = re.compile(r"[、,;]|和|还有|以及| and ")
WORKED_AFTER_ALL = ("不休息", "不放假", "不休")
FREE = ("不上班", "休息", "放假", "停工", "休", "free", "off", "no work", "not worked")
WORKED = ("上班", "调班", "补班", "加班", "worked", "work")
Span = tuple[date, date]


def parse_spans(text: str, today: date) -> tuple[Span, ...]:
    """The first and last days that are named, in order; `5号` after `12月28号` is January's."""
    found: list[Span] = []
    for part in APART.split(lower(even(text))):
        said = parse_ahead(part, today)
        if said.starts_on is not None and found and said.starts_on <= found[-1][1]:
            said = parse_ahead(part, found[-1][1])
        if said.starts_on is not None:
            found.append((said.starts_on, (said.ends_on or said.starts_on + ONE_DAY) - ONE_DAY))
    return tuple(found)


def read_worked(text: str) -> bool | None:
    """Whether the days are worked on; None where the words do not say."""
    line = lower(even(text))
    for words, worked in ((WORKED_AFTER_ALL, True), (FREE, False), (WORKED, True)):
        if any(word in line for word in words):
            return worked
    return None

"""Typed answers to questions about a rule: a number, `每月3次`, `every 2 months 1`, yes and no."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.parsing.fixed_days import read_days, read_leads
from handlers.parsing.text import even, lower, numeral
from models.rules import WEEKDAYS
from models.rules.dialogue import NO_LEADS, thing_of

MINUS = re.compile(r"(?<!\d)[-−–—负] ?(?=[\d一二两三四五六七八九十])")
NUMBER = re.compile(r"\d{1,3}|[一二两三四五六七八九十]{1,3}")
EVERY = (
    (re.compile(r"半个?月|half.?month"), "half_month"), (re.compile(r"半年|half.?year"), "half_year"),
    (re.compile(r"周|星期|礼拜|week"), "week"), (re.compile(r"季|quarter"), "quarter"), (re.compile(r"年|year"), "year"), (re.compile(r"月|month"), "month"),
)  # fmt: skip
OF_ONE = re.compile(r"(?<![\d十])[1一] ?(?=个?(?:月|周|星期|礼拜|季|年|半)|month|week|quarter|year|half)")
"""The one of `一周一次`."""
WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
NO_QUOTA = re.compile(WEEKDAY.pattern + "$")
DAYS_OF_WEEK = {**dict(zip("一二三四五六日", WEEKDAYS, strict=True)), "天": WEEKDAYS[-1]}
MONTHS = re.compile(r"(?:每|every ?)(\d|两|二|三|四|六)(?:个月| months)")
SAID = {"yes": ("算", "要", "是", "yes", "on"), "no": ("不算", "不要", "不", "不用", "no", "off")}


def read_value(code: str, asked: str, text: str, parameters: Mapping[str, Any], today: date) -> str | None:
    """What a typed text says in answer to a question about a rule that says `parameters`; None where it says nothing
    that fits."""
    line, thing = lower(even(text)).strip(), thing_of(code, asked)
    if thing.ask == "days":
        days = read_days(text, parameters["every"], parameters["days"], today)
        return ",".join(days) if days else None
    if thing.ask == "leads":
        leads = read_leads(text)
        return None if leads is None else ",".join(map(str, leads)) or NO_LEADS
    if thing.ask == "yes_no":
        return next((value for value, words in SAID.items() if line in words), None)
    if thing.ask == "due" and (weekday := _weekday(line)) is not None:
        return weekday
    every = MONTHS.search(line)
    found = NUMBER.findall(OF_ONE.sub("", MONTHS.sub("", line)))
    # 每2周1次, 2月30日: which of them is meant is not guessed.
    number = numeral(found[0]) if len(found) == 1 else None
    if number is not None and MINUS.search(line):
        number = -number
    if thing.ask == "quota" or asked.startswith("kinds."):
        if NO_QUOTA.search(line) or MINUS.search(line):
            return None
        period = f"months:{numeral(every[1])}" if every else next((p for mark, p in EVERY if mark.search(line)), None)
        return f"{number}-{period}" if number is not None and period else None
    return str(number) if number is not None else None


def _weekday(line: str) -> str | None:
    found = WEEKDAY.search(line)
    return DAYS_OF_WEEK[found[1]] if found else next((day for day in WEEKDAYS if day in line), None)

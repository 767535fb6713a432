"""What a version of a fixed-date rule says: who has something ready by which day, and shows it (checkmark with evidence).

R2, R3 and R8 are the three deadlines of domain.md 1.J R8 (H1 township self-check and H2 county re-check by 15 May, H3
report form by 20 May), each a rule of its own as product.md section 5 numbers them. Whatever the day, one mechanism.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, ClassVar, Literal, get_args

from models.errors import Refused
from models.rules.bounds import check_number, check_order
from models.rules.parameters import MONTHS, LadderStep

Every = Literal["once", "month", "quarter", "half_year", "year"]
Evidence = Literal["none", "note", "file", "note_and_file"]
Per = Literal["township", "village", "person"]
Owner = Literal["helper", "team_head", "clerk", "officer", "deputy", "leader"]
LADDER = (LadderStep(3, "deputy", 2), LadderStep(4, "leader", 5, again="monday"))


@dataclass(frozen=True)
class DateParameters:
    """Everything one version of a fixed-date rule says. Days are local days, `_workdays` are working days."""

    title_zh: str
    title_en: str
    days: tuple[str, ...]
    """The days: `2026-05-15` where `every` is once, `5-15` (month-day) a year, `3-31` (the period's third month, the
    31st) a quarter or half-year, `25` a month. A day that a month does not have is its last one."""
    every: str = "year"
    role: str = "officer"
    per: str = "township"
    """One duty for the township, for each village, or for each person of the role."""
    evidence: str = "note"
    """What 办好了 asks for: none, note (one line), file (a photo or a document), note_and_file."""
    leads: tuple[int, ...] = (14, 7, 1)
    """Reminders so many days before; on a free day the working day before, so that 1 is the last working day before."""
    grace_workdays: int = 0
    repeat_workdays: int = 3
    repeat_times: int = 4
    answer_workdays: int = 3
    late_limit: int = 3
    ladder: tuple[LadderStep, ...] = LADDER
    postpone_days: ClassVar[int] = 0
    postpone_times: ClassVar[int] = 0
    new_assignment_days: ClassVar[int] = 0
    unconfirmed_workdays: ClassVar[int] = 0

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "DateParameters":
        """Reads what `to_dict` wrote, or one rule of the configuration file; what is missing keeps its default."""
        known = {each.name for each in fields(cls)}
        given = {name: value for name, value in values.items() if name in known and value is not None}
        for name in ("days", "leads"):
            if name in given:
                given[name] = tuple(given[name])
        if "ladder" in given:
            given["ladder"] = tuple(LadderStep(**step) for step in given["ladder"])
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: what the rules table keeps."""
        return {**asdict(self), "ladder": [asdict(step) for step in self.ladder]}


@dataclass(frozen=True)
class DueDay:
    """One day on which a rule is due. `code`: which of its periods that is, for the duty's unique key."""

    code: str
    on: date


def due_days(parameters: DateParameters, first: date, last: date) -> Iterator[DueDay]:
    """The days from `first` to `last` on which the rule is due, in order.

    A period has one code whatever the day is set to, so that a changed day is not owed twice: `2026`, `2026-Q2`,
    `2026-05`, with `#2` for the second of several; once is the day itself.
    """
    yield from sorted(_due_days(parameters, first, last), key=lambda each: (each.on, each.code))


def _due_days(parameters: DateParameters, first: date, last: date) -> Iterator[DueDay]:
    if parameters.every == "once":
        days = map(date.fromisoformat, parameters.days)
        yield from (DueDay(day.isoformat(), day) for day in days if first <= day <= last)
        return
    length = MONTHS[parameters.every]
    begun = (first.year * 12 + first.month - 1) // length * length
    for start in range(begun, last.year * 12 + last.month, length):
        for place, text in enumerate(parameters.days, 1):
            day = _day_in(start, text)
            if first <= day <= last:
                yield DueDay(_code(start, parameters.every) + (f"#{place}" if len(parameters.days) > 1 else ""), day)


def _day_in(start: int, text: str) -> date:
    """`3-31` in the period that begins with the month `start` (months since year 0)."""
    *months, number = map(int, text.split("-"))
    year, month = divmod(start + (months[0] - 1 if months else 0), 12)
    return date(year, month + 1, min(number, monthrange(year, month + 1)[1]))


def _code(start: int, every: str) -> str:
    year, month = divmod(start, 12)
    codes = {"month": f"{year}-{month + 1:02d}", "quarter": f"{year}-Q{month // 3 + 1}"}
    return codes.get(every) or (f"{year}-H{month // 6 + 1}" if every == "half_year" else str(year))


def same_day(code: str, before: DateParameters, after: DateParameters, on: date) -> DueDay | None:
    """What the due day `on` of a code becomes by other parameters; None where they have no such time."""
    if before.every == after.every == "once":
        if code not in before.days or len(before.days) != len(after.days):
            return None
        text = after.days[before.days.index(code)]
        return DueDay(text, date.fromisoformat(text))
    year = timedelta(days=366)
    return next((day for day in due_days(after, on - year, on + year) if day.code == code), None)


def longest_lead(parameters: DateParameters) -> timedelta:
    """How long before a due day its first reminder may lie, a long holiday before it counted in."""
    return timedelta(days=max(parameters.leads, default=0) + 15)


def with_days(parameters: Mapping[str, Any], days: Sequence[str]) -> dict[str, Any]:
    """The same with other days, in their order. Raises Refused("rule.date_count", n) for another number of them, so
    that each goes on as the one it was; and as `check_date`."""
    if len(days) != len(parameters["days"]):
        raise Refused("rule.date_count", n=len(parameters["days"]))
    ordered = sorted(days, key=lambda day: [int(part) for part in day.split("-") if part.isdecimal()])
    return _checked({**parameters, "days": ordered})


def with_leads(parameters: Mapping[str, Any], leads: Sequence[int]) -> dict[str, Any]:
    """The same with other reminders. Raises as `check_date`."""
    return _checked({**parameters, "leads": sorted(leads, reverse=True)})


def _checked(parameters: dict[str, Any]) -> dict[str, Any]:
    check_date(DateParameters.from_dict(parameters))
    return parameters


NUMBERS = ("grace_workdays", "repeat_workdays", "repeat_times", "answer_workdays", "late_limit")
AFTER = 1, 60
"""A fixed date's ladder begins after its day."""
LEADS_AT_MOST, DAYS_AT_MOST, TITLE_AT_MOST = 6, 12, 30


def check_date(parameters: DateParameters) -> None:
    """Raises Refused("rule.unknown"), ("rule.bounds", low, high), ("rule.date_title"), ("rule.date_day"),
    ("rule.date_none", month, day), ("rule.date_leads", most), ("rule.date_lead_long", days), ("rule.ladder_twice"), ("rule.ladder_order")."""
    choices = (
        (Every, parameters.every),
        (Owner, parameters.role),
        (Per, parameters.per),
        (Evidence, parameters.evidence),
    )
    if any(value not in get_args(allowed) for allowed, value in choices):
        raise Refused("rule.unknown")
    if (
        not (parameters.title_zh.strip() and parameters.title_en.strip())
        or max(len(parameters.title_zh), len(parameters.title_en)) > TITLE_AT_MOST
    ):
        raise Refused("rule.date_title", most=TITLE_AT_MOST)
    _check_days(parameters)
    for name in NUMBERS:
        check_number(name, getattr(parameters, name))
    for lead in parameters.leads:
        check_number("leads", lead)
    if len(set(parameters.leads)) != len(parameters.leads) or len(parameters.leads) > LEADS_AT_MOST:
        raise Refused("rule.date_leads", most=LEADS_AT_MOST)
    room = MONTHS.get(parameters.every, 12) * 28
    if max(parameters.leads, default=0) > room:
        raise Refused("rule.date_lead_long", days=room)
    _check_ladder(parameters.ladder)


DAY_FORMS = {"once": r"\d{4}-\d{2}-\d{2}", "month": r"\d{1,2}", "quarter": r"\d{1,2}-\d{1,2}"}
MONTH_DAY = DAY_FORMS["quarter"]


def _check_days(parameters: DateParameters) -> None:
    """Days in the form that the recurrence has, none twice."""
    days = parameters.days
    form = DAY_FORMS.get(parameters.every, MONTH_DAY)
    fits = all(re.fullmatch(form, day) for day in days)
    if not days or len(days) > DAYS_AT_MOST or not fits or len(set(days)) != len(days):
        raise Refused("rule.date_day")
    for day in days:
        if not _is_day(day, parameters.every):
            *_, month, number = (0, *map(int, day.split("-")))
            raise Refused("rule.date_none", month=month, day=number)


def _is_day(text: str, every: str) -> bool:
    try:
        if every == "once":
            return bool(date.fromisoformat(text))
        *months, number = map(int, text.split("-"))
        month = months[0] if months else 1
        # A year has no 30 February and no 31 April; 29 February is the 28th in other years.
        longest = monthrange(2024, month)[1] if every == "year" else 31
    except ValueError:
        return False
    return 1 <= month <= MONTHS[every] and 1 <= number <= longest


def _check_ladder(ladder: tuple[LadderStep, ...]) -> None:
    low, high = AFTER
    if any(step.level < 1 or not low <= step.after <= high or step.who == "second_helper" for step in ladder):
        raise Refused("rule.bounds", low=low, high=high)
    check_order(ladder)


DATE_RULES: Mapping[str, DateParameters] = {
    "R2": DateParameters("乡镇自查", "Township self-check", ("5-15",)),
    "R3": DateParameters("县级复查准备", "Ready for the county re-check", ("5-15",)),
    "R8": DateParameters("复查情况报表", "Re-check report form", ("5-20",), evidence="file"),
}
"""What ships: off until somebody switches it on. R3's owner is the officer who prepares for the county's people."""

TEMPLATES: Mapping[str, tuple[str, str]] = {
    "R4": ("季度收支记录", "Quarterly income and spending"),
    "R5": ("年度评议", "Yearly appraisal"),
    "R6": ("季度督查", "Quarterly supervision"),
    "R7": ("半年小结、年终总结", "Half-year and year-end summary"),
    "R10": ("退出后观察", "Observation after exit"),
    "R11": ("整改期限", "Rectification limit"),
}
"""Rules of domain.md 1.J that cannot be switched on until the records they are about exist: code, names (zh, en)."""
LOCAL_CODE = re.compile(r"D[1-9]\d?")
"""Codes of a township's own dates in the configuration file: D1 to D99."""


def is_date_rule(code: str) -> bool:
    """Whether the versions of a code say `DateParameters`."""
    return code in DATE_RULES or LOCAL_CODE.fullmatch(code) is not None

"""Fixed dates of the file: R2, R3, R8 and a township's own (D1 to D99)."""

from dataclasses import asdict
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, model_validator

from bot.config.ladders import Level, within
from bot.config.values import Section, Whole
from models.errors import Refused
from models.rules import dates as models
from models.rules.dates import DATE_RULES, LOCAL_CODE, TEMPLATES, DateParameters, Every, Evidence, Owner, Per

DATES = "[dates]"
SENTENCES = {
    "rule.bounds": "leads must be from {low} to {high} days, after of the ladder at least 1",
    "rule.date_title": "title_zh and title_en are needed, {most} characters at most",
    "rule.date_day": 'days must be "5-15" (month-day) for year, "3-31" (month of the period-day) for quarter and '
    'half_year, "25" for month, "2026-05-15" for once; at least one, none twice',
    "rule.date_leads": "leads must be {most} at most, none twice",
    "rule.date_none": "days: there is no day {day} in month {month}",
    "rule.date_lead_long": "leads must be at most {days} days, or the next day would be heard of before the last is over",
    "rule.ladder_twice": "the ladder names the same level and the same people twice",
    "rule.ladder_order": "level {level} (after {after}) comes before level {lower} (after {lower_after}); "
    "a higher level must not be told earlier",
}


def _code(value: Any) -> Any:
    if value in DATE_RULES or (isinstance(value, str) and LOCAL_CODE.fullmatch(value)):
        return value
    if value in TEMPLATES:
        raise ValueError(f"{value} is a template: it cannot be switched on until the records it is about exist")
    raise ValueError(f"must be R1, {', '.join(DATE_RULES)}, or D1 to D99 for dates of your own")


class DateRule(Section):
    """One fixed date. What is left out is as it ships; a date of one's own says title_zh, title_en and days."""

    TAG: ClassVar[str] = DATES
    code: Annotated[str, BeforeValidator(_code)]
    on: bool = True
    locked: bool = False
    title_zh: str | None = None
    title_en: str | None = None
    days: tuple[str, ...] | None = None
    every: Every | None = None
    role: Owner | None = None
    per: Per | None = None
    evidence: Evidence | None = None
    leads: tuple[Whole, ...] | None = None
    grace_workdays: Annotated[Whole, within("grace_workdays")] | None = None
    repeat_workdays: Annotated[Whole, within("repeat_workdays")] | None = None
    repeat_times: Annotated[Whole, within("repeat_times")] | None = None
    answer_workdays: Annotated[Whole, within("answer_workdays")] | None = None
    late_limit: Annotated[Whole, within("late_limit")] | None = None
    ladder: tuple[Level, ...] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        try:
            models.check_date(self.parameters())
        except Refused as refused:
            raise ValueError(SENTENCES[refused.code].format(**refused.values)) from None
        return self

    def parameters(self) -> DateParameters:
        """What the rule says, what is left out filled in from what ships."""
        given = self.model_dump(exclude_none=True)
        shipped = DATE_RULES.get(self.code)
        base = asdict(shipped) if shipped is not None else {"title_zh": "", "title_en": "", "days": ()}
        return DateParameters.from_dict({**base, **given})

"""The question 到什么时候回来, under what was logged."""

from datetime import date

from handlers.away import until_of
from handlers.locales import Words
from handlers.reply import Choice
from handlers.screens import Values
from handlers.screens.duty_lines import place
from models.times import ONE_DAY

MONTH_END_FROM = 7
"""With fewer days left the end of the next month is offered."""


def unasked(lines: list[Values]) -> Values | None:
    """The first record of a family away that says nothing of its return."""
    away = (line for line in lines if line["outcome"] == "away" and line["state"] == "confirmed")
    return next((line for line in away if not line.get("away_until")), None)


def until_question(line: Values, today: date, t: Words) -> tuple[str, list[Choice]]:
    """`李宁(青山村4组)到什么时候回来?` [月底] [过年前后(腊月)] [打字说日期] [不清楚]."""
    visit, row = line["visit_id"], 60
    end, spring = month_end(today), until_of("腊月", today)
    choices = [
        Choice(t("visit.until.month_end", day=t.day(end)), f"visit:until:{visit}:{end.toordinal()}", t.several("visit.until.month_end_words"), row)
    ]  # fmt: skip
    if spring is not None and spring != end:
        label = t("visit.until.spring", day=t.day(spring))
        choices.append(
            Choice(label, f"visit:until:{visit}:{spring.toordinal()}", t.several("visit.until.spring_words"), row)
        )
    choices += [
        Choice(t("visit.until.typed"), f"visit:until_words:{visit}", t.several("visit.until.typed_words"), row + 1),
        Choice(t("visit.until.unknown"), f"visit:until:{visit}:0", t.several("visit.until.unknown_words"), row + 1),
    ]
    return t("visit.until_when", place=place(line["place"], t)), choices


def month_end(today: date) -> date:
    """The last day of this month, of the next one where this one is nearly over."""
    near = today if (_last(today) - today).days >= MONTH_END_FROM else _last(today) + ONE_DAY
    return _last(near)


def _last(day: date) -> date:
    return (day.replace(day=28) + ONE_DAY * 4).replace(day=1) - ONE_DAY

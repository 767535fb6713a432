"""Fixed dates as days: due days against a look at every single day, reminders that fall on working days."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates import date_period, explained_from, lead_days, owner_days
from models.errors import Refused
from models.rules.dates import DATE_RULES, MONTHS, DateParameters, DueDay, check_date, due_days
from schedules.calendar import Calendar

CALENDAR = Calendar()
LIVED = st.dates(date(2023, 1, 1), date(2028, 12, 31))
EVERY = st.sampled_from(sorted(MONTHS))
LEADS = st.lists(st.integers(0, 30), min_size=1, max_size=4, unique=True).map(tuple)


def is_due(day: date, every: str, text: str) -> bool:
    """The obvious reference: which month of its period a day is in, and whether it is that day of it, or the last day of
    a month that does not have it."""
    *months, number = map(int, text.split("-"))
    wanted = months[0] if months else 1
    in_period = (day.month - 1) % MONTHS[every] + 1
    last = monthrange(day.year, day.month)[1]
    return in_period == wanted and (day.day == number or (number > last and day.day == last))


@given(every=EVERY, month=st.integers(1, 12), number=st.integers(1, 31), first=LIVED, days=st.integers(0, 500))
def test_due_days_are_those_found_by_looking_at_every_day(
    every: str, month: int, number: int, first: date, days: int
) -> None:
    text = str(number) if every == "month" else f"{(month - 1) % MONTHS[every] + 1}-{number}"
    found = list(due_days(DateParameters("自查", "Check", (text,), every), first, first + timedelta(days)))
    seen = [first + timedelta(n) for n in range(days + 1) if is_due(first + timedelta(n), every, text)]
    assert [each.on for each in found] == seen
    assert len({each.code for each in found}) == len(found)


@given(due_on=LIVED, leads=LEADS, grace=st.integers(0, 5))
def test_reminders_are_working_days_on_or_before_their_lead(due_on: date, leads: tuple[int, ...], grace: int) -> None:
    parameters = DateParameters("自查", "Check", ("5-15",), leads=leads, grace_workdays=grace)
    period = date_period(DueDay("2026", due_on), parameters, CALENDAR)
    before = lead_days(due_on, leads, CALENDAR)
    for lead in leads:
        nominal = due_on - timedelta(lead)
        day = max(each for each in before if each <= nominal)
        assert CALENDAR.is_workday(day)
        assert not any(CALENDAR.is_workday(day + timedelta(n)) for n in range(1, (nominal - day).days + 1))
    assert (period.due_on, period.ends_on, period.starts_on) == (due_on, due_on, min([*before, due_on]))
    assert CALENDAR.workdays_between(due_on, period.grace_ends_on) == grace
    days = owner_days(period, parameters, CALENDAR, period.starts_on)
    assert list(days) == sorted(set(days))
    assert all(CALENDAR.is_workday(day) for day in days)
    assert explained_from(period, parameters, CALENDAR) == max(before)


def test_a_day_once_is_owed_once_and_never_again() -> None:
    once = DateParameters("迎检", "Visit", ("2026-05-20", "2024-02-29"), "once")
    assert list(due_days(once, date(2026, 1, 1), date(2030, 1, 1))) == [DueDay("2026-05-20", date(2026, 5, 20))]
    assert list(due_days(once, date(2026, 5, 21), date(2030, 1, 1))) == []


def test_several_days_of_a_year_are_told_apart_and_29_february_is_the_28th() -> None:
    rule = DateParameters("小结", "Summary", ("6-30", "2-29"))
    found = list(due_days(rule, date(2027, 1, 1), date(2028, 6, 30)))
    assert [(each.code, each.on) for each in found] == [
        ("2027#2", date(2027, 2, 28)), ("2027#1", date(2027, 6, 30)),
        ("2028#2", date(2028, 2, 29)), ("2028#1", date(2028, 6, 30)),
    ]  # fmt: skip


def test_the_spring_of_2026_over_the_may_holiday() -> None:
    days = [lead_days(date(2026, 5, day), (14, 7, 1), CALENDAR) for day in (15, 20)]
    assert days == [
        (date(2026, 4, 30), date(2026, 5, 8), date(2026, 5, 14)),
        (date(2026, 5, 6), date(2026, 5, 13), date(2026, 5, 19)),
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"days": ()}, "rule.date_day"), ({"days": ("2-30",)}, "rule.date_none"), ({"days": ("15",)}, "rule.date_day"),
        ({"days": ("4-1",), "every": "quarter"}, "rule.date_none"), ({"days": ("2026-13-01",), "every": "once"}, "rule.date_none"),
        ({"title_en": " "}, "rule.date_title"), ({"leads": (7, 7)}, "rule.date_leads"), ({"leads": (61,)}, "rule.bounds"),
        ({"leads": (40,), "every": "month", "days": ("5",)}, "rule.date_lead_long"), ({"role": "county"}, "rule.unknown"),
    ],
)  # fmt: skip
def test_what_a_date_may_not_be_is_refused(changed: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_date(DateParameters.from_dict({**DATE_RULES["R2"].to_dict(), **changed}))
    assert refused.value.code == code


def test_what_ships_is_what_it_may_be_and_comes_back_as_it_was() -> None:
    for rule in DATE_RULES.values():
        check_date(rule)
        assert DateParameters.from_dict(rule.to_dict()) == rule

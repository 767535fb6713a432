"""A forecast says what then really comes: played on the same functions, compared with the days themselves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.rules import LADDER, Reminders, RuleParameters
from models.rules.changing import Wish, begin, change
from models.rules.families import with_value
from models.tables import metadata
from schedules.forecasting import Forecast, forecast
from tests.schedules.world import World, township

CHANGES: list[tuple[bool, dict[str, Any]]] = [
    (True, {"due_day": 20}),
    (True, {"reminders.weekday": "monday", "repeat_times": 1}),
    (True, {"needed": 1}),
    (True, {"grace_workdays": 0, "needed": 3}),
    (True, {"state": "off"}),
    (False, {"due_day": 20}),
    (False, {"state": "off"}),
]
CASES = [
    (day, *each)
    for day, which in (("11-10", (0, 1, 4, 5)), ("11-23", (0, 3, 6)), ("12-05", (0, 2, 4)))
    for each in (CHANGES[n] for n in which)
]
"""Each change on a day on which it does something of its own: before the due day, after it, up the ladder."""


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Session]:
    """A session on SQLite: the days are the same on both."""
    engine = make_engine(f"sqlite:///{tmp_path}/rules.db")
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def villagers(session: Session, parameters: RuleParameters | None = None) -> World:
    """Two villages; helpers with one and with two households; one who never joined; nobody heads the second village."""
    world = township(session, parameters=parameters)
    world.area("远山村", "village", "镇")
    world.person("赵刚", "helper", "镇")
    world.person("周末", "helper", "镇", joined=False)
    world.household("王秀英", "青山村", first="张伟")
    world.household("陈桂花", "远山村", first="赵刚", second="张伟")
    world.household("吴长贵", "远山村", first="周末")
    session.commit()
    return world


def wish(world: World, at_once: bool, values: dict[str, Any]) -> Wish:
    begun = begin(world.session, "R1")
    parameters, state = begun.parameters, values.get("state", "on")
    for path, value in values.items():
        if path != "state":
            parameters = with_value(parameters, path, value)
    return replace(begun, parameters=parameters, state=state, at_once=at_once)


def really(world: World, since: int) -> list[tuple[str, int]]:
    return sorted(Counter(day for day, _, _, _ in world.heard[since:]).items())


def foreseen(found: Forecast) -> list[tuple[str, int]]:
    return [(f"{day.on:%m-%d}", day.messages) for day in found.days if day.on.year == 2026]


@pytest.mark.parametrize(("day", "at_once", "values"), CASES)
def test_what_was_foreseen_is_what_is_sent(one: Session, day: str, at_once: bool, values: dict[str, Any]) -> None:
    world = villagers(one).go("11-08")
    world.visit("张伟", "11-08")
    check_foreseen(world, day, at_once, values)


HALF_MONTHS = RuleParameters(needed=1, period="half_month", reminders=Reminders(within_days=7))
"""Short enough that a second and a third period in a row fall into thirty days."""


@pytest.mark.parametrize(
    ("day", "at_once", "values"),
    [
        ("11-12", True, {"grace_workdays": 1}), ("11-12", False, {"repeat_times": 1}), ("11-20", True, {"repeat_times": 1}),
        ("11-20", True, {"grace_workdays": 5}), ("11-20", False, {"grace_workdays": 1}), ("12-01", True, {"state": "off"}),
    ],
)  # fmt: skip
def test_periods_in_a_row_are_foreseen(one: Session, day: str, at_once: bool, values: dict[str, Any]) -> None:
    world = villagers(one, HALF_MONTHS).go("11-09")
    world.visit("张伟", "11-09")
    check_foreseen(world, day, at_once, values)


def check_foreseen(world: World, day: str, at_once: bool, values: dict[str, Any]) -> None:
    """A change on a day does what its preview said, and the preview changes nothing."""
    one = world.session
    world.go(day, "12:00")
    wanted, since = wish(world, at_once, values), len(world.heard)
    found = forecast(one, wanted, world.people["专干"], now=world.now)
    assert not one.dirty
    change(one, world.view("专干"), wanted, now=world.now)
    one.commit()
    world.go(f"{_end(day):%m-%d}")
    assert foreseen(found) == really(world, since)
    assert found.repeated == 0


def _end(day: str) -> date:
    start = date.fromisoformat(f"2026-{day}")
    return min(date.fromordinal(start.toordinal() + 30), date(2026, 12, 31))


def test_the_difference_counts_what_is_told_on_other_days(session: Session) -> None:
    world = villagers(session).go("11-10", "12:00")
    found = forecast(session, wish(world, True, {"reminders.weekday": "monday"}), now=world.now)
    assert (found.subjects, found.owners, found.duties) == (4, 3, 4)
    assert (found.moved, found.cancelled, found.added) == (6, 0, 0)
    off = forecast(session, wish(world, True, {"state": "off"}), now=world.now)
    assert (off.days, off.moved, off.added) == ((), 0, 0)
    assert off.cancelled > 0


def test_a_rule_that_begins_in_the_middle_of_a_period_storms_nobody(one: Session) -> None:
    world = villagers(one)
    change(one, world.view("专干"), wish(world, False, {"state": "off"}), now=world.now)
    world.go("11-19", "12:00")
    assert world.heard == []
    wanted = wish(world, True, {"state": "on"})
    found = forecast(one, wanted, world.people["专干"], now=world.now)
    change(one, world.view("专干"), wanted, now=world.now)
    one.commit()
    world.go("12-19")
    assert foreseen(found) == really(world, 0)
    assert (
        max(Counter((day, who) for day, _, who, _ in world.heard).values())
        == max(day.busiest for day in found.days)
        == 1
    )


UPWARD = tuple(step for step in LADDER if step.after > 0)
SHORT = (
    (RuleParameters(needed=1, period="week", reminders=Reminders(within_days=7), ladder=UPWARD), True, {"due_weekday": "wednesday"}),
    (RuleParameters(needed=1, period="cron:0 0 1,11,21 * *", reminders=Reminders(within_days=3), ladder=UPWARD), False, {"needed": 2}),
)  # fmt: skip


@pytest.mark.parametrize(("parameters", "at_once", "values"), SHORT)
def test_of_short_periods_what_was_foreseen_is_what_is_sent(
    one: Session, parameters: RuleParameters, at_once: bool, values: dict[str, Any]
) -> None:
    world = township(one, parameters=parameters).go("11-18", "12:00")
    wanted, since = wish(world, at_once, values), len(world.heard)
    found = forecast(one, wanted, world.people["专干"], now=world.now)
    change(one, world.view("专干"), wanted, now=world.now)
    one.commit()
    world.go("12-10")
    assert [day for day in foreseen(found) if day[0] <= "12-10"] == really(world, since)

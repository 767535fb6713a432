"""Fixed dates changed in chat: from now on what runs moves too, else what has not begun; taken back it is as it was."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.cases.dates import list_next
from models.duties.finishing import begin_finish
from models.duties.recasting import FIELDS
from models.errors import Refused
from models.rules.changing import Changed, Wish, begin, begin_undo, change, may_later
from models.tables import metadata
from schedules.forecasting import forecast
from tests.schedules.test_dates import EASY, find, live_in_march, set_rule
from tests.schedules.world import World, at


@pytest.fixture
def spring(tmp_path: Path) -> Iterator[World]:
    """R2 and R3 are due on 15 May, R8 on the 20th; nobody but the officer is asked."""
    engine = make_engine(f"sqlite:///{tmp_path}/dates.db")
    metadata.create_all(engine)
    with Session(engine) as session:
        world = live_in_march(session)
        for code, parameters in EASY.items():
            set_rule(world, code, parameters)
        yield world
    engine.dispose()


def wish(world: World, code: str, *, at_once: bool = True, **values: Any) -> Wish:
    begun = begin(world.session, code)
    return replace(begun, parameters={**begun.parameters, **values}, at_once=at_once)


def make(world: World, wanted: Wish) -> Changed:
    made = change(world.session, world.view("专干"), wanted, now=world.now)
    world.session.commit()
    return made


def due(world: World, code: str) -> list[tuple[str, str, str]]:
    return [(duty.period, f"{duty.due_on:%m-%d}", duty.state) for duty in find(world, code)]


def stand(world: World) -> list[dict[str, Any]]:
    return [{name: getattr(duty, name) for name in FIELDS} for code in EASY for duty in find(world, code)]


def test_a_later_day_from_now_moves_what_runs(spring: World) -> None:
    spring.go("05-04", "12:00")
    made = make(spring, wish(spring, "R2", days=["5-28"]))
    assert made.moved is not None
    assert made.moved.changed == 1
    spring.go("06-05", "12:00")
    assert due(spring, "R2") == [("2026", "05-28", "open")]
    told = [day for day, _, who, _ in spring.heard if who == "副镇长"]
    assert told == ["05-19", "05-22", "06-01"], "R3 and R8 on their days, R2 the second working day after the 28th"
    assert {"05-14", "05-21", "05-27", "05-29"} <= set(spring.days("专干"))


def test_from_the_next_time_what_runs_keeps_its_day(spring: World) -> None:
    spring.go("05-04", "12:00")
    wanted = wish(spring, "R2", at_once=False, days=["5-28"])
    assert may_later(spring.session, wanted)
    made = make(spring, wanted)
    assert (made.moved, made.starts_on) == (None, date(2026, 5, 5))
    assert not may_later(spring.session, wish(spring, "R8", days=["5-28"])), "nobody is at it yet"
    in_may, then = [date(2026, 5, 15)], [date(year, 5, 28) for year in (2027, 2028, 2029)]
    assert [*list_next(spring.session, "R2", date(2026, 5, 4), 4)] == [*in_may, *then]
    spring.go("06-05")
    assert due(spring, "R2") == [("2026", "05-15", "open")]
    assert [*list_next(spring.session, "R2", date(2026, 6, 5))] == then
    make(spring, replace(wish(spring, "R2"), state="off"))
    assert [*list_next(spring.session, "R2", date(2026, 6, 5))] == then, "where it would be due if it were on"


def test_an_earlier_day_is_owed_at_once_and_a_day_gone_by_only_next_year(spring: World) -> None:
    spring.go("05-04", "12:00")
    make(spring, wish(spring, "R8", days=["5-9"]))
    make(spring, wish(spring, "R3", days=["4-10"]))
    spring.go("05-08", "12:00")
    assert due(spring, "R8") == [("2026", "05-09", "open")]
    assert due(spring, "R3") == [("2026", "05-15", "open")], "10 April is over: this year's keeps its day"
    assert spring.days("专干")[-2:] == ["05-06", "05-08"]


def test_taken_back_everything_is_as_it_was_and_nothing_is_told_again(spring: World) -> None:
    spring.go("05-13", "12:00")
    before, heard = stand(spring), len(spring.heard)
    made = make(spring, wish(spring, "R2", days=["5-28"], leads=[3, 1]))
    spring.now = spring.now.replace(minute=5)
    make(spring, begin_undo(spring.session, made.rule_id, now=spring.now))
    assert stand(spring) == before
    spring.go("05-14", "12:00")
    assert [day for day, _, _, _ in spring.heard[heard:]] == ["05-14"]


def test_a_day_that_comes_once_is_moved_and_never_owed_twice(spring: World) -> None:
    set_rule(spring, "D1", replace(EASY["R2"], every="once", days=("2026-05-15",)))
    spring.go("05-06", "12:00")
    assert not may_later(spring.session, wish(spring, "D1", days=["2026-05-22"]))
    make(spring, wish(spring, "D1", days=["2026-05-22"]))
    spring.go("05-23", "12:00")
    assert due(spring, "D1") == [("2026-05-22", "05-22", "open")]
    assert refusal(spring, "D1", days=["2026-05-20"]) == "rule.date_past"
    begin_finish(spring.session, spring.view("专干"), find(spring, "D1")[0].id, now=spring.now)
    make(spring, wish(spring, "D1", days=["2026-06-30"]))
    spring.go("05-24")
    spring.now = at("05-21")
    assert refusal(spring, "D1", days=["2026-05-22"]) == "rule.date_taken"


def refusal(world: World, code: str, **values: Any) -> str:
    with pytest.raises(Refused) as refused:
        make(world, wish(world, code, **values))
    return refused.value.code


@pytest.mark.parametrize(
    ("day", "code", "at_once", "values"),
    [
        ("05-04", "R2", True, {"days": ["5-28"]}), ("05-04", "R3", False, {"days": ["5-28"], "leads": [3]}),
        ("05-04", "R8", True, {"days": ["5-9"]}), ("05-12", "R2", True, {"leads": [2, 1]}), ("05-19", "R2", True, {"days": ["5-28"]}),
        ("04-20", "R8", True, {"leads": [28, 1]}), ("05-04", "R8", True, {"state": "off"}),
    ],
)  # fmt: skip
def test_what_was_foreseen_is_what_is_sent(
    spring: World, day: str, code: str, at_once: bool, values: dict[str, Any]
) -> None:
    alone = {other for other in EASY if other != code}
    for other in alone:
        set_rule(spring, other, EASY[other], "off")
    spring.go(day, "12:00")
    wanted = wish(spring, code, at_once=at_once, **{name: value for name, value in values.items() if name != "state"})
    wanted, since = replace(wanted, state=values.get("state", "on")), len(spring.heard)
    found = forecast(spring.session, wanted, spring.people["专干"], now=spring.now)
    assert not spring.session.dirty
    make(spring, wanted)
    end = date.fromisoformat(f"2026-{day}") + timedelta(days=30)
    spring.go(f"{end:%m-%d}")
    heard = Counter(each[0] for each in spring.heard[since:])
    assert [(f"{each.on:%m-%d}", each.messages) for each in found.days] == sorted(heard.items())
    assert (found.subjects, found.owners, found.repeated) == (1, 1, 0)
    if wanted.state == "on":
        assert f"{found.coming[0]:%m-%d}" == due(spring, code)[0][1]
    else:
        assert (found.coming, found.days, sum(each.messages for each in found.before)) == ((), (), 10)


def test_switched_off_in_chat_it_stands_still_and_goes_on(spring: World) -> None:
    spring.go("05-06", "12:00")
    make(spring, replace(wish(spring, "R8"), state="off"))
    assert find(spring, "R8")[0].paused_reason == "rule_off"
    spring.go("05-13", "12:00")
    make(spring, replace(wish(spring, "R8"), state="on"))
    spring.go("05-19", "12:00")
    assert due(spring, "R8") == [("2026", "05-20", "open")]
    assert spring.days("专干")[-1] == "05-19"

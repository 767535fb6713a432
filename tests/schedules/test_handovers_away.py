"""Hand-overs and 暂不在 at once: who has the household, who stands in, when the ladder goes on.

November 2026, quota 2: 补录期 up to Thu 3 December; second helper Fri 4, team head Mon 7.
"""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.absences.actions import answer_cover, go_away
from models.households.actions import resume
from models.visits.actions import log_visit
from tests.schedules.test_handovers import days, hand
from tests.schedules.world import World, township


@pytest.fixture
def world(session: Session) -> World:
    """The usual township with 赵刚 and 刘芳, other helpers."""
    world = township(session)
    world.person("赵刚", "helper", "镇")
    world.person("刘芳", "helper", "镇")
    return world


def leave(world: World, name: str, first: str, back: str, cover: str | None = None) -> int:
    on, until = date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{back}")
    made = go_away(world.session, world.view(name), on, until, world.people[cover] if cover else None, now=world.now)
    world.session.commit()
    return made.absence_id


def agree(world: World, name: str, absence: int) -> World:
    answer_cover(world.session, world.view(name), absence, agree=True, now=world.now)
    world.session.commit()
    return world


def owner(world: World) -> str:
    return next(name for name, number in world.people.items() if number == world.duty().person_id)


def test_a_late_yes_takes_nothing_that_was_handed_to_somebody_else(world: World) -> None:
    absence = leave(world.go("11-10", "12:00"), "张伟", "11-10", "11-17", cover="赵刚")
    agree(hand(world.go("11-11", "10:00"), "张伟", "刘芳").go("11-11", "11:00"), "赵刚", absence)
    assert owner(world) == "刘芳"
    assert owner(world.go("11-18")) == "刘芳"


def test_who_stood_in_once_and_has_it_now_hands_it_over_as_anybody(world: World) -> None:
    agree(world, "赵刚", leave(world.go("11-02", "12:00"), "张伟", "11-03", "11-05", cover="赵刚"))
    hand(world.go("11-09", "12:00"), "张伟", "赵刚")
    hand(world.go("11-14", "12:00"), "赵刚", "刘芳")
    assert (owner(world), world.duty().needed) == ("刘芳", 1)


def test_who_stands_in_for_the_new_helper_owes_that_household_too(world: World) -> None:
    agree(world, "刘芳", leave(world.go("11-10", "12:00"), "赵刚", "11-10", "11-16", cover="刘芳"))
    hand(world.go("11-12", "12:00"), "张伟", "赵刚")
    assert (owner(world), world.duty().needed) == ("刘芳", 1)
    assert owner(world.go("11-16")) == "赵刚"


def test_a_yes_on_a_free_day_tells_nobody_before_the_next_working_day(world: World) -> None:
    absence = leave(world.go("12-03", "12:00"), "张伟", "12-04", "12-09", cover="赵刚")
    agree(world.go("12-05", "12:00"), "赵刚", absence).go("12-11")
    assert days(world, "王芳", "level") == ["12-07"]


def test_a_new_helper_who_is_away_when_the_two_weeks_end_is_reported_afterwards(world: World) -> None:
    hand(world.go("12-08", "12:00"), "张伟", "赵刚")
    leave(world.go("12-18", "12:00"), "赵刚", "12-21", "12-26")
    assert days(world.go("12-29"), "王芳", "level") == ["12-04", "12-28"]


def test_who_is_away_when_a_family_goes_on_or_is_handed_over_is_asked_afterwards(world: World) -> None:
    world.go("12-01", "12:00")
    log_visit(world.session, world.people["张伟"], world.households["李宁"], date(2026, 12, 1), "deceased", now=world.now)
    leave(world.go("12-03", "12:00"), "张伟", "12-04", "12-09")
    resume(world.session, world.people["专干"], world.households["李宁"], now=world.go("12-04", "12:00").now)
    assert world.duty().paused_reason == "owner_away"
    leave(world, "赵刚", "12-04", "12-08")
    hand(world, "张伟", "赵刚")
    assert (owner(world), world.duty().paused_reason) == ("赵刚", "owner_away")


def test_a_yes_on_the_day_of_the_first_reminder_is_reminded_that_evening(world: World) -> None:
    absence = leave(world.go("11-11", "12:00"), "张伟", "11-12", "11-14", cover="赵刚")
    agree(world.go("11-12", "12:00"), "赵刚", absence).go("11-13")
    assert days(world, "赵刚", "remind") == ["11-12"]

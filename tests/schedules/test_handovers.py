"""What people are told of a duty past its day whose household gets another helper: the ladder begins again.

November 2026, quota 2: 补录期 up to Thu 3 December; second helper Fri 4, team head Mon 7, officer Tue 8.
"""

import pytest
from sqlalchemy.orm import Session

from models.duties.owners import explain, take_back_explanation
from models.handovers import Plan
from models.handovers.actions import carry_out
from models.people import Person
from tests.schedules.world import World, township


@pytest.fixture
def world(session: Session) -> World:
    """The usual township with 赵刚, another helper."""
    world = township(session)
    world.person("赵刚", "helper", "镇")
    return world


def hand(world: World, giver: str, taker: str, *names: str) -> World:
    homes = tuple(world.households[name] for name in names or ("李宁",))
    plan = Plan("hand", homes, world.people[giver], world.people[taker], "工作调动")
    carry_out(world.session, world.view("专干"), plan, "assignment.write", now=world.now)
    world.session.commit()
    return world


def days(world: World, name: str, kind: str) -> list[str]:
    return [day for day, kinds in world.kinds(name) if kind in kinds]


def test_a_level_that_nobody_has_heard_yet_falls_away(world: World) -> None:
    hand(world.go("12-04", "12:00"), "张伟", "赵刚").go("12-20")
    assert days(world, "王芳", "level") == ["12-18"]


def test_who_was_told_is_told_again_even_if_the_household_came_back_meanwhile(world: World) -> None:
    hand(world.go("12-08", "12:00"), "张伟", "赵刚")
    hand(world.go("12-09", "12:00"), "赵刚", "张伟").go("12-31")
    assert days(world, "队长", "level") == ["12-07", "12-24"]
    assert days(world, "专干", "level") == ["12-08", "12-25"]
    assert days(world, "张伟", "repeat") == ["12-25", "12-30"]


def test_the_officer_hears_again_that_a_level_is_passed_over(world: World) -> None:
    world.session.get_one(Person, world.people["队长"]).unreachable_at = world.now
    hand(world.go("12-08", "12:00"), "张伟", "赵刚").go("12-31")
    assert days(world, "专干", "passed") == ["11-18", "12-07", "12-18", "12-23"]


def test_a_duty_opened_again_is_who_has_the_households_now(world: World) -> None:
    world.go("11-10", "12:00").visit("张伟", "11-09")
    second, changes = world.visit("张伟", "11-10")
    assert changes[0].after == "done"
    hand(world.go("11-10", "20:00"), "张伟", "赵刚").go("11-11", "10:00").withdraw(second)
    assert (world.duty().state, world.duty().person_id) == ("open", world.people["赵刚"])
    world.go("11-30")
    assert days(world, "赵刚", "remind") == ["11-12", "11-19", "11-24", "11-26", "11-30"]
    assert days(world, "张伟", "remind") == []


def test_who_takes_back_what_the_former_helper_explained_owes_it(world: World) -> None:
    explain(world.session, world.go("11-27", "12:00").view("张伟"), world.duty().id, reason="road", now=world.now)
    hand(world.go("11-27", "20:00"), "张伟", "赵刚")
    take_back_explanation(world.session, world.view("赵刚"), world.duty().id, now=world.now)
    assert world.duty().person_id == world.people["赵刚"]


def test_a_duty_that_begins_once_more_is_who_has_the_households_now(world: World) -> None:
    visits = [world.go(day, "12:00").visit("张伟", day)[0] for day in ("11-09", "11-10")]
    hand(world, "张伟", "赵刚").go("12-08", "12:00").withdraw(visits[0])
    assert world.duty(cycle=2).person_id == world.people["赵刚"]
    assert days(world.go("12-08"), "赵刚", "reopened") == ["12-08"]

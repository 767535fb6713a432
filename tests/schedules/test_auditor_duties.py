"""Duties that are stuck, planted by hand: found within a minute, healed within two or told."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models.duties import Duty, DutyEvent
from models.rules import Rule
from models.times import local_day
from schedules.auditor import audit_some
from tests.conftest import Play
from tests.schedules.watching import STEP, change, findings, found_and_healed, november, plant, watched
from tests.schedules.world import World, at, township


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


@pytest.mark.parametrize("lost", [{"next_action_at": None}, {"next_action": None, "next_action_at": None}])
def test_a_duty_without_a_next_moment_gets_it_back(world: World, lost: dict[str, None]) -> None:
    before = world.duty().next_action, world.duty().next_action_at
    change(world, **lost)
    found_and_healed(world, "duty.overdue")
    assert (world.duty().next_action, world.duty().next_action_at) == before
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_duty_whose_moment_went_by_unused_is_planned_anew(world: World) -> None:
    change(world, next_action="nonsense", next_action_at=world.now - timedelta(days=200))
    found_and_healed(world, "duty.overdue")
    assert world.duty().next_action == "remind"
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_what_came_due_while_nothing_ran_is_no_finding(session: Session) -> None:
    world = watched(township(session).go("11-09", "12:00"), 120)
    change(world, next_action="nonsense", next_action_at=world.now + timedelta(minutes=5))
    world.now += timedelta(hours=72)
    audit_some(session, now=world.now)
    assert findings(world, "duty.overdue") == []
    watched(world, 60)
    assert findings(world, "duty.overdue") != []


def test_a_step_that_cannot_be_taken_is_put_aside_and_the_others_go_on(world: World) -> None:
    world.household("赵二", "青山村", first="王芳")
    world.tick()
    rule = world.session.scalars(select(Rule)).one()
    values = {c.name: getattr(rule, c.name) for c in Rule.__table__.columns if c.name != "id"}
    broken = world.add(Rule(**{**values, "version": 99, "code": "X1", "parameters": {"ladder": [{"nonsense": 1}]}}))
    change(world, next_action_at=world.now - timedelta(minutes=2))
    plant(world, update(Duty).where(Duty.household_id == world.households["李宁"]).values(rule_id=broken.id))
    planted_at = world.now
    for _ in range(3):
        world.now += STEP
        audit_some(world.session, now=world.now)
        world.session.commit()
    found = next(row for row in findings(world, "duty.overdue") if row.state == "alarmed")
    assert found.cause == "TypeError"
    assert found.alarmed_at is not None
    assert found.alarmed_at - planted_at <= timedelta(seconds=60)
    assert world.duty().next_action_at == at("11-10", "05:00")
    world.session.commit()
    watched(world, 60)
    assert [state for state in (row.state for row in findings(world, "duty.overdue")) if state != "ended"] == [
        "alarmed"
    ]
    plant(world, update(Duty).where(Duty.rule_id == broken.id).values(rule_id=rule.id))
    watched(world, 700)
    assert {row.state for row in findings(world, "duty.overdue")} == {"ended"}
    assert world.duty().next_action == "remind"


def test_a_household_without_its_duty_gets_it(world: World) -> None:
    plant(world, text("DELETE FROM duty_events"))
    plant(world, text("DELETE FROM notices"))
    plant(world, text("DELETE FROM duties"))
    found_and_healed(world, "duty.missing")
    assert world.duty().person_id == world.people["张伟"]
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_household_that_owes_nothing_yet_is_no_finding(world: World) -> None:
    world.session.execute(text("UPDATE households SET registered_on = '2026-11-28'"))
    plant(world, text("DELETE FROM duties"))
    watched(world, 120)
    assert findings(world, "duty.missing") == []


def test_a_figure_that_differs_from_the_visits_is_counted_again(world: World) -> None:
    world.visit("张伟", "11-05")
    assert world.duty().done == 1
    change(world, done=0)
    found_and_healed(world, "duty.figure")
    assert (world.duty().done, world.duty().state) == (1, "open")


def test_a_duty_left_open_though_it_is_done_ends_and_nobody_is_told_twice(world: World) -> None:
    world.visit("张伟", "11-05")
    world.visit("张伟", "11-06")
    plant(world, text("UPDATE duties SET state = 'open', done = 0, closed_at = NULL"))
    found_and_healed(world, "duty.figure")
    assert (world.duty().done, world.duty().state) == (2, "done")
    assert world.go("11-30").days("张伟") == []


def test_a_duty_called_done_though_nobody_was_there_is_open_again(world: World) -> None:
    change(world, state="done", done=2)
    found_and_healed(world, "duty.figure")
    assert (world.duty().done, world.duty().state) == (0, "open")
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_pause_that_has_ended_ends(world: World) -> None:
    ended = local_day(world.now) - timedelta(days=3)
    change(world, paused_until=ended, paused_reason="road", stopped_on=ended, next_action="resume",
           next_action_at=world.now + timedelta(days=30))  # fmt: skip
    found_and_healed(world, "duty.snoozed")
    duty = world.duty()
    assert (duty.paused_until, duty.stopped_on, duty.next_action) == (None, None, "remind")
    assert world.go("11-13").days("张伟") == ["11-12"]


def test_a_pause_that_still_holds_goes_on_holding(world: World) -> None:
    until = local_day(world.now) + timedelta(days=3)
    change(world, paused_until=until, paused_reason="road", stopped_on=until, next_action=None, next_action_at=None)
    found_and_healed(world, "duty.overdue")
    duty = world.duty()
    assert (duty.paused_until, duty.next_action, duty.next_action_at) == (until, "resume", at("11-13", "05:00"))


def test_a_taken_case_that_nobody_moves_comes_back(world: World) -> None:
    ended = local_day(world.now) - timedelta(days=5)
    change(world, taken_by=world.people["队长"], taken_until=ended, stopped_on=ended, level=1, next_action="answer",
           next_action_at=world.now + timedelta(days=30))  # fmt: skip
    found_and_healed(world, "duty.taken")
    duty = world.duty()
    assert (duty.taken_by, duty.taken_until, duty.stopped_on) == (None, None, None)
    kinds = world.session.scalars(select(DutyEvent.kind).where(DutyEvent.duty_id == duty.id)).all()
    assert "resumed" in kinds

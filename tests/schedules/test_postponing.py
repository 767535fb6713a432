"""Families that were not met: what moves, what stays, who is told, and how it is taken back (engine.md 3)."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty, DutyEvent, explain
from models.notices import Notice
from tests.conftest import Play
from tests.schedules.world import World, township

DUE = date(2026, 11, 25)


def november(session: Session) -> World:
    return township(session).go("11-10", "15:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def planned(world: World) -> tuple[object, ...]:
    duty = world.duty()
    return duty.due_on, duty.postponed, duty.needed, duty.next_action, duty.next_action_at, duty.state, duty.reason


@pytest.mark.parametrize("outcome", ["not_home", "hospital", "declined"])
def test_other_outcomes_do_not_count_and_move_nothing(world: World, outcome: str) -> None:
    before = planned(world)
    world.visit("张伟", "11-10", outcome=outcome)
    assert planned(world) == before
    assert world.duty().done == 0


@pytest.mark.parametrize("outcome", ["away", "unreachable"])
def test_a_family_away_moves_the_due_day_by_a_week_and_never_the_end(world: World, outcome: str) -> None:
    world.visit("张伟", "11-10", outcome=outcome)
    duty = world.duty()
    assert (duty.due_on, duty.ends_on, duty.done) == (date(2026, 12, 2), date(2026, 11, 30), 0)
    events = world.session.scalars(select(DutyEvent).where(DutyEvent.kind == "postponed")).all()
    assert [event.facts["until"] for event in events] == ["2026-12-02"]


def test_twice_a_period_at_most_and_once_a_day(world: World) -> None:
    for by, day, capacity in (("张伟", "11-08", "helper"), ("王芳", "11-08", "second"), ("张伟", "11-09", "helper")):
        world.visit(by, day, outcome="away", capacity=capacity)
    world.visit("张伟", "11-10", outcome="unreachable")
    assert (world.duty().postponed, world.duty().due_on) == (2, date(2026, 12, 9))


def test_the_visit_of_a_leader_moves_nothing(world: World) -> None:
    world.visit("副镇长", "11-10", outcome="away", capacity="deputy")
    assert world.duty().due_on == DUE


def test_the_ladder_comes_a_week_later(world: World) -> None:
    world.visit("张伟", "11-10", outcome="away")
    world.go("12-31")
    assert world.kinds("队长")[0] == ("11-25", ("early",))
    assert world.kinds("王芳")[0] == ("12-11", ("level",))
    assert world.kinds("专干")[0] == ("12-15", ("level",))
    assert world.kinds("副镇长")[0] == ("12-21", ("level",))


def test_reminders_follow_the_new_day(world: World) -> None:
    world.visit("张伟", "11-10", outcome="away")
    world.go("12-04")
    assert world.days("张伟") == ["11-19", "11-26", "11-30", "12-01", "12-03"]


def test_withdrawing_the_visit_takes_it_back_exactly(world: World) -> None:
    before = planned(world)
    first, _ = world.visit("张伟", "11-09", outcome="away")
    once = planned(world)
    second, _ = world.visit("张伟", "11-10", outcome="away")
    world.withdraw(second)
    assert planned(world) == once
    world.withdraw(first)
    assert planned(world) == before


def test_a_duty_done_meanwhile_is_planned_anew_when_it_opens_again(world: World) -> None:
    first, _ = world.visit("张伟", "11-08")
    world.visit("张伟", "11-09")
    assert world.duty().state == "done"
    world.visit("张伟", "11-10", outcome="away")
    world.withdraw(first)
    duty = world.duty()
    assert (duty.state, duty.due_on, duty.next_action) == ("open", date(2026, 12, 2), "remind")


def test_typed_after_the_extra_days_it_moves_nothing(world: World) -> None:
    world.go("12-10", "12:00")
    before = planned(world)
    world.visit("张伟", "11-20", outcome="away")
    assert planned(world) == before


def test_a_reason_can_be_given_from_the_same_day_on(world: World) -> None:
    world.visit("张伟", "11-10", outcome="away")
    world.go("11-24", "20:00")
    assert (
        explain(world.session, world.view("张伟"), world.duty().id, reason="away", now=world.now).after == "explained"
    )


@pytest.mark.parametrize(("outcome", "hears"), [("unreachable", "队长"), ("declined", "专干")])
def test_somebody_else_hears_of_it_in_the_next_digest(world: World, outcome: str, hears: str) -> None:
    world.visit("张伟", "11-10", outcome=outcome)
    visit = world.session.scalars(select(Notice.visit_id).where(Notice.kind == outcome)).all()
    assert len(visit) == 1
    world.go("11-11")
    assert world.kinds(hears) == [("11-11", (outcome,))]


def test_nobody_hears_of_what_was_withdrawn_before_their_hour(world: World) -> None:
    visit, _ = world.visit("张伟", "11-10", outcome="declined")
    world.withdraw(visit)
    world.go("11-11")
    assert world.kinds("专干") == []


def test_a_refusal_is_never_against_the_helper(world: World) -> None:
    visit, _ = world.visit("张伟", "11-10", outcome="declined")
    world.go("12-31")
    duty = world.duty()
    assert (duty.state, duty.reason, duty.level) == ("explained", "declined", 0)
    assert [kinds for _, kinds in world.kinds("专干")] == [("declined",)]
    assert world.days("副镇长") == world.days("书记") == world.days("王芳") == []
    world.withdraw(visit)
    assert world.session.scalars(select(Duty.state).where(Duty.cycle == 2)).all() == ["open"]

"""Rules of one village: the most specific one holds, for one duty; given up, the township's holds again."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.planning import list_missing, plan_households
from models.households import Household
from models.rules import Rule, parameters_of
from models.rules.changing import Changed, Wish, begin, begin_removal, begin_undo, change
from models.rules.queries import get_rule, list_versions
from models.rules.villages import list_villages
from schedules.forecasting import forecast
from schedules.planning import periods_to_plan
from tests.models.test_rules import make, refusal
from tests.schedules.world import World, at, township


def two_villages(session: Session) -> World:
    """青山村 with 张伟's household, 远山村 with 赵刚's; both owe two visits a month."""
    world = township(session)
    world.area("远山村", "village", "镇")
    world.person("赵刚", "helper", "镇")
    world.household("陈桂花", "远山村", first="赵刚")
    session.commit()
    return world


def wish(world: World, village: str = "青山村", *, at_once: bool = True, **values: Any) -> Wish:
    begun = begin(world.session, "R1", world.areas[village] if village else None)
    return replace(begun, parameters={**begun.parameters, **values}, at_once=at_once)


def removal(world: World, *, at_once: bool = True) -> Wish:
    return replace(begin_removal(world.session, "R1", world.areas["青山村"]), at_once=at_once)


def needed(world: World, period: str = "2026-11") -> tuple[int, int]:
    return world.duty(period=period).needed, world.duty("陈桂花", period).needed


def test_a_villages_own_rule_moves_its_open_duties_only(session: Session) -> None:
    world = two_villages(session).go("11-10")
    made = make(world, wish(world, needed=1))
    assert needed(world) == (1, 2)
    assert (world.duty().rule_id, made.moved and made.moved.changed) == (made.rule_id, 1)
    assert parameters_of(session, world.households["李宁"], date(2026, 11, 10)).needed == 1
    assert parameters_of(session, world.households["陈桂花"], date(2026, 11, 10)).needed == 2
    world.go("12-01")
    assert needed(world, "2026-12") == (1, 2)


def test_from_the_next_period_on_the_running_one_stays(session: Session) -> None:
    world = two_villages(session).go("11-10")
    assert make(world, wish(world, at_once=False, needed=1)).starts_on == date(2026, 12, 1)
    view = get_rule(session, "R1", world.now, world.areas["青山村"])
    assert (view.parameters["needed"], view.later and view.later["needed"], view.later_on) == (2, 1, date(2026, 12, 1))
    world.go("12-01")
    assert (needed(world), needed(world, "2026-12")) == ((2, 2), (1, 2))


def test_a_change_of_the_townships_rule_leaves_a_village_with_its_own(session: Session) -> None:
    world = two_villages(session).go("11-10")
    make(world, wish(world, needed=1))
    wanted = wish(world, "", needed=3)
    assert forecast(session, wanted, now=world.now).unaffected == ("青山村",)
    make(world, wanted)
    assert needed(world) == (1, 3)


def test_given_up_the_townships_rule_holds_again_and_that_too_can_be_taken_back(session: Session) -> None:
    world = two_villages(session).go("11-10")
    make(world, wish(world, needed=1))
    make(world, wish(world, "", due_day=20))
    world.now = at("11-11")
    removed = make(world, removal(world))
    assert (needed(world), world.duty().due_on) == ((2, 2), date(2026, 11, 20))
    assert [(each.name, each.own) for each in list_villages(session, "R1", world.now)] == [
        ("远山村", False), ("青山村", False)
    ]  # fmt: skip
    assert refusal(lambda: removal(world))[0] == "rule.no_change"
    world.now = at("11-12")
    make(world, begin_undo(session, removed.rule_id, now=world.now))
    assert (needed(world), world.duty().due_on) == ((1, 2), date(2026, 11, 25))
    world.go("12-01")
    assert needed(world, "2026-12") == (1, 2)
    page = list_versions(session, "R1", 1, world.areas["青山村"])
    assert [each.state for each in page.items] == ["on", "removed", "on"]


def test_given_up_from_the_next_period_on(session: Session) -> None:
    world = two_villages(session).go("11-10")
    make(world, wish(world, needed=1))
    assert make(world, removal(world, at_once=False)).starts_on == date(2026, 12, 1)
    [_, own] = list_villages(session, "R1", world.now)
    assert (own.own, own.later_own, own.later_on) == (True, False, date(2026, 12, 1))
    assert get_rule(session, "R1", world.now, world.areas["青山村"]).later_state == "removed"
    world.go("12-01")
    assert (needed(world), needed(world, "2026-12")) == ((1, 2), (2, 2))


def test_the_first_own_rule_taken_back_is_the_townships(session: Session) -> None:
    world = two_villages(session).go("11-10")
    made = make(world, wish(world, needed=1))
    make(world, begin_undo(session, made.rule_id, now=world.now))
    assert needed(world) == (2, 2)
    assert get_rule(session, "R1", world.now, world.areas["青山村"]).own is False


def test_other_periods_begin_where_both_do_and_nobody_owes_twice(session: Session) -> None:
    world = two_villages(session).go("11-10")
    wanted = wish(world, at_once=False, needed=1, period="quarter")
    assert make(world, wanted).starts_on == date(2027, 1, 1)
    at_once = wish(world, needed=1, period="half_year")
    assert refusal(lambda: make(world, at_once))[0] == "rule.next_only"


def test_what_follows_other_periods_that_are_to_come_waits_for_them(session: Session) -> None:
    world = two_villages(session).go("11-10")
    assert make(world, wish(world, "", at_once=False, needed=1, period="half_month")).starts_on == date(2026, 12, 1)
    assert make(world, wish(world, "", at_once=False, grace_workdays=2)).starts_on == date(2026, 12, 1)
    assert make(world, wish(world, at_once=False, grace_workdays=1)).starts_on == date(2026, 12, 1)


def test_given_up_is_what_was_previewed_or_nothing(session: Session) -> None:
    world = two_villages(session).go("11-10")
    make(world, wish(world, needed=1))
    previewed = removal(world)
    make(world, wish(world, "", needed=3))
    assert refusal(lambda: make(world, previewed))[0] == "rule.changed"


def test_a_locked_rule_has_no_other_villages_either(session: Session) -> None:
    world = two_villages(session)
    session.get_one(Rule, begin(session, "R1").base_id).locked = True
    assert refusal(lambda: wish(world, needed=1))[0] == "rule.locked"


def test_only_a_village_that_there_is(session: Session) -> None:
    world = two_villages(session)
    assert refusal(lambda: begin(session, "R1", world.areas["镇"]))[0] == "rule.no_village"
    assert refusal(lambda: begin(session, "R12", world.areas["青山村"]))[0] == "rule.no_village"


def test_an_officer_of_another_township_cannot(session: Session) -> None:
    world = two_villages(session)
    world.area("邻镇", "township")
    world.person("邻镇专干", "officer", "邻镇")
    wanted = wish(world, needed=1)
    assert refusal(lambda: change(session, world.view("邻镇专干"), wanted, now=world.now))[0] == "area.not_yours"


def test_a_household_that_moves_has_the_rule_of_where_it_lives_from_the_next_period_on(session: Session) -> None:
    world = two_villages(session).go("11-10")
    made = make(world, wish(world, needed=1))
    moved, there = session.get_one(Household, world.households["李宁"]), world.areas["远山村"]
    moved.village_id = moved.area_id = world.duty().village_id = there
    session.commit()
    assert (world.duty().rule_id, needed(world)) == (made.rule_id, (1, 2))
    make(world, wish(world, "远山村", due_day=20))
    assert world.duty().due_on == date(2026, 11, 20), "what changes there moves what it owes"
    world.go("12-01")
    assert needed(world, "2026-12") == (2, 2)


CHANGES: list[tuple[str, bool, dict[str, Any]]] = [
    ("青山村", True, {"needed": 1}),
    ("青山村", True, {"due_day": 18, "grace_workdays": 0}),
    ("青山村", False, {"due_day": 20}),
    ("", True, {"due_day": 20}),
]


@pytest.mark.parametrize(("village", "at_once", "values"), CHANGES)
def test_what_was_foreseen_of_a_village_is_what_is_sent(
    session: Session, village: str, at_once: bool, values: dict[str, Any]
) -> None:
    """Only 青山村's people are looked at: its helper, and those it is reported to when 远山村 has nothing to report."""
    world = two_villages(session).go("11-08")
    for day in ("11-05", "11-06"):
        world.visit("赵刚", day, "陈桂花")
    if not village:
        make(world, wish(world, "远山村", grace_workdays=5))
    world.go("11-10", "12:00")
    wanted, since = wish(world, village, at_once=at_once, **values), len(world.heard)
    found = forecast(session, wanted, world.people["专干"], now=world.now)
    made: Changed = make(world, wanted)
    assert (found.subjects, found.owners, found.starts_on) == (1, 1, made.starts_on)
    assert made.moved is None or made.moved.changed == found.duties
    world.go("11-30")
    world.session.expire_all()
    heard = Counter(day for day, _, _, _ in world.heard[since:])
    assert [(f"{day.on:%m-%d}", day.messages) for day in found.days if day.on < date(2026, 12, 1)] == sorted(
        heard.items()
    )


def test_who_moves_to_a_village_with_other_periods_is_not_asked_for_the_same_time_twice(session: Session) -> None:
    world = two_villages(session).go("11-10")
    make(world, wish(world, "远山村", at_once=False, needed=1, period="quarter"))
    world.now = datetime(2027, 1, 2, 4, tzinfo=UTC)
    world.tick()
    for name, village in (("李宁", "远山村"), ("陈桂花", "青山村")):
        household = session.get_one(Household, world.households[name])
        household.village_id = household.area_id = world.areas[village]
    session.commit()
    for rules, length, day in periods_to_plan(session, date(2027, 1, 2)):
        assert list_missing(session, rules, length, day, 1, 99, before=world.now + timedelta(days=9)) == []
        plan_households(session, rules, length, day, 1, 99, now=world.now)
    rows = session.execute(select(Duty.household_id, Duty.period).where(Duty.starts_on == date(2027, 1, 1)))
    assert set(rows) == {(world.households["李宁"], "2027-01"), (world.households["陈桂花"], "2027-Q1")}

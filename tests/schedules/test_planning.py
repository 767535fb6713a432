"""Planning: each household one duty a period, however often and in whatever pieces it is done."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import schedules.planning
from models.duties import Duty
from models.duties.planning import period_for
from models.households import Assignment, Household
from models.periods import prorated
from models.rules import PROFILES, Reminders, Rule, RuleParameters, seed_rule
from models.times import local_day
from schedules.planning import plan_some
from tests.schedules.world import World, at, township


def periods(world: World) -> list[tuple[str, str, int]]:
    rows = world.session.execute(
        select(Household.head_name, Duty.period, Duty.needed).join(Household).order_by(Household.id, Duty.period)
    )
    return [(row.head_name, row.period, row.needed) for row in rows]


@pytest.mark.parametrize("day", ["11-03", "11-22"])
def test_rules_begin_with_the_next_full_period_after_going_live(session: Session, day: str) -> None:
    """Nobody hears anything before, also where the month's reminders and its ladder would be near."""
    world = township(session, day=day).go("11-30")
    assert periods(world) == []
    assert world.go("12-01").heard == []
    assert periods(world) == [("李宁", "2026-12", 2)]


def test_planning_again_makes_nothing_new(session: Session) -> None:
    world = township(session).go("11-02")
    for _ in range(3):
        plan_some(session, now=world.now)
    assert periods(world) == [("李宁", "2026-11", 2)]


def test_each_kind_of_household_has_its_own_period(session: Session) -> None:
    world = township(session, day="06-30", parameters=PROFILES["常态化"])
    for name, kind in (("监测户", "monitored"), ("低保户", "low_income"), ("特困户", "destitute")):
        household = world.household(name, "青山村", first="张伟")
        session.get_one(Household, household).kind = kind
    session.commit()
    world.go("07-02")
    assert periods(world) == [
        ("李宁", "2026-H2", 1), ("监测户", "2026-07", 1), ("低保户", "2026-Q3", 1), ("特困户", "2026-Q3", 1),
    ]  # fmt: skip


def test_the_most_specific_area_wins_and_makes_one_duty(session: Session) -> None:
    world = township(session)
    world.area("桃园村", "village", "镇")
    world.household("陈七", "桃园村", first="张伟")
    rule = RuleParameters(needed=3)
    seeded = seed_rule(session, rule, now=world.now, today=local_day(world.now))
    session.get_one(Rule, seeded).area_id = world.areas["桃园村"]
    session.commit()
    world.go("11-02")
    assert periods(world) == [("李宁", "2026-11", 2), ("陈七", "2026-11", 3)]


def test_a_changed_rule_begins_with_the_next_period(session: Session) -> None:
    world = township(session).go("11-05")
    seed_rule(session, RuleParameters(needed=4), now=world.now, today=local_day(world.now))
    session.commit()
    world.go("12-02")
    assert periods(world) == [("李宁", "2026-11", 2), ("李宁", "2026-12", 4)]


def test_a_rule_switched_off_makes_no_more_duties(session: Session) -> None:
    world = township(session).go("11-05")
    seed_rule(session, RuleParameters(), on=False, now=world.now, today=local_day(world.now))
    session.commit()
    world.go("12-02")
    assert periods(world) == [("李宁", "2026-11", 2)]


def test_a_household_imported_later_is_planned_by_itself_and_owes_less(session: Session) -> None:
    world = township(session).go("11-20", "10:00")
    new = world.household("新户", "青山村", first="张伟")
    session.get_one(Household, new).registered_on = date(2026, 11, 20)
    session.commit()
    world.tick()
    assert ("新户", "2026-11", 1) in periods(world)
    world.go("11-30")
    assert world.days("张伟")[-4:] == ["11-19", "11-24", "11-26", "11-30"]


def test_paused_and_ended_households_owe_nothing(session: Session) -> None:
    world = township(session)
    gone = world.household("已注销", "青山村", first="张伟")
    session.get_one(Household, gone).status = "ended"
    dead = world.household("已过世", "青山村", first="张伟")
    session.get_one(Household, dead).paused_at = world.now
    session.commit()
    world.go("11-02")
    assert periods(world) == [("李宁", "2026-11", 2)]


def test_a_household_without_helper_is_planned_for_the_officers_list(session: Session) -> None:
    world = township(session)
    world.household("无人", "青山村")
    world.go("12-09")
    assert world.duty("无人").person_id is None
    assert ("12-08", ("level", "unjoined")) in world.kinds("专干")


def test_visits_made_before_the_plan_are_counted(session: Session) -> None:
    world = township(session)
    world.now = at("11-03")
    world.visit("张伟", "11-02")
    world.visit("张伟", "11-03")
    session.get_one(Household, world.households["李宁"]).last_met_on = date(2026, 11, 3)
    session.commit()
    world.go("11-04")
    assert (world.duty().done, world.duty().state) == (2, "done")


def test_a_plan_made_late_in_the_month_begins_with_what_is_still_to_come(session: Session) -> None:
    world = township(session)
    world.jump("11-20", "10:00").go("11-30")
    assert world.days("张伟") == ["11-24", "11-26", "11-30"]
    assert world.days("队长") == []


def test_many_households_are_planned_in_pieces(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules.planning, "RANGE", 3)
    world = township(session)
    for number in range(10):
        world.household(f"第{number}户", "青山村", first="张伟")
    session.commit()
    world.go("11-01")
    assert session.scalar(select(func.count()).select_from(Duty)) == 11
    assert {duty.next_action_at for duty in session.scalars(select(Duty))} == {at("11-12", "05:00")}


@pytest.mark.parametrize("length", ["month", "week", "half_month", "cron:0 0 2,12,22 * *"])
def test_the_quota_in_sql_is_the_quota_in_words(session: Session, length: str) -> None:
    world = township(session, parameters=RuleParameters(period=length, reminders=Reminders(within_days=3), ladder=()))
    days = [date(2026, 10, 25) + timedelta(days=number) for number in range(36)]
    for day in days:
        household = world.household(f"{day:%m-%d}", "青山村", first="张伟")
        session.get_one(Household, household).registered_on = day
    session.commit()
    world.go("11-02")
    period = period_for(RuleParameters(), length, date(2026, 11, 2))
    planned = {name: needed for name, of, needed in periods(world) if name != "李宁" and of == period.code}
    wanted = {f"{day:%m-%d}": prorated(2, day, period) for day in days}
    assert planned == {name: needed for name, needed in wanted.items() if needed}


def test_a_clock_that_was_ahead_and_is_put_right_gives_back_what_it_gave_too_early(session: Session) -> None:
    world = township(session).go("11-05")
    world.person("赵刚", "helper", "镇")
    changes_on(world, date(2026, 11, 10))
    assert owner(world.jump("11-12")) == "赵刚"
    assert owner(world.jump("11-06")) == "张伟"
    world.household("陈七", "青山村", first="张伟")
    changes_on(world, date(2026, 11, 9), "陈七")
    world.tick()
    assert owner(world, "陈七") == "张伟"
    assert owner(world.go("11-09"), "陈七") == "赵刚"
    assert owner(world.go("11-10")) == "赵刚"


def changes_on(world: World, day: date, household: str = "李宁") -> None:
    """张伟 has the household until a day, 赵刚 from then on."""
    of = Assignment.household_id == world.households[household], Assignment.position == "first"
    world.session.scalars(select(Assignment).where(*of)).one().ends_on = day
    world.add(
        Assignment(
            household_id=world.households[household], person_id=world.people["赵刚"], position="first", starts_on=day,
            created_at=world.now,
        )
    )  # fmt: skip
    world.session.commit()


def owner(world: World, household: str = "李宁") -> str:
    return next(name for name, number in world.people.items() if number == world.duty(household).person_id)

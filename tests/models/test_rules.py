"""Rules: what a wish comes to, what open duties become, what a restart leaves alone. A township of one household."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty, DutyEvent
from models.errors import Refused
from models.handovers.rules import list_found
from models.households import Household
from models.installation import find_fact
from models.rules import Rule, RuleParameters, list_rules_for, seed_rule
from models.rules.changing import Changed, Wish, begin, begin_undo, change, plan_versions
from models.rules.families import FAMILIES, with_value
from models.rules.queries import get_rule, list_rules, list_versions
from models.rules.starting import next_start
from models.times import local_day
from tests.schedules.world import World, at, township

MONTHLY, QUARTERLY = ("month",), ("quarter",)


def wish(world: World, code: str = "R1", *, at_once: bool = False, **values: Any) -> Wish:
    """The rule with some values replaced; `reminders__weekday` is one deeper."""
    begun = begin(world.session, code)
    parameters, state = begun.parameters, values.pop("state", begun.state)
    for path, value in values.items():
        parameters = with_value(parameters, path.replace("__", "."), value)
    return replace(begun, parameters=parameters, state=state, at_once=at_once)


def make(world: World, wanted: Wish) -> Changed:
    made = change(world.session, world.view("专干"), wanted, now=world.now)
    world.session.commit()
    return made


def refusal(act: Callable[[], object]) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code, caught.value.values


def versions(session: Session) -> list[tuple[int, str, str, date]]:
    rules = session.scalars(select(Rule).where(Rule.code == "R1").order_by(Rule.version))
    return [(rule.version, rule.source, rule.state, rule.starts_on) for rule in rules]


def test_a_new_period_begins_where_all_its_lengths_do() -> None:
    today = date(2026, 11, 22)
    assert next_start(MONTHLY, MONTHLY, today) == date(2026, 12, 1)
    assert next_start(MONTHLY, QUARTERLY, today) == date(2027, 1, 1)
    assert next_start(QUARTERLY, MONTHLY, date(2026, 12, 31)) == date(2027, 1, 1)
    assert next_start(("month", "half_year"), ("month", "half_year"), today) == date(2026, 12, 1)
    assert next_start(("half_month",), ("half_month",), date(2026, 11, 10)) == date(2026, 11, 16)
    assert next_start(("week",), ("week",), today) == date(2026, 11, 23)
    assert next_start(MONTHLY, ("week",), today) == date(2026, 12, 1)
    assert next_start(("week",), MONTHLY, today) == date(2026, 12, 1)
    assert next_start(("week",), ("cron:0 0 1,11,21 * *",), today) == date(2026, 12, 1)


def test_a_change_takes_effect_with_the_next_period(session: Session) -> None:
    world = township(session).go("11-10")
    made = make(world, wish(world, due_day=20))
    assert made.starts_on == date(2026, 12, 1)
    assert world.duty().due_on == date(2026, 11, 25)
    assert world.go("12-05").duty(period="2026-12").due_on == date(2026, 12, 20)


def test_a_change_from_now_moves_open_duties_and_says_why(session: Session) -> None:
    world = township(session).go("11-10")
    made = make(world, wish(world, at_once=True, due_day=20))
    duty = world.duty()
    assert (duty.due_on, duty.rule_id) == (date(2026, 11, 20), made.rule_id)
    [event] = session.scalars(select(DutyEvent).where(DutyEvent.kind == "rule"))
    assert (event.cause, event.person_id) == (f"rule:{made.rule_id}", world.people["专干"])
    assert event.facts["was"]["due_on"] == "2026-11-25"


def test_what_was_done_is_not_opened_again_by_a_higher_quota(session: Session) -> None:
    world = township(session, parameters=RuleParameters(needed=1)).go("11-10")
    world.visit("张伟", "11-10")
    make(world, wish(world, at_once=True, needed=2))
    assert (world.duty().state, world.duty().needed) == ("done", 1)


def test_a_quota_of_nothing_makes_open_duties_void_and_undo_asks_again(session: Session) -> None:
    world = township(session).go("11-10")
    session.get_one(Household, world.household("王秀英", "青山村", first="张伟")).kind = "monitored"
    made = make(world, wish(world, at_once=True, kinds={"general": {"needed": 0, "period": "month"}}))
    assert (world.duty().state, made.moved and made.moved.void) == ("void", 1)
    make(world, begin_undo(session, made.rule_id, now=world.now))
    assert (world.duty().state, world.duty().needed) == ("open", 2)


def test_a_lower_quota_that_is_met_already_ends_the_duty_and_undo_opens_it(session: Session) -> None:
    world = township(session).go("11-10")
    world.visit("张伟", "11-10")
    made = make(world, wish(world, at_once=True, needed=1))
    assert (world.duty().state, made.moved and made.moved.done) == ("done", 1)
    undone = make(world, begin_undo(session, made.rule_id, now=world.now))
    duty = world.duty()
    assert (duty.state, duty.needed, undone.moved and undone.moved.reopened) == ("open", 2, 1)


def test_what_was_said_is_not_said_again(session: Session) -> None:
    world = township(session).go("12-08")
    before = world.kinds("专干")
    assert [kinds for _, kinds in before][-1] == ("level",)
    ladder = begin(session, "R1").parameters["ladder"]
    make(world, wish(world, at_once=True, ladder=[step for step in ladder if step["level"] > 1]))
    world.go("12-11")
    assert world.kinds("专干") == before


def test_a_rule_switched_off_sends_nothing_and_goes_on_where_it_stood(session: Session) -> None:
    world = township(session).go("11-13", "12:00")
    made = make(world, wish(world, at_once=True, state="off"))
    heard = list(world.heard)
    world.go("12-20")
    assert world.heard == heard
    assert session.scalars(select(Duty).where(Duty.period == "2026-12")).all() == []
    make(world, begin_undo_late(world, made.rule_id))
    assert world.duty().state == "void", "what ran out meanwhile is asked for no more"
    world.go("12-22")
    assert world.duty(period="2026-12").state == "open"


def begin_undo_late(world: World, rule_id: int) -> Wish:
    assert refusal(lambda: begin_undo(world.session, rule_id, now=world.now))[0] == "rule.undo_late"
    return wish(world, at_once=True, state="on")


def test_two_changes_with_different_days_keep_their_days(session: Session) -> None:
    """What is to come on 1 December is not brought forward by a change from now on."""
    world = township(session).go("11-10")
    make(world, wish(world, due_day=20))
    world.now = at("11-11")
    made = make(world, wish(world, at_once=True, repeat_times=0))
    governs = {day: list_rules_for(session, "R1", day)[0].parameters for day in (date(2026, 11, 1), date(2026, 12, 1))}
    assert [(each["due_day"], each["repeat_times"]) for each in governs.values()] == [(25, 0), (20, 0)]
    world.now = at("11-12")
    make(world, begin_undo(session, made.rule_id, now=world.now))
    governs = {day: list_rules_for(session, "R1", day)[0].parameters for day in governs}
    assert [(each["due_day"], each["repeat_times"]) for each in governs.values()] == [(25, 4), (20, 4)]


def test_what_has_not_begun_is_taken_back_before_it_does(session: Session) -> None:
    world = township(session).go("11-10")
    made = make(world, wish(world, due_day=20))
    world.now = at("11-12")
    undone = make(world, begin_undo(session, made.rule_id, now=world.now))
    assert (undone.starts_on, undone.at_once) == (date(2026, 12, 1), False)
    assert world.go("12-05").duty(period="2026-12").due_on == date(2026, 12, 25)


REFUSED = (
    ({"due_day": 29}, ("rule.bounds", {"low": 1, "high": 28})),
    ({"needed": 0}, ("rule.empty_scope", {})),
    ({"period": "fortnight"}, ("rule.period", {})),
    ({"kinds": {"monitored": {"needed": 1, "period": "month"}}}, ("rule.no_such_households", {})),
    ({"period": "half_month", "reminders__within_days": 20}, ("rule.lead_too_long", {"days": 15})),
    ({"due_day": 3}, ("rule.early_too_long", {"days": 2})),
    ({}, ("rule.no_change", {})),
)


@pytest.mark.parametrize(("values", "refused"), REFUSED)
def test_what_cannot_be_is_refused_at_entry(session: Session, values: dict[str, Any], refused: tuple[str, Any]) -> None:
    world = township(session).go("11-10")
    assert refusal(lambda: plan_versions(session, wish(world, **values), now=world.now)) == refused


LEADER = {"level": 4, "who": "leader", "after": 10}
LADDERS = (
    ([{"level": 1, "who": "team_head", "after": -2}], "rule.ladder_side"),
    ([{"level": 1, "who": "officer", "after": 9}, {**LEADER, "after": 3}], "rule.ladder_order"),
    ([{"level": 1, "who": "officer", "after": 2}] * 2, "rule.ladder_twice"),
    ([{**LEADER, "after": 61}], "rule.bounds"),
    ([{**LEADER, "after": 9}], "rule.nobody_leader"),
)


@pytest.mark.parametrize(("ladder", "code"), LADDERS)
def test_a_ladder_nobody_can_climb_is_refused(session: Session, ladder: list[dict[str, Any]], code: str) -> None:
    world = township(session).go("11-10")
    for grant in world.view("书记").grants:
        assert grant.role == "leader"
    from models.people import Grant

    session.scalars(select(Grant).where(Grant.role == "leader")).one().ends_on = local_day(world.now)
    session.flush()
    assert refusal(lambda: plan_versions(session, wish(world, ladder=ladder), now=world.now))[0] == code


def test_periods_of_another_length_begin_with_the_next(session: Session) -> None:
    world = township(session).go("11-10")
    wanted = wish(world, at_once=True, needed=1, period="quarter")
    assert refusal(lambda: make(world, wanted))[0] == "rule.next_only"
    assert make(world, replace(wanted, at_once=False)).starts_on == date(2027, 1, 1)


def test_a_change_begun_before_anothers_is_not_done_over_it(session: Session) -> None:
    world = township(session).go("11-10")
    stale = wish(world, due_day=20)
    make(world, wish(world, due_day=22))
    assert refusal(lambda: make(world, stale))[0] == "rule.changed"


def test_a_locked_rule_is_changed_in_the_file_only(session: Session) -> None:
    world = township(session).go("11-10")
    seed_rule(session, RuleParameters(), now=world.now, today=local_day(world.now), locked=True)
    assert refusal(lambda: begin(session, "R1"))[0] == "rule.locked"


def seed(world: World, parameters: RuleParameters, **more: bool) -> None:
    seed_rule(world.session, parameters, now=world.now, today=local_day(world.now), **more)
    world.session.commit()


def test_a_restart_with_the_same_file_leaves_what_was_changed_in_chat(session: Session) -> None:
    world = township(session).go("11-10")
    make(world, wish(world, due_day=20))
    before = versions(session)
    seed(world, RuleParameters())
    assert versions(session) == before
    seed(world, RuleParameters(due_day=22))
    assert versions(session)[2:] == [(3, "toml", "on", date(2026, 12, 1))]
    fact = find_fact(session, "rule_file:R1")
    assert fact is not None
    assert fact["parameters"]["due_day"] == 22


def test_a_file_that_says_what_the_chat_said_first_changes_nothing_twice(session: Session) -> None:
    world = township(session).go("11-10")
    make(world, wish(world, due_day=20))
    seed(world, RuleParameters(due_day=20))
    assert len(versions(session)) == 2
    make(world, wish(world, due_day=22))
    seed(world, RuleParameters(due_day=20))
    assert len(versions(session)) == 3, "the file is the one of the last start"


def test_a_file_that_locks_says_what_holds(session: Session) -> None:
    world = township(session).go("11-10")
    make(world, wish(world, due_day=20))
    seed(world, RuleParameters(), locked=True)
    assert get_rule(session, "R1", world.now).later_on is not None
    assert versions(session)[-1][1] == "toml"


def test_every_rule_has_a_card_and_its_versions_say_what_changed(session: Session) -> None:
    world = township(session).go("11-10")
    make(world, wish(world, "R12", at_once=True, most=8))
    make(world, wish(world, due_day=20))
    assert [view.code for view in list_rules(session, world.now)] == sorted(
        FAMILIES, key=lambda each: (len(each), each)
    )
    assert get_rule(session, "R12", world.now).parameters["most"] == 8
    newest = list_versions(session, "R1", 1).items[0]
    assert (newest.by, newest.changes, newest.after["due_day"], newest.at_once) == ("专干", ("due_day",), 20, False)


def test_the_load_of_helpers_is_what_the_rule_says(session: Session) -> None:
    world = township(session).go("11-02")
    for number in range(2):
        world.household(f"户{number}", "青山村", first="张伟")
    paths = ["/"]
    assert [each.kind for each in list_found(session, paths, local_day(world.now))] == []
    make(world, wish(world, "R12", at_once=True, most=2))
    assert [(each.kind, each.n) for each in list_found(session, paths, local_day(world.now))] == [("too_many", 3)]
    world.now = at("11-03")
    make(world, wish(world, "R12", at_once=True, state="off"))
    assert list_found(session, paths, local_day(world.now)) == []

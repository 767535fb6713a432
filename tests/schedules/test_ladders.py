"""The ladder meets the world: nobody in a post, blocked people, downtime, reports that wait, deaths, new helpers."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases.digests import read_digest
from models.cases.views import Coming, find_view
from models.duties import Duty, DutyEvent, after_assignment, end_household, resume_household
from models.households import Assignment, Household
from models.notices import Notice
from models.people import Grant, Person
from models.rules import LADDER, LadderStep, RuleParameters
from models.times import local_day
from schedules.digests import digest_key
from schedules.reminders import remind_some
from tests.conftest import Play
from tests.schedules.world import World, township, township_on


@pytest.fixture
def world(played_on_sqlite: Play) -> World:
    """The end of the extra days: nobody visited, the ladder begins tomorrow."""
    return played_on_sqlite(township_on, "12-03", "23:00")


def drop_post(world: World, name: str) -> None:
    for grant in world.session.scalars(select(Grant).where(Grant.person_id == world.people[name])):
        grant.ends_on = date(2026, 11, 1)


def block(world: World, name: str) -> None:
    world.session.get_one(Person, world.people[name]).unreachable_at = world.now


def events(world: World, kind: str) -> list[DutyEvent]:
    return list(world.session.scalars(select(DutyEvent).where(DutyEvent.kind == kind).order_by(DutyEvent.id)))


def test_a_level_nobody_holds_is_passed_over_and_the_officer_is_told(world: World) -> None:
    drop_post(world, "副镇长")
    world.go("12-18")
    assert ("12-14", ("passed",)) in world.kinds("专干")
    assert world.days("书记") == ["12-17"]


def test_a_level_whose_people_blocked_the_bot_is_passed_over(world: World) -> None:
    block(world, "队长")
    world.go("12-08")
    assert world.days("队长") == ["11-18"]
    assert ("12-07", ("passed",)) in world.kinds("专干")
    assert ("12-08", ("level",)) in world.kinds("专干")


def test_a_village_secretary_off_the_ladder_is_not_told(world: World) -> None:
    world.person("村支书", "team_head", "青山村")
    world.session.scalars(select(Grant).where(Grant.person_id == world.people["村支书"])).one().on_ladder = False
    world.go("12-08")
    assert world.days("村支书") == []


def test_the_post_nearest_to_the_village_is_told(world: World) -> None:
    world.person("片长", "team_head", "镇")
    world.go("12-08")
    assert world.days("片长") == []
    drop_post(world, "队长")
    world.session.commit()
    world.go("12-31")
    assert world.duty(period="2026-12").position == 1
    assert world.days("片长")[0] == "12-18"


def test_a_duty_whose_helper_never_joined_stands_only_on_the_officers_list(session: Session) -> None:
    world = township(session)
    helper = session.get_one(Person, world.people["张伟"])
    helper.joined_at = helper.telegram_id = None
    world.go("12-22")
    assert world.days("张伟") == world.days("王芳") == world.days("队长") == world.days("书记") == []
    assert world.kinds("专干") == [("12-08", ("unjoined",))]
    assert world.duty().level == 0
    day, officer = date(2026, 12, 8), world.people["专干"]
    digest, view = read_digest(session, officer, digest_key(officer, day, 1), day), find_view(session, world.duty().id, day)
    assert digest
    assert view
    assert (digest.villages, [(each.name, each.n) for each in digest.unjoined]) == ((), [("张伟", 1)])
    assert view.next is None
    reasons = session.scalars(select(Notice.reason).where(Notice.recipient_id == helper.id).distinct()).all()
    assert reasons == ["never_joined"]


def test_an_owner_is_not_reported_to_himself(session: Session) -> None:
    world = township(session, second=False)
    session.scalars(select(Assignment)).one().person_id = world.people["队长"]
    world.go("12-08")
    assert ("12-04", ("level",)) not in world.kinds("队长")
    assert world.duty().position == 4


def test_after_a_downtime_only_the_newest_missed_reminder_is_sent(session: Session) -> None:
    world = township(session).go("11-11")
    world.jump("11-26", "20:00")
    assert world.kinds("张伟") == [("11-26", ("remind",))]
    skipped = [event.facts["on"] for event in events(world, "skipped") if event.facts["step"] == "remind"]
    assert skipped == ["2026-11-12", "2026-11-19", "2026-11-24"]
    world.go("11-30")
    assert world.days("张伟") == ["11-26", "11-30"]


def test_a_reminder_that_no_digest_took_before_a_downtime_gives_way_to_the_newest(session: Session) -> None:
    world = township(session).go("11-11")
    assert remind_some(session, now=world.duty().next_action_at or world.now)
    world.jump("11-26", "20:00")
    reminders = session.execute(select(Notice.step, Notice.state, Notice.reason).order_by(Notice.id)).all()
    assert [tuple(each) for each in reminders] == [
        ("remind:2026-11-12", "cancelled", "newer"),
        ("remind:2026-11-26", "gathered", None),
    ]


def test_a_reminder_that_no_digest_told_in_time_is_skipped_and_says_so(session: Session) -> None:
    """The last reminder is made, then the bot is away until the ladder has begun."""
    world = township(session, parameters=RuleParameters(late_limit=1)).go("12-02")
    assert remind_some(session, now=world.duty().next_action_at or world.now)
    made = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert made is not None
    assert (made.step, made.state) == ("remind:2026-12-03", "waiting")
    before = len(world.heard)
    world.jump("12-07", "20:00")
    assert (made.state, made.reason) == ("cancelled", "late")
    assert [kinds for _, _, name, kinds in world.heard[before:] if name == "张伟" and "remind" in kinds] == []
    assert "2026-12-03" in [event.facts["on"] for event in events(world, "skipped")]


def test_a_reminder_too_old_to_help_is_skipped_and_says_so(session: Session) -> None:
    world = township(session, parameters=RuleParameters(late_limit=1)).go("11-11")
    world.jump("11-23", "20:00")
    assert world.days("张伟") == []
    assert [event.facts["on"] for event in events(world, "skipped")] == ["2026-11-12", "2026-11-19"]
    world.go("11-24")
    assert world.days("张伟") == ["11-24"]


def test_a_reminder_missed_yesterday_comes_at_the_persons_hour_today(session: Session) -> None:
    world = township(session).go("11-18")
    world.jump("11-20", "09:00").go("11-20")
    assert [(day, clock) for day, clock, name, _ in world.heard if name == "张伟"][-1] == ("11-20", "19:20")


def test_after_a_downtime_the_ladder_moves_one_level_and_its_times_begin_again(world: World) -> None:
    world.jump("12-15", "09:00")
    assert world.duty().level == 1
    assert world.days("王芳") == []
    world.go("12-31")
    first = {
        name: next(day for day, kinds in world.kinds(name) if "level" in kinds)
        for name in ("王芳", "队长", "专干", "副镇长", "书记")
    }
    assert first == {"王芳": "12-15", "队长": "12-16", "专干": "12-17", "副镇长": "12-21", "书记": "12-28"}


def test_a_report_that_waits_holds_the_ladder_for_three_working_days(world: World) -> None:
    world.go("12-03", "23:30")
    visit, _ = world.visit("张伟", "12-03", state="unconfirmed")
    world.go("12-04", "23:00")
    foreseen = find_view(world.session, world.duty().id, local_day(world.now))
    assert foreseen is not None
    assert foreseen.next == Coming("second_helper", date(2026, 12, 9))
    world.go("12-09", "23:00")
    assert world.days("王芳") == ["12-09"]
    assert ("12-04", ("unconfirmed",)) in world.kinds("张伟")
    assert [event.cause for event in events(world, "held")] == ["unconfirmed"]
    assert visit.state == "unconfirmed"


def test_a_death_stops_everything_at_once_and_the_officer_hears_it(world: World) -> None:
    world.go("12-07", "10:00")
    world.visit("张伟", "12-07", outcome="deceased")
    assert session_household(world).paused_reason == "deceased"
    world.go("12-16")
    assert ("12-07", "10:00", "专干", ("deceased",)) in world.heard
    assert world.days("副镇长") == []
    assert ("12-14", ("held",)) in world.kinds("专干")
    assert world.duty().next_action_at is not None


def session_household(world: World) -> Household:
    return world.session.get_one(Household, world.households["李宁"])


def test_a_family_that_lives_on_goes_on_where_it_stood(world: World) -> None:
    world.go("12-08", "10:00")
    world.visit("张伟", "12-08", outcome="deceased")
    world.go("12-10", "10:00")
    resume_household(world.session, world.households["李宁"], now=world.now, person_id=world.people["专干"])
    world.session.commit()
    world.go("12-24")
    assert world.days("副镇长")[0] == "12-14"
    assert world.days("书记")[0] == "12-18"


def test_what_came_due_in_a_stop_that_ends_on_a_free_day_waits_for_the_next_working_day(world: World) -> None:
    world.go("12-18", "10:00")
    world.visit("张伟", "12-18", outcome="deceased")
    world.go("12-26", "06:00")  # a Saturday; the leader would have heard it again on Monday 21
    resume_household(world.session, world.households["李宁"], now=world.now, person_id=world.people["专干"])
    world.session.commit()
    world.go("12-28")
    assert world.days("书记") == ["12-17", "12-28"]


def test_a_duty_opened_again_while_a_death_stands_is_held_until_the_officer_has_decided(world: World) -> None:
    world.go("12-07", "10:00")
    visit, _ = world.visit("张伟", "12-07")
    world.visit("张伟", "12-07", outcome="deceased")
    world.withdraw(visit)
    assert (world.duty().state, world.duty().next_action) == ("open", "held")
    resume_household(world.session, world.households["李宁"], now=world.now)
    assert world.duty().next_action == "level"


def test_a_duty_opened_again_after_the_officer_has_decided_goes_on(world: World) -> None:
    world.go("12-07", "10:00")
    world.visit("张伟", "12-07", outcome="deceased")
    visit, _ = world.visit("张伟", "12-07")
    resume_household(world.session, world.households["李宁"], now=world.now)
    world.withdraw(visit)
    assert (world.duty().state, world.duty().next_action, world.duty().paused_reason) == ("open", "level", None)


def test_a_report_of_a_death_taken_back_restores_the_clock(world: World) -> None:
    world.go("12-08", "10:00")
    visit, _ = world.visit("张伟", "12-08", outcome="deceased")
    world.withdraw(visit)
    assert session_household(world).paused_at is None
    world.go("12-17")
    assert world.days("副镇长") == ["12-14"]
    assert world.days("书记") == ["12-17"]


def test_a_household_without_anybody_left_ends(world: World) -> None:
    world.visit("张伟", "12-03", outcome="deceased")
    end_household(world.session, world.households["李宁"], now=world.now, person_id=world.people["专干"])
    world.session.commit()
    assert world.duty().state == "void"
    world.go("12-31")
    assert world.days("书记") == []


def test_a_team_heads_own_visit_settles_a_case_and_counts_for_nobody(world: World) -> None:
    world.go("12-09", "12:00")
    _, changes = world.visit("队长", "12-09", capacity="team_head")
    assert [(c.period, c.done, c.after) for c in changes] == [("2026-12", 0, "open"), ("2026-11", 0, "settled")]
    world.go("12-31")
    assert [day for day, kinds in world.kinds("专干") if "outcome" in kinds] == ["12-14"]
    assert not any("outcome" in kinds for _, kinds in world.kinds("队长"))


@pytest.mark.parametrize(
    "more", [{"kind": "courtesy"}, {"kind": "phone"}, {"outcome": "not_home"}, {"capacity": "inspector"}]
)
def test_other_calls_do_not_count_and_settle_nothing(world: World, more: dict[str, str]) -> None:
    _, changes = world.visit("张伟", "12-03", **more)
    assert [(c.done, c.after) for c in changes] == [(0, "open"), (0, "open")]


def test_two_visits_of_one_day_count_once(session: Session) -> None:
    world = township(session).go("11-05")
    world.visit("张伟", "11-05")
    _, changes = world.visit("王芳", "11-05", capacity="second")
    assert changes[0].done == 1
    _, changes = world.visit("王芳", "11-04", capacity="second")
    assert (changes[0].done, changes[0].after) == (2, "done")


def test_a_phone_call_counts_where_the_rule_says_so(session: Session) -> None:
    world = township(session, parameters=RuleParameters(phone_counts=True)).go("11-05")
    _, changes = world.visit("张伟", "11-05", kind="phone")
    assert changes[0].done == 1


def test_a_new_helper_has_two_weeks_before_the_ladder_begins(world: World) -> None:
    world.person("刘芳", "helper", "镇")
    old = world.session.scalars(select(Assignment).where(Assignment.position == "first")).one()
    old.ends_on = date(2026, 12, 3)
    world.session.flush()
    world.add(
        Assignment(
            household_id=old.household_id, person_id=world.people["刘芳"], position="first",
            starts_on=date(2026, 12, 3), created_at=world.now,
        )
    )  # fmt: skip
    world.go("12-18")
    assert world.duty().person_id == world.people["刘芳"]
    assert world.days("王芳") == ["12-17"]
    assert [event.cause for event in events(world, "paused")] == ["new_assignment"]


def test_who_takes_over_in_the_middle_owes_less(session: Session) -> None:
    world = township(session).go("11-20")
    world.person("刘芳", "helper", "镇")
    old = session.scalars(select(Assignment).where(Assignment.position == "first")).one()
    old.ends_on = date(2026, 11, 20)
    session.flush()
    world.add(
        Assignment(
            household_id=old.household_id, person_id=world.people["刘芳"], position="first",
            starts_on=date(2026, 11, 20), created_at=world.now,
        )
    )  # fmt: skip
    assert after_assignment(session, [old.household_id], now=world.now) == 1
    duty = world.duty()
    assert (duty.person_id, duty.needed, duty.state) == (world.people["刘芳"], 1, "open")
    session.commit()
    world.go("11-30")
    assert world.days("刘芳") == ["11-24", "11-26", "11-30"]


def test_a_visit_withdrawn_long_after_opens_the_duty_once_more(session: Session) -> None:
    world = township(session).go("11-05")
    world.visit("张伟", "11-04")
    visit, _ = world.visit("张伟", "11-05")
    world.go("12-07", "12:00")
    world.withdraw(visit)
    assert world.duty().state == "void"
    again = world.duty(cycle=2)
    assert (again.state, again.needed, again.due_on) == ("open", 1, date(2026, 12, 14))
    assert again.next_action_at is not None
    world.go("12-16")
    assert ("12-15", ("level",)) in world.kinds("王芳")
    world.visit("张伟", "12-16")
    assert world.duty(cycle=2).state == "settled"


def test_leaders_who_want_every_case_get_an_alert_of_its_own(session: Session) -> None:
    ladder = tuple(
        LadderStep(step.level, step.who, step.after, step.after_alone, "alert" if step.who == "deputy" else step.form)
        for step in LADDER
    )
    world = township(session, parameters=RuleParameters(ladder=ladder)).go("12-10")
    assert ("12-10", "07:50", "副镇长", ("level",)) in world.heard


def test_nothing_planned_is_ever_without_a_next_moment(world: World) -> None:
    world.go("12-31")
    open_without = select(func.count()).where(Duty.state == "open", Duty.next_action_at.is_(None))
    assert world.session.scalar(open_without) == 0

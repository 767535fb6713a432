"""Fixed dates: R2, R3 and R8 of a spring, day by day; who owes them when posts change hands."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.calendar.days import view_day
from models.duties import Duty
from models.duties.finishing import begin_finish, explain_date, take_back_finish
from models.errors import Refused
from models.notices import Notice
from models.people import Grant
from models.rules import Rule
from models.rules.changing import begin
from models.rules.dates import DATE_RULES, DateParameters
from models.times import local_day
from schedules.auditor.duties import find_figures, find_missing, plan
from schedules.auditor.shapes import Look
from schedules.forecasting import forecast
from tests.schedules.world import World, township

EASY = {code: replace(rule, evidence="none") for code, rule in DATE_RULES.items()}
OFFICER = ["04-30", "05-06", "05-08", "05-13", "05-14", "05-18", "05-19", "05-21"]


def set_rule(world: World, code: str, parameters: DateParameters, state: str = "on") -> None:
    """One more version of a rule, from today on."""
    versions = world.session.scalars(select(Rule.version).where(Rule.code == code)).all()
    world.add(
        Rule(
            code=code, version=len(versions) + 1, state=state, source="chat", parameters=parameters.to_dict(),
            starts_on=local_day(world.now), created_at=world.now,
        )
    )  # fmt: skip
    world.session.commit()


def find(world: World, code: str) -> list[Duty]:
    world.session.flush()
    world.session.expire_all()
    return list(world.session.scalars(select(Duty).where(Duty.rule_code == code).order_by(Duty.id)))


def hand_post(world: World, role: str, to: str, area: str = "镇") -> None:
    """Whoever holds a post leaves it today, somebody else takes it."""
    ends = update(Grant).where(Grant.role == role, Grant.ends_on.is_(None)).values(ends_on=local_day(world.now))
    world.session.execute(ends)
    if to:
        world.person(to, role, area)
    world.session.commit()


def live_in_march(session: Session) -> World:
    """Nothing but fixed dates is heard: the visit rule is off."""
    world = township(session, "03-02")
    world.session.execute(update(Rule).values(state="off"))
    return world


@pytest.fixture
def spring(session: Session) -> World:
    world = live_in_march(session)
    for code, parameters in EASY.items():
        set_rule(world, code, parameters)
    return world


def test_three_deadlines_of_a_spring_as_they_are_heard(spring: World) -> None:
    """1 to 5 May are free: the first reminder of the 15th comes on 30 April, that of the 20th on 6 May."""
    spring.go("05-27", "12:00")
    assert spring.days("专干")[:8] == OFFICER
    assert {clock for _, clock, _, _ in spring.heard} == {"07:50"}
    assert spring.kinds("副镇长") == [("05-19", ("level",)), ("05-22", ("level",))]
    assert spring.kinds("书记") == [("05-22", ("level",)), ("05-25", ("again",)), ("05-27", ("level",))]
    assert spring.days("张伟") == spring.days("队长") == []
    assert [(duty.subject, duty.period, duty.due_on) for code in EASY for duty in find(spring, code)] == [
        (f"area:{spring.areas['镇']}", "2026", date(2026, 5, day)) for day in (15, 15, 20)
    ]


def test_done_in_time_nobody_else_hears_of_it(spring: World) -> None:
    spring.go("05-08", "12:00")
    for code in EASY:
        begin_finish(spring.session, spring.view("专干"), find(spring, code)[0].id, now=spring.now)
    spring.go("06-30")
    assert spring.days("专干") == ["04-30", "05-06", "05-08"]
    assert spring.days("副镇长") == spring.days("书记") == []
    assert [(duty.state, duty.done, duty.late) for code in EASY for duty in find(spring, code)] == [("done", 1, 0)] * 3


def test_done_late_or_explained_is_heard_by_who_was_told(spring: World) -> None:
    spring.go("05-20", "12:00")
    officer = spring.view("专干")
    begin_finish(spring.session, officer, find(spring, "R2")[0].id, now=spring.now)
    explain_date(spring.session, officer, find(spring, "R3")[0].id, "县里改到六月", now=spring.now)
    explain_date(spring.session, officer, find(spring, "R8")[0].id, "表还没发下来", now=spring.now)
    spring.go("06-30")
    assert (find(spring, "R2")[0].state, find(spring, "R2")[0].late) == ("done", 1)
    assert spring.kinds("副镇长") == [("05-19", ("level",)), ("05-25", ("outcome",))]
    assert spring.days("书记") == []
    assert spring.days("专干") == OFFICER[:-1]


def test_an_undo_puts_back_what_was(spring: World) -> None:
    spring.go("05-19", "12:00")
    duty = find(spring, "R2")[0]
    stood = (duty.level, duty.next_action, duty.next_action_at)
    begin_finish(spring.session, spring.view("专干"), duty.id, now=spring.now)
    assert (duty.state, duty.done) == ("done", 1)
    take_back_finish(spring.session, spring.view("专干"), duty.id, now=spring.now)
    assert (duty.state, duty.done, (duty.level, duty.next_action, duty.next_action_at)) == ("open", 0, stood)
    with pytest.raises(Refused, match=r"duty\.unknown"):
        begin_finish(spring.session, spring.view("副镇长"), duty.id, now=spring.now)


def test_a_reason_is_offered_from_the_last_reminder_before_the_day(spring: World) -> None:
    spring.go("05-13", "12:00")
    duty = find(spring, "R2")[0]
    with pytest.raises(Refused, match=r"date\.too_early"):
        explain_date(spring.session, spring.view("专干"), duty.id, "忙", now=spring.now)
    spring.go("05-14", "12:00")
    explain_date(spring.session, spring.view("专干"), duty.id, "县里改期", now=spring.now)
    begin_finish(spring.session, spring.view("专干"), duty.id, now=spring.now)
    assert duty.state == "done"


def test_who_takes_the_post_over_takes_what_is_open(spring: World) -> None:
    spring.go("05-07", "12:00")
    hand_post(spring, "officer", "新专干")
    spring.go("05-31")
    assert spring.days("专干") == ["04-30", "05-06"]
    assert spring.kinds("新专干")[0] == ("05-08", ("reassigned", "remind"))
    assert {duty.person_id for code in EASY for duty in find(spring, code)} == {spring.people["新专干"]}


def test_a_post_nobody_holds_is_told_and_goes_on_up(session: Session) -> None:
    world = live_in_march(session)
    set_rule(world, "R2", replace(EASY["R2"], role="clerk"))
    world.go("05-22", "12:00")
    why = world.session.scalars(select(Notice.facts).where(Notice.kind == "passed")).all()
    assert [(facts["who"], facts["why"]) for facts in why] == [("clerk", "no_owner")]
    assert world.days("专干") == ["04-30"]
    assert world.days("副镇长") == ["05-19"]
    world.person("内勤", "clerk", "镇")
    world.session.commit()
    world.go("05-25", "12:00")
    assert find(world, "R2")[0].person_id == world.people["内勤"]


def test_each_person_of_a_role_owes_their_own(session: Session) -> None:
    world = live_in_march(session)
    set_rule(world, "D1", replace(EASY["R2"], role="helper", per="person"))
    set_rule(world, "D2", replace(EASY["R2"], role="team_head", per="village"))
    world.go("05-04")
    own = {duty.subject: duty.person_id for duty in find(world, "D1")}
    assert own == {f"person:{world.people[name]}": world.people[name] for name in ("张伟", "王芳")}
    assert [duty.person_id for duty in find(world, "D2")] == [world.people["队长"]]
    assert world.heard[0][:3] == ("04-30", "07:50", "队长")
    world.session.execute(update(Grant).where(Grant.person_id == world.people["张伟"]).values(ends_on=date(2026, 5, 4)))
    world.session.commit()
    world.go("05-07")
    assert [(duty.state, duty.person_id == world.people["王芳"]) for duty in find(world, "D1")] == [
        ("waived", False), ("open", True),
    ]  # fmt: skip


def test_two_people_who_are_one_owe_it_once(session: Session) -> None:
    world = live_in_march(session)
    set_rule(world, "D1", replace(EASY["R2"], role="helper", per="person"))
    world.go("05-04")
    gone = next(duty for duty in find(world, "D1") if duty.person_id == world.people["王芳"])
    gone.person_id = world.people["张伟"]
    world.grant("王芳", "clerk", "镇")
    world.session.execute(update(Grant).where(Grant.person_id == world.people["王芳"]).values(ends_on=date(2026, 5, 4)))
    world.session.commit()
    world.go("05-05")
    assert sorted(duty.state for duty in find(world, "D1")) == ["open", "waived"]


def test_nothing_is_owed_from_before_going_live_or_being_switched_on(session: Session) -> None:
    world = live_in_march(session).go("05-16", "12:00")
    for code, parameters in EASY.items():
        set_rule(world, code, parameters)
    world.go("05-17")
    assert find(world, "R2") == find(world, "R3") == []
    assert [duty.due_on for duty in find(world, "R8")] == [date(2026, 5, 20)]
    set_rule(world, "D3", replace(EASY["R2"], every="once", days=("2026-05-01",)))
    world.go("05-19")
    assert find(world, "D3") == []


def test_a_changed_day_holds_for_the_next_time_and_is_not_owed_twice(spring: World) -> None:
    spring.go("05-04")
    set_rule(spring, "R2", replace(EASY["R2"], days=("5-28",)))
    set_rule(spring, "R8", replace(EASY["R8"], days=("5-28",)))
    spring.go("06-30")
    assert [duty.due_on for duty in find(spring, "R2")] == [date(2026, 5, 15)]
    assert [duty.due_on for duty in find(spring, "R8")] == [date(2026, 5, 28)]


def test_a_rule_switched_off_is_silent_and_goes_on_when_it_is_on_again(spring: World) -> None:
    spring.go("05-06", "12:00")
    for code, parameters in EASY.items():
        set_rule(spring, code, parameters, "off")
    spring.go("05-18")
    assert spring.days("专干") == ["04-30", "05-06"]
    for code, parameters in EASY.items():
        set_rule(spring, code, parameters)
    spring.go("05-19", "12:00")
    assert [duty.state for code in EASY for duty in find(spring, code)] == ["void", "void", "open"]
    assert spring.days("专干") == ["04-30", "05-06", "05-19"]


def test_a_standstill_is_made_up_for_with_one_message(spring: World) -> None:
    spring.go("04-28").jump("05-11", "08:00")
    spring.go("05-13")
    assert spring.days("专干") == ["05-12", "05-13"]
    assert len(find(spring, "R2")) == 1


def test_the_auditor_sees_what_is_missing_or_counted_wrong(spring: World) -> None:
    spring.go("05-08", "12:00")
    begin_finish(spring.session, spring.view("专干"), find(spring, "R3")[0].id, now=spring.now)
    look = Look(spring.now + timedelta(minutes=5), True, {})
    assert find_missing(spring.session, look) == find_figures(spring.session, look) == []
    spring.session.execute(update(Notice).where(Notice.duty_id == find(spring, "R2")[0].id).values(duty_id=None))
    spring.session.delete(find(spring, "R2")[0])
    find(spring, "R8")[0].done = 1
    spring.session.flush()
    [missing] = find_missing(spring.session, Look(look.now, True, {}))
    assert missing.subject == f"area:{spring.areas['镇']}:R2:2026"
    assert len(find_figures(spring.session, Look(look.now, True, {}))) == 1
    plan(spring.session, missing, look.now)
    assert find_missing(spring.session, Look(look.now, True, {})) == []


def test_a_change_is_foreseen_and_a_day_looked_up(session: Session) -> None:
    world = live_in_march(session)
    set_rule(world, "D1", replace(EASY["R2"], role="helper", per="person"))
    world.go("05-04", "12:00")
    begun = begin(session, "D1")
    wanted = replace(begun, parameters={**begun.parameters, "days": ["5-28"]}, at_once=True)
    found = forecast(session, wanted, now=world.now)
    assert (found.subjects, found.owners, found.duties, found.coming[0]) == (2, 2, 2, date(2026, 5, 28))
    assert (found.moved, found.repeated, found.reminders[0]) == (6, 0, date(2026, 5, 14))
    looked = view_day(session, date(2026, 5, 15), world.now)
    assert (looked.worked, looked.why, looked.dates, looked.open) == (True, "weekday", (("乡镇自查", "Township self-check"),), 0)
    assert view_day(session, date(2026, 5, 1), world.now).holiday == ("劳动节", "Labour Day")


def test_planning_comes_to_rest_where_most_areas_have_nobody(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds the post in more areas than are given at once: the last one's new holder is found all the same."""
    monkeypatch.setattr("models.duties.dates.AT_ONCE", 2)
    world = live_in_march(session)
    for name in ("甲村", "乙村", "丙村", "丁村"):
        world.area(name, "village", "镇")
    set_rule(world, "R2", replace(EASY["R2"], per="village", role="team_head"))
    world.jump("05-06")
    assert [duty.person_id for duty in find(world, "R2")] == [world.people["队长"], None, None, None, None]
    world.person("新队长", "team_head", "丁村")
    session.commit()
    world.tick()
    assert find(world, "R2")[-1].person_id == world.people["新队长"]

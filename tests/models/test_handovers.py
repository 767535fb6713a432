"""移交: duties, rights, nicknames and reports move as they should, in the middle of a period and after it; recall, leaving.

November 2026, quota 2: due Wed 25, end Mon 30, 补录期 Tue 1 to Thu 3 December.
"""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.absences.actions import answer_cover, go_away
from models.access import access_household
from models.duties import DutyEvent
from models.duties.cases import hand_over as take_to_village
from models.errors import Refused
from models.handovers import Plan
from models.handovers.actions import carry_out, list_recallable
from models.handovers.approval import use_approval
from models.handovers.candidates import list_takers
from models.handovers.plans import helped_by, preview
from models.households import Assignment
from models.people import Person
from models.requests import Request, make_request
from models.requests.deciding import answer_request
from models.times import local_day
from tests.schedules.world import World, township

RIGHT = "assignment.write"


def world_of(session: Session, day: str = "10-31", **more: bool) -> World:
    """The usual township (李宁 with 张伟 first and 王芳 second), 陈桂花 with 赵刚."""
    world = township(session, day, **more)
    world.person("赵刚", "helper", "镇")
    world.household("陈桂花", "青山村", first="赵刚")
    session.commit()
    return world


def plan(world: World, act: str, *names: str, giver: str = "", taker: str = "", reason: str = "工作调动") -> Plan:
    ids = tuple(world.households[name] for name in names)
    people = {**world.people, "": None}
    return Plan(act, ids, people[giver], people[taker], reason)


def do(world: World, act: str, *names: str, by: str = "专干", right: str = RIGHT, **who: str) -> None:
    carry_out(world.session, world.view(by), plan(world, act, *names, **who), right, now=world.now)
    world.session.commit()


def hand(world: World, *names: str) -> None:
    do(world, "hand", *(names or ("李宁",)), giver="张伟", taker="赵刚")


def owner(world: World, household: str = "李宁", period: str = "2026-11") -> str | None:
    names: dict[int | None, str | None] = {number: name for name, number in world.people.items()}
    return names.get(world.duty(household, period).person_id)


def first(world: World, household: str = "李宁") -> list[tuple[str, str | None, str | None]]:
    """(name, ended on, reason) of all first helpers a household ever had."""
    names = {number: name for name, number in world.people.items()}
    rows = world.session.scalars(
        select(Assignment)
        .where(Assignment.household_id == world.households[household], Assignment.position == "first")
        .order_by(Assignment.id)
    )
    return [(names[row.person_id], f"{row.ends_on:%m-%d}" if row.ends_on else None, row.words or row.reason) for row in rows]


def test_on_the_14th_with_one_visit_done_one_more_is_owed(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    world.visit("张伟", "11-10")
    world.go("11-14", "12:00")
    hand(world)
    duty = world.duty()
    assert (owner(world), duty.needed, duty.done, duty.state) == ("赵刚", 2, 1, "open")
    assert first(world) == [("张伟", "11-14", "工作调动"), ("赵刚", None, None)]
    world.go("11-20", "12:00")
    assert [day for day, kinds in world.kinds("赵刚") if "remind" in kinds and day > "11-13"] == ["11-19"]
    assert not any("remind" in kinds for day, kinds in world.kinds("张伟") if day > "11-13")


@pytest.mark.parametrize(
    ("day", "needed", "state"),
    [("11-11", 2, "open"), ("11-12", 1, "open"), ("11-24", 1, "open"), ("11-25", 0, "waived")],
)
def test_the_quota_of_who_begins_in_the_middle(session: Session, day: str, needed: int, state: str) -> None:
    world = world_of(session).go(day, "12:00")
    hand(world)
    assert (world.duty().needed, world.duty().state) == (needed, state)


def test_one_past_its_day_begins_again_after_fourteen_days(session: Session) -> None:
    world = world_of(session).go("12-08", "12:00")
    assert world.duty().level == 2
    hand(world)
    assert (owner(world), world.duty().level) == ("赵刚", 0)
    world.go("12-21")
    assert world.duty().level == 0
    world.go("12-22")
    assert world.duty().level == 1
    events = session.scalars(select(DutyEvent).where(DutyEvent.kind == "owner", DutyEvent.duty_id == world.duty().id)).all()
    assert [(each.person_id, each.facts["former"]) for each in events] == [(world.people["赵刚"], world.people["张伟"])]


def test_a_case_that_was_handed_to_the_village_stays_there(session: Session) -> None:
    world = world_of(session).go("12-08", "12:00")
    take_to_village(session, world.view("副镇长"), [world.duty()], now=world.now)
    session.commit()
    hand(world)
    duty = world.duty()
    assert (owner(world), duty.taken_by, duty.level) == ("赵刚", world.people["队长"], 2)


def test_rights_and_reminders_follow_at_once(session: Session) -> None:
    world = world_of(session).go("11-12", "12:00")
    hand(world)
    today = local_day(world.now)
    access_household(session, world.view("赵刚"), world.households["李宁"], "visit.log", day=today)
    with pytest.raises(Refused, match="not_yours"):
        access_household(session, world.view("张伟"), world.households["李宁"], "visit.log", day=today)
    world.go("11-12")
    assert world.kinds("张伟") == [("11-12", ("handed_away",))]
    assert [kinds for day, kinds in world.kinds("赵刚") if day == "11-12"] == [("handed_to", "remind")]


def test_the_second_helper_who_becomes_the_first_is_no_second_any_more(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    do(world, "hand", "李宁", giver="张伟", taker="王芳")
    assert helped_by(session, world.people["王芳"], date(2026, 11, 10), "second") == ()
    assert owner(world) == "王芳"


def test_a_cover_ends_with_the_hand_over(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    made = go_away(
        session, world.view("张伟"), date(2026, 11, 10), date(2026, 11, 20), world.people["王芳"], now=world.now
    )
    answer_cover(session, world.view("王芳"), made.absence_id, agree=True, now=world.now)
    session.commit()
    assert owner(world) == "王芳"
    world.go("11-14", "12:00")
    hand(world)
    assert (owner(world), world.duty().needed) == ("赵刚", 1)
    cover = session.scalars(select(Assignment).where(Assignment.position == "cover")).one()
    assert cover.ends_on == date(2026, 11, 14)


def test_a_pause_of_the_old_helper_is_not_the_new_ones(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    go_away(session, world.view("张伟"), date(2026, 11, 10), date(2026, 11, 16), now=world.now)
    session.commit()
    assert world.tick().duty().paused_reason == "owner_away"
    hand(world)
    assert world.tick().duty().paused_reason is None


def test_a_recall_puts_everything_back_as_it_was(session: Session) -> None:
    world = world_of(session).go("11-25", "12:00")
    hand(world)
    assert world.duty().state == "waived"
    world.go("11-27", "12:00")
    assert list_recallable(session, world.people["张伟"], date(2026, 11, 27)) == {
        world.households["李宁"]: world.people["赵刚"]
    }
    do(world, "recall", "李宁", taker="张伟", reason="移错了")
    assert (owner(world), world.duty().needed, world.duty().state) == ("张伟", 2, "open")
    assert first(world) == [("张伟", None, None), ("赵刚", "11-27", "移错了")]
    assert world.go("11-27").kinds("赵刚")[-1] == ("11-27", ("handed_away",))


def test_after_seven_days_nothing_is_recalled(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    hand(world)
    world.go("11-17", "12:00")
    with pytest.raises(Refused, match="nothing"):
        do(world, "recall", "李宁", taker="张伟", reason="移错了")


def test_who_leaves_gives_the_households_to_the_second_helper_or_to_nobody(session: Session) -> None:
    world = world_of(session)
    world.household("周大山", "青山村", first="张伟")
    session.commit()
    world.go("11-10", "12:00")
    seen = preview(session, plan(world, "leave", "李宁", "周大山", giver="张伟"), date(2026, 11, 10))
    assert [(each.what, each.names) for each in seen.warnings] == [
        ("not_exited", ("李宁", "周大山")), ("no_helper", ("周大山",)),
    ]  # fmt: skip
    do(world, "leave", giver="张伟", reason="退休")
    assert (owner(world), owner(world, "周大山")) == ("王芳", None)
    assert session.get_one(Person, world.people["张伟"]).ended_on == date(2026, 11, 10)
    assert world.view("张伟").grants == ()
    assert ("11-10", ("handed_to",)) in world.go("11-11", "12:00").kinds("王芳")
    assert world.days("张伟") == []


def test_a_second_helper_is_set_changed_and_ended(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    do(world, "second", "李宁", taker="赵刚")
    assert helped_by(session, world.people["赵刚"], date(2026, 11, 10), "second") == (world.households["李宁"],)
    with pytest.raises(Refused, match="is_first"):
        do(world, "second", "李宁", taker="张伟")
    do(world, "second", "李宁", reason="不用了")
    assert helped_by(session, world.people["赵刚"], date(2026, 11, 10), "second") == ()


def test_a_household_without_a_helper_gets_one(session: Session) -> None:
    world = world_of(session)
    world.household("周大山", "青山村")
    session.commit()
    world.go("11-10", "12:00")
    assert owner(world, "周大山") is None
    do(world, "assign", "周大山", taker="赵刚", reason="新分配")
    assert (owner(world, "周大山"), world.duty("周大山").needed) == ("赵刚", 2)
    with pytest.raises(Refused, match="has_helper"):
        do(world, "assign", "周大山", taker="王芳")


def test_what_is_refused(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    world.area("外乡", "township", "县")
    world.person("外乡专干", "officer", "外乡")
    world.person("外人", "helper", "外乡")
    session.commit()
    wrong = [
        ("no_reason", plan(world, "hand", "李宁", giver="张伟", taker="赵刚", reason=" "), "专干"),
        ("same", plan(world, "hand", "李宁", giver="张伟", taker="张伟"), "专干"),
        ("not_theirs", plan(world, "hand", "陈桂花", giver="张伟", taker="王芳"), "专干"),
        ("no_helper", plan(world, "hand", "李宁", giver="张伟", taker="副镇长"), "专干"),
        ("no_helper", plan(world, "hand", "李宁", giver="张伟"), "专干"),
        ("not_yours", plan(world, "hand", "李宁", giver="张伟", taker="外人"), "专干"),
        ("not_yours", plan(world, "hand", "李宁", giver="张伟", taker="赵刚"), "外乡专干"),
        ("not_yours", plan(world, "hand", "李宁", giver="张伟", taker="赵刚"), "张伟"),
        ("no_household", plan(world, "hand", giver="张伟", taker="赵刚"), "专干"),
    ]
    for code, wanted, by in wrong:
        with pytest.raises(Refused, match=code):
            carry_out(session, world.view(by), wanted, RIGHT, now=world.now)
    assert owner(world) == "张伟"


def test_the_preview_counts_and_warns_by_name(session: Session) -> None:
    world = world_of(session)
    for n in range(4):
        world.household(f"户{n}", "青山村", first="赵刚")
    session.commit()
    world.go("11-10", "12:00")
    seen = preview(session, plan(world, "hand", "李宁", giver="张伟", taker="赵刚"), date(2026, 11, 10))
    assert (seen.giver, seen.taker, seen.names, seen.duties, seen.cases) == ("张伟", "赵刚", ("李宁",), 1, 0)
    assert [(each.what, each.name, each.n) for each in seen.warnings] == [
        ("too_many", "赵刚", 6), ("too_few", "张伟", 0), ("not_exited", "", 1),
    ]  # fmt: skip


def test_takers_are_helpers_of_the_area_the_least_laden_first(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    world.person("新人", "helper", "镇")
    session.commit()
    ids = (world.households["李宁"],)
    found = list_takers(session, world.view("专干"), RIGHT, ids, world.people["张伟"], date(2026, 11, 10))
    assert [(each.name, each.households, each.near) for each in found] == [
        ("王芳", 0, True), ("赵刚", 1, True), ("新人", 0, False),
    ]  # fmt: skip


def propose(world: World) -> int:
    wanted = plan(world, "hand", "李宁", giver="张伟", taker="赵刚")
    request = make_request(
        world.session, "handover", person_id=world.people["队长"], village_id=world.areas["青山村"],
        words=wanted.reason, now=world.now, **wanted.to_facts(),
    )  # fmt: skip
    world.session.commit()
    return request


def test_a_proposal_is_carried_out_when_the_officer_agrees(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    request = propose(world)
    answer_request(session, world.view("专干"), request, 1, agree=True, now=world.now)
    session.commit()
    assert (owner(world), session.get_one(Request, request).state) == ("赵刚", "done")


def test_where_the_township_wants_it_a_leader_says_yes_after_the_officer(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    request = propose(world)
    use_approval(True)
    try:
        answer_request(session, world.view("专干"), request, 1, agree=True, now=world.now)
        session.commit()
        assert (owner(world), session.get_one(Request, request).state) == ("张伟", "open")
        with pytest.raises(Refused, match="unknown"):
            answer_request(session, world.view("专干"), request, 2, agree=True, now=world.now)
        answer_request(session, world.view("副镇长"), request, 2, agree=True, now=world.now)
        session.commit()
    finally:
        use_approval(False)
    assert (owner(world), session.get_one(Request, request).state) == ("赵刚", "done")

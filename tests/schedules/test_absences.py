"""暂不在: pauses without a cover, duties that a cover owns, silence, coming back, on both databases.

November 2026, quota 2: due Wed 25, end Mon 30, 补录期 Tue 1 to Thu 3 December.
"""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.absences import Absence
from models.absences.actions import answer_cover, come_back, go_away
from models.areas import Area
from models.cases.views import find_view
from models.duties import DutyEvent
from models.errors import Refused
from models.households import Assignment
from models.requests import Request
from models.requests.deciding import answer_request
from tests.schedules.world import World, township

NOV = date(2026, 11, 1)


def on(day: str) -> date:
    return date.fromisoformat(f"2026-{day}")


def world_of(session: Session, day: str = "10-31", **more: bool) -> World:
    """The usual township; 王芳 and 赵刚 also help in the village, so that they could stand in."""
    world = township(session, day, **more)
    world.person("赵刚", "helper", "镇")
    world.household("陈桂花", "青山村", first="赵刚")
    session.commit()
    return world


def stands_in(world: World, day: date) -> bool:
    view = find_view(world.session, world.duty().id, day)
    return view is not None and view.stands_in


def away(world: World, first: str, last: str, cover: str = "", who: str = "张伟") -> int:
    """`first` and `last` day, as people say them."""
    ends_on = date.fromordinal(on(last).toordinal() + 1)
    made = go_away(
        world.session, world.view(who), on(first), ends_on, world.people[cover] if cover else None, now=world.now
    )
    world.session.commit()
    return made.absence_id


def says(world: World, who: str, absence_id: int, agree: bool) -> None:
    answer_cover(world.session, world.view(who), absence_id, agree=agree, now=world.now)
    world.session.commit()


def row(world: World, absence_id: int) -> Absence:
    world.session.expire_all()
    return world.session.get_one(Absence, absence_id)


def owner(world: World, household: str = "李宁") -> str:
    names = {number: name for name, number in world.people.items()}
    return names[world.duty(household).person_id or 0]


def test_without_a_cover_the_duties_stand_still_and_go_on_by_themselves(session: Session) -> None:
    world = world_of(session).go("11-18", "12:00")
    away(world, "11-19", "11-24")
    assert world.go("11-19", "00:01").duty().paused_reason == "owner_away"
    world.go("11-24")
    assert world.days("张伟") == ["11-12"]  # not on the 19th and the 24th
    duty = world.go("11-25", "12:00").duty()
    assert (duty.paused_reason, duty.due_on) == (None, on("11-25"))
    world.go("11-30")
    assert world.days("张伟")[1:] == ["11-26", "11-30"]


def test_an_absence_that_begins_today_stops_tonights_reminder(session: Session) -> None:
    world = world_of(session).go("11-12", "12:00")
    away(world, "11-12", "11-13")
    assert world.go("11-13").days("张伟") == []


def test_the_team_head_is_told_when_nobody_stands_in(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    away(world, "11-12", "11-13")
    assert world.go("11-12").kinds("队长") == [("11-11", ("absence",))]


def test_more_than_a_week_alone_is_the_officers_to_agree(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    away(world, "11-11", "11-23")
    assert world.go("11-11", "12:00").duty().paused_until == on("11-17")
    request = session.scalars(select(Request).where(Request.kind == "absence")).one()
    assert world.kinds("专干") == [("11-11", ("request",))]
    answer_request(session, world.view("专干"), request.id, 1, agree=True, now=world.now)
    session.commit()
    assert world.tick().duty().paused_until == on("11-23")
    world.go("11-24", "12:00")
    assert (world.duty().paused_reason, world.days("张伟")[:1]) == (None, ["11-11"])


def test_after_a_week_alone_the_reminders_come_again(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    away(world, "11-11", "11-23")
    world.go("11-18", "12:00")
    assert world.duty().paused_reason is None
    assert world.go("11-20").days("张伟") == ["11-19"]


def test_weeks_that_follow_one_another_are_one_absence(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    away(world, "11-11", "11-15")
    away(world, "11-16", "11-20")
    assert session.scalars(select(Request.kind)).all() == ["absence"]
    world.go("11-16", "12:00")
    assert world.duty().paused_until == on("11-17")


def test_a_cover_who_agrees_owns_the_duties_and_nothing_is_paused(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    absence = away(world, "11-12", "11-20", "赵刚")
    assert world.go("11-10", "12:30").heard[-1][2:] == ("赵刚", ("cover_asked",))
    says(world, "赵刚", absence, agree=True)
    assert owner(world.go("11-11", "12:00")) == "张伟"
    assert owner(world.go("11-12", "00:01")) == "赵刚"
    assert (world.duty().needed, world.duty().paused_reason) == (2, None)
    world.go("11-20", "12:00")
    assert ("11-19", ("remind",)) in world.kinds("赵刚")
    assert [kinds for day, kinds in world.kinds("张伟")] == [("cover_answered",)]
    world.visit("赵刚", "11-20", capacity="cover")
    assert world.duty().done == 1
    world.go("11-21", "12:00")
    assert (owner(world), world.duty().needed, world.duty().done) == ("张伟", 2, 1)


def test_a_case_stays_a_case_while_somebody_stands_in(session: Session) -> None:
    world = world_of(session).go("12-08", "12:00")
    level = world.duty().level
    absence = away(world, "12-08", "12-10", "赵刚")
    says(world, "赵刚", absence, agree=True)
    assert (owner(world), world.duty().level) == ("赵刚", level)
    assert stands_in(world, on("12-08")), "whoever only stands in is named as that, upward too"
    world.go("12-12", "12:00")
    assert (owner(world), world.duty().level) == ("张伟", level)
    assert not stands_in(world, on("12-12"))
    assert level >= 2


def test_the_duties_of_a_month_that_begins_meanwhile_are_the_covers_too(session: Session) -> None:
    world = world_of(session).go("11-27", "12:00")
    absence = away(world, "11-29", "12-04", "赵刚")
    says(world, "赵刚", absence, agree=True)
    world.go("12-02", "12:00")
    assert world.duty(period="2026-12").person_id == world.people["赵刚"]
    world.go("12-05", "12:00")
    assert world.duty(period="2026-12").person_id == world.people["张伟"]
    assert world.duty(period="2026-12").needed == 2


def test_a_cover_who_declines_leaves_a_pause_and_the_second_helper_told(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    absence = away(world, "11-11", "11-13", "赵刚")
    says(world, "赵刚", absence, agree=False)
    world.go("11-12", "12:00")
    assert (row(world, absence).cover_state, world.duty().paused_until) == ("declined", on("11-13"))
    assert world.kinds("王芳") == [("11-10", ("absence",))]
    assert world.kinds("张伟") == [("11-10", ("cover_answered",))]
    assert world.kinds("队长") == []


def test_without_a_second_helper_the_team_head_is_told_of_the_no(session: Session) -> None:
    world = world_of(session, second=False).go("11-10", "12:00")
    says(world, "赵刚", away(world, "11-11", "11-13", "赵刚"), agree=False)
    world.go("11-12", "12:00")
    assert world.kinds("队长") == [("11-11", ("absence",))]


def test_silence_until_the_next_working_days_noon_is_a_no(session: Session) -> None:
    world = world_of(session).go("11-13", "18:00")  # a Friday
    absence = away(world, "11-18", "11-20", "赵刚")
    assert row(world.go("11-16", "11:59"), absence).cover_state == "asked"
    assert row(world.go("11-16", "12:00"), absence).cover_state == "silent"
    world.go("11-17", "12:00")
    assert world.kinds("张伟")[-1] == ("11-16", ("cover_answered",))
    assert world.kinds("王芳") == [("11-16", ("absence",))]


def test_silence_counts_from_the_beginning_where_that_comes_first(session: Session) -> None:
    world = world_of(session).go("11-10", "18:00")
    absence = away(world, "11-11", "11-13", "赵刚")
    assert row(world.go("11-10", "23:59"), absence).cover_state == "asked"
    assert row(world.go("11-11", "00:01"), absence).cover_state == "silent"
    assert world.duty().paused_reason == "owner_away"


def test_a_late_yes_still_counts(session: Session) -> None:
    world = world_of(session).go("11-10", "18:00")
    absence = away(world, "11-11", "11-20", "赵刚")
    world.go("11-12", "12:00")
    assert world.duty().paused_reason == "owner_away"
    says(world, "赵刚", absence, agree=True)
    assert (owner(world), world.duty().paused_reason) == ("赵刚", None)
    assert session.scalars(select(Request.state)).all() == ["withdrawn"]


def test_coming_back_early_ends_pause_and_cover(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    says(world, "赵刚", away(world, "11-11", "11-20", "赵刚"), agree=True)
    world.go("11-13", "12:00")
    assert owner(world) == "赵刚"
    come_back(session, world.view("张伟"), now=world.now)
    session.commit()
    assert owner(world) == "张伟"
    cover = session.scalars(select(Assignment).where(Assignment.position == "cover")).one()
    assert (cover.starts_on, cover.ends_on) == (on("11-11"), on("11-13"))
    with pytest.raises(Refused, match="none"):
        come_back(session, world.view("张伟"), now=world.now)


def test_coming_back_from_a_pause(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    away(world, "11-11", "11-16")
    world.go("11-12", "12:00")
    come_back(session, world.view("张伟"), now=world.now)
    session.commit()
    assert world.duty().paused_reason is None
    assert ("11-16", ("absence_ended",)) not in world.go("11-15").kinds("队长")
    assert world.go("11-16", "12:00").kinds("队长")[-1] == ("11-16", ("absence_ended",))


def test_an_absence_given_up_before_it_begins_leaves_nothing(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    says(world, "赵刚", away(world, "11-16", "11-20", "赵刚"), agree=True)
    come_back(session, world.view("张伟"), now=world.now)
    session.commit()
    world.go("11-17", "12:00")
    assert owner(world) == "张伟"
    cover = session.scalars(select(Assignment).where(Assignment.position == "cover")).one()
    assert cover.starts_on == cover.ends_on


def test_whoever_goes_away_stands_in_for_nobody(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    absence = away(world, "11-11", "11-20", "赵刚")
    says(world, "赵刚", absence, agree=True)
    world.go("11-12", "12:00")
    away(world, "11-12", "11-13", who="赵刚")
    assert (row(world, absence).cover_state, owner(world)) == ("declined", "张伟")
    assert world.duty().paused_reason == "owner_away"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("11-09", "11-12", "past"), ("11-14", "11-13", "ends_first"), ("11-12", "12-31", "overlaps"),
        ("11-21", "11-25", "overlaps"),
    ],
)  # fmt: skip
def test_days_that_cannot_be(session: Session, first: str, last: str, code: str) -> None:
    world = world_of(session).go("11-10", "12:00")
    away(world, "11-20", "11-22")
    with pytest.raises(Refused, match=code):
        away(world, first, last)


def test_who_cannot_stand_in(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    world.person("外人", "helper", "县")
    world.person("没来", "helper", "镇", joined=False)
    away(world, "11-20", "11-22", who="王芳")
    for name in ("张伟", "队长", "没来", "王芳", "外人"):
        with pytest.raises(Refused, match="no_such_cover"):
            away(world, "11-21", "11-23", name)
    assert session.scalar(select(Area.id).where(Area.name == "镇"))


def test_only_the_one_who_was_asked_answers(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    absence = away(world, "11-11", "11-13", "赵刚")
    with pytest.raises(Refused, match="not_asked"):
        says(world, "王芳", absence, agree=True)
    world.go("11-14", "12:00")
    with pytest.raises(Refused, match="over"):
        says(world, "赵刚", absence, agree=True)


def test_the_same_tick_twice_changes_nothing(session: Session) -> None:
    world = world_of(session).go("11-10", "12:00")
    away(world, "11-11", "11-13")
    world.go("11-11", "12:00")
    before = session.query(DutyEvent).count(), world.duty().version
    world.tick().tick()
    assert (session.query(DutyEvent).count(), world.duty().version) == before

"""代录 and 属实 on both databases: it counts by the person's word only, the clerk hears which, nobody is flooded."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import Refused
from models.notices import Notice
from models.outbox import Message
from models.visits import Visit, entering
from tests.conftest import Play
from tests.schedules.world import World, township

DAY = date(2026, 11, 10)


def november(session: Session) -> World:
    """Tuesday 10 November, 20:00, the first month with duties."""
    world = township(session).jump("11-01", "06:00").jump("11-10", "20:00")
    world.person("小陈", "clerk", "青山村")
    return world


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def enter(world: World, person: str = "张伟", household: str = "李宁", day: date = DAY) -> entering.Entered:
    return entering.enter_for(
        world.session,
        world.people["小陈"],
        world.households[household],
        world.people[person],
        "met",
        day,
        now=world.now,
    )


def answer(world: World, visit_id: int, *, true: bool, by: str = "张伟") -> None:
    entering.attest(world.session, world.people[by], visit_id, true=true, now=world.now)


def test_it_counts_after_the_helpers_word_only(world: World) -> None:
    entered = enter(world)
    assert world.duty().done == 0
    answer(world, entered.visit_id, true=True)
    visit = world.session.get_one(Visit, entered.visit_id)
    assert (visit.state, visit.capacity, visit.entered_by) == ("confirmed", "helper", world.people["小陈"])
    assert world.duty().done == 1


def test_what_is_not_true_is_dropped_and_asked_no_more(world: World) -> None:
    entered = enter(world)
    answer(world, entered.visit_id, true=False)
    with pytest.raises(Refused, match=r"visit\.attested"):
        answer(world, entered.visit_id, true=True)
    assert world.duty().done == 0


def test_only_the_person_it_is_about_says_whether_it_is_true(world: World) -> None:
    with pytest.raises(Refused, match=r"visit\.not_yours"):
        answer(world, enter(world).visit_id, true=True, by="王芳")


def test_a_clerk_enters_nothing_for_somebody_who_does_not_help_there(world: World) -> None:
    with pytest.raises(Refused, match=r"visit\.not_helper"):
        enter(world, person="队长")


def test_the_same_entry_twice_asks_once(world: World) -> None:
    assert enter(world).visit_id == enter(world).visit_id
    world.tick()
    assert len(world.session.scalars(select(Message.id).where(Message.kind == "visit.attest")).all()) == 1


@pytest.mark.parametrize(("true", "what"), [(True, "attested"), (False, "denied")])
def test_the_clerk_hears_the_answer_in_the_next_digest(world: World, true: bool, what: str) -> None:
    answer(world, enter(world).visit_id, true=true)
    world.go("11-11")
    assert world.kinds("小陈") == [("11-11", (what,))]


def test_after_three_working_days_without_a_word_the_clerk_hears_that(world: World) -> None:
    enter(world)
    world.go("11-20")
    assert world.kinds("小陈") == [("11-16", ("unanswered",))]


def test_an_answer_before_the_clerks_hour_takes_the_complaint_back(world: World) -> None:
    entered = enter(world)
    world.go("11-16", "06:00")
    answer(world, entered.visit_id, true=True)
    world.go("11-17")
    assert world.kinds("小陈") == [("11-16", ("attested",))]


def test_the_question_passes_through_the_cap_of_urgent_messages(world: World) -> None:
    for name in ("赵二", "钱三"):
        world.household(name, "青山村", first="张伟")
    for household in ("李宁", "赵二", "钱三"):
        enter(world, household=household)
    world.tick()
    urgent = world.session.scalars(select(Message.kind).where(Message.lane == "urgent")).all()
    assert urgent == ["visit.attest"] * 2
    waiting = world.session.scalars(select(Notice).where(Notice.kind == "attest", Notice.state == "waiting")).all()
    assert [notice.form for notice in waiting] == ["digest"]
    world.go("11-11")
    assert world.kinds("张伟")[-1] == ("11-11", ("attest",))


def test_in_quiet_hours_the_question_waits_for_the_digest(world: World) -> None:
    world.now += timedelta(hours=2)
    enter(world)
    world.go("11-11")
    assert world.kinds("张伟") == [("11-11", ("attest",))]

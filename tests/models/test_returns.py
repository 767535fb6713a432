"""Records sent back with a remark, on both databases: who may, who hears, how it ends; nothing is taken from anybody."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import Refused
from models.visits import Visit, VisitReturn, actions, returns
from models.visits.corrections import Wanted, correct_visit
from tests.conftest import Play
from tests.schedules.world import World, township


def november(session: Session) -> World:
    return township(session).jump("11-01", "06:00").jump("11-10", "20:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


@pytest.fixture
def visit(world: World) -> Visit:
    made = actions.log_visit(
        world.session, world.people["张伟"], world.households["李宁"], date(2026, 11, 10), now=world.now
    )
    world.session.commit()
    return world.session.scalars(select(Visit).where(Visit.draft_id == made.draft_id)).one()


def send_back(world: World, visit: Visit, by: str = "队长", remark: str = "照片看不清") -> None:
    returns.return_visit(world.session, world.people[by], visit.id, visit.version, remark, now=world.now)
    world.session.commit()


def only(world: World) -> VisitReturn:
    world.session.expire_all()
    return world.session.scalars(select(VisitReturn)).one()


@pytest.mark.parametrize("by", ["队长", "专干"])
def test_team_head_and_officer_may_and_the_visit_counts_on(world: World, visit: Visit, by: str) -> None:
    send_back(world, visit, by)
    assert world.duty().done == 1
    world.go("11-11")
    assert world.kinds("张伟") == [("11-11", ("returned",))]


@pytest.mark.parametrize("by", ["王芳", "副镇长", "书记"])
def test_nobody_else_may(world: World, visit: Visit, by: str) -> None:
    with pytest.raises(Refused, match=r"visit\.unknown"):
        send_back(world, visit, by)


def test_the_team_head_of_another_village_may_not(world: World, visit: Visit) -> None:
    world.area("桃园村", "village", "镇")
    world.person("别村队长", "team_head", "桃园村")
    with pytest.raises(Refused, match=r"visit\.unknown"):
        send_back(world, visit, "别村队长")


def test_the_answer_is_heard_by_who_asked_and_then_it_is_over(world: World, visit: Visit) -> None:
    send_back(world, visit)
    answered = returns.answer_return(world.session, world.people["张伟"], only(world).id, "灯暗", now=world.now)
    assert answered.visit_id == visit.id
    world.session.commit()
    assert (only(world).state, only(world).answer) == ("answered", "灯暗")
    world.go("11-12")
    assert world.kinds("队长") == [("11-11", ("return_answered",))]
    assert world.days("张伟") == ["11-12"]
    assert only(world).state == "closed"


@pytest.mark.parametrize("how", ["corrected", "withdrawn", "undone"])
def test_a_change_of_the_record_answers_too(world: World, visit: Visit, how: str) -> None:
    send_back(world, visit)
    person = world.people["张伟"]
    if how == "corrected":
        correct_visit(world.session, person, visit.id, visit.version, Wanted(note="灶房"), now=world.now)
    elif how == "withdrawn":
        actions.withdraw_visit(world.session, person, visit.id, "mistake", now=world.now)
    else:
        actions.undo_report(world.session, person, visit.draft_id or 0, now=world.now)
    world.session.commit()
    assert only(world).state == "answered"
    world.go("11-11")
    assert world.kinds("队长") == [("11-11", ("return_answered",))]


def test_what_cannot_be_sent_back_is_refused(world: World, visit: Visit) -> None:
    own = actions.log_visit(
        world.session, world.people["队长"], world.households["李宁"], date(2026, 11, 9), now=world.now
    )
    of_head = world.session.scalars(select(Visit).where(Visit.draft_id == own.draft_id)).one()
    with pytest.raises(Refused, match=r"visit\.own_return"):
        send_back(world, of_head)
    with pytest.raises(Refused, match=r"visit\.write_words"):
        send_back(world, visit, remark="  ")
    with pytest.raises(Refused, match=r"visit\.changed"):
        returns.return_visit(world.session, world.people["队长"], visit.id, 7, "看不清", now=world.now)
    send_back(world, visit)
    with pytest.raises(Refused, match=r"visit\.returned_already"):
        send_back(world, visit, "专干")
    with pytest.raises(Refused, match=r"visit\.not_yours"):
        returns.answer_return(world.session, world.people["王芳"], only(world).id, "灯暗", now=world.now)
    returns.answer_return(world.session, world.people["张伟"], only(world).id, "灯暗", now=world.now)
    with pytest.raises(Refused, match=r"visit\.return_closed"):
        returns.answer_return(world.session, world.people["张伟"], only(world).id, "又说", now=world.now)

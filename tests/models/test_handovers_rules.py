"""R12, E1, E2, E6: warnings with names, told once to the officer, never a bar."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.handovers import Plan
from models.handovers.actions import carry_out
from models.handovers.rules import list_for
from models.households import Assignment
from models.notices import Notice
from models.times import local_day
from schedules.assignments import check_some
from tests.schedules.world import World, township


def found(world: World, by: str = "专干") -> list[tuple[str, str, int]]:
    return [(each.kind, each.name, each.n) for each in list_for(world.session, world.view(by), local_day(world.now))]


def looked(world: World) -> list[list[str]]:
    """Looks until there is nothing new; the keys of each notice so far."""
    while check_some(world.session, now=world.now):
        pass
    world.session.commit()
    rows = world.session.scalars(select(Notice).where(Notice.kind == "assignment_rules").order_by(Notice.id))
    return [list(row.facts["keys"]) for row in rows]


def world_of(session: Session) -> World:
    """张伟 helps 李宁, 王芳 is second helper there: nothing to find."""
    return township(session)


def test_nothing_is_found_where_everything_is_as_it_should(session: Session) -> None:
    world = world_of(session)
    assert (found(world), looked(world)) == ([], [])


def test_a_household_without_a_helper_and_a_helper_without_households(session: Session) -> None:
    world = world_of(session)
    world.household("周大山", "青山村")
    world.person("赵刚", "helper", "镇")
    assert found(world) == [("no_helper", "周大山", 0), ("none", "赵刚", 0)]


def test_more_than_five_is_too_many_and_five_is_not(session: Session) -> None:
    world = world_of(session)
    for n in range(4):
        world.household(f"户{n}", "青山村", first="张伟")
    assert found(world) == []
    world.household("户5", "青山村", first="张伟")
    assert found(world) == [("too_many", "张伟", 6)]


def test_a_change_without_a_reason_is_pointed_out_for_a_month(session: Session) -> None:
    world = world_of(session)
    row = session.scalars(select(Assignment).where(Assignment.position == "first")).one()
    row.ends_on, row.reason = local_day(world.now), "import"
    session.flush()
    world.add(
        Assignment(
            household_id=row.household_id, person_id=world.people["王芳"], starts_on=row.ends_on, created_at=world.now
        )
    )
    assert ("changed", "李宁", 0) in found(world)
    row.reason = "退休"
    session.flush()
    assert ("changed", "李宁", 0) not in found(world)
    row.reason, row.ends_on = "import", date(2026, 9, 1)
    session.flush()
    assert ("changed", "李宁", 0) not in found(world)


def test_what_is_newly_true_is_told_once(session: Session) -> None:
    world = world_of(session)
    world.household("何老三", "青山村")
    assert looked(world) == [], "what the first rosters brought is no news"
    world.go("11-01", "12:00")
    lonely = world.household("周大山", "青山村")
    assert looked(world) == [[f"no_helper:{lonely}"]]
    assert looked(world) == [[f"no_helper:{lonely}"]], "once a day is enough"
    assert looked(world.go("11-02", "23:00")) == [[f"no_helper:{lonely}"]]
    assert ("11-02", ("assignment_rules",)) in world.kinds("专干")
    plan = Plan("assign", (lonely,), None, world.people["张伟"], "分工")
    carry_out(session, world.view("专干"), plan, "assignment.write", now=world.now)
    session.commit()
    assert len(looked(world)) == 1
    other = world.household("吴长贵", "青山村")
    assert looked(world.go("11-03", "12:00"))[1:] == [[f"no_helper:{other}"]]


def test_an_officer_elsewhere_sees_nothing_of_it(session: Session) -> None:
    world = world_of(session)
    world.household("周大山", "青山村")
    world.area("外乡", "township", "县")
    world.person("外乡专干", "officer", "外乡")
    assert found(world, "外乡专干") == []

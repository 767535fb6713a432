"""The auditor: nothing said twice, levels and people, what is bounded, what fails; the kinds themselves stand beside it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from models.areas import Area
from models.cases.digests import read_digest
from models.duties import Duty
from models.findings import KINDS, list_told
from models.installation import find_fact
from models.notices import Notice
from models.people import Person
from models.times import local_day
from schedules.auditor import CHECKS
from schedules.digests import digest_key
from tests.conftest import Play
from tests.schedules.watching import (
    change,
    findings,
    found_and_told,
    heard,
    november,
    only,
    plant,
    watched,
    watched_without_ticks,
)
from tests.schedules.world import World


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def test_where_nothing_is_stuck_nothing_is_found_and_the_heartbeat_goes_on(world: World) -> None:
    before = heard(world)
    watched(world, 300)
    assert [row.subject for kind in KINDS for row in findings(world, kind)] == []
    assert (find_fact(world.session, "audit") or {})["clean_at"] == world.now.isoformat()
    assert heard(world) == before


def test_the_heartbeat_stops_while_something_is_stuck(world: World) -> None:
    change(world, next_action="nonsense", next_action_at=world.now - timedelta(hours=1))
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=world.now))
    clean_at = (find_fact(world.session, "audit") or {})["clean_at"]
    watched(world, 120)
    assert (find_fact(world.session, "audit") or {})["clean_at"] == clean_at


def test_of_a_blocked_person_with_an_open_duty_the_officer_hears_one_line(world: World) -> None:
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=world.now))
    found_and_told(world, "person.unreachable")
    watched(world, 600)
    told = world.session.scalars(select(Notice).where(Notice.kind == "finding")).all()
    assert [notice.recipient_id for notice in told] == [world.people["专干"]]
    world.go("11-10", "08:00")
    assert world.kinds("专干") == [("11-10", ("finding",))]
    (line,) = list_told(world.session, world.people["专干"])
    assert (line.kind, line.n, line.names) == ("person.unreachable", 1, ("张伟",))
    digest = read_digest(
        world.session,
        world.people["专干"],
        digest_key(world.people["专干"], local_day(world.now), 1),
        local_day(world.now),
    )
    assert digest is not None
    assert digest.notices == 1
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=None))
    watched(world, 60)
    assert only(world, "person.unreachable").state == "ended"
    assert list_told(world.session, world.people["专干"]) == ()


def test_a_level_with_nobody_to_reach_is_known_before_its_day(world: World) -> None:
    plant(world, text("DELETE FROM grants WHERE role IN ('deputy', 'team_head')"))
    planted_at = world.now
    watched(world, 120)
    found = findings(world, "level.nobody")
    areas = world.areas
    assert {row.subject for row in found} == {f"area:{areas['青山村']}:team_head", f"area:{areas['镇']}:deputy"}
    assert {row.state for row in found} == {"alarmed"}
    assert max(row.first_seen_at for row in found) - planted_at <= timedelta(seconds=60)
    assert world.session.scalars(select(Notice).where(Notice.kind == "finding")).all() == []


def test_without_any_officer_the_operator_hears_it(world: World) -> None:
    world.person("运维", "operator", "县")
    plant(world, text("DELETE FROM grants WHERE role = 'officer'"))
    found_and_told(world, "level.nobody")
    told = world.session.scalars(select(Notice.recipient_id).where(Notice.kind == "finding")).all()
    assert list(told) == [world.people["运维"]]


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(world: World) -> None:
    plant(world, text('UPDATE rules SET parameters = \'{"ladder": [{"nonsense": 1}]}\''))
    change(world, next_action_at=None)
    watched_without_ticks(world, 60)
    assert {row.subject for row in findings(world, "check.failed")} >= {"check:duty.figure", "check:level.nobody"}
    assert findings(world, "duty.overdue") != []


def test_many_of_a_kind_are_bounded_and_all_are_healed(world: World) -> None:
    for n in range(120):
        world.household(f"户{n}", "青山村", first="王芳")
    world.tick()
    plant(world, text("UPDATE duties SET next_action_at = NULL"))
    watched(world, 120)
    assert world.session.scalars(select(Duty.id).where(Duty.next_action_at.is_(None))).all() == []
    assert len(findings(world, "duty.overdue")) == 121


def test_every_kind_has_its_check() -> None:
    assert {check.kind for check in CHECKS} | {"check.failed"} == set(KINDS)


def test_a_finding_that_comes_again_is_a_new_one(world: World) -> None:
    change(world, next_action_at=None)
    watched(world, 60)
    change(world, next_action_at=None)
    watched(world, 60)
    assert [row.state for row in findings(world, "duty.overdue")] == ["ended", "ended"]


def test_the_areas_of_a_village_are_never_named_to_anybody(world: World) -> None:
    """Findings hold ids only."""
    plant(world, update(Person).where(Person.name == "张伟").values(unreachable_at=world.now))
    watched(world, 60)
    names = set(world.session.scalars(select(Area.name))) | set(world.people)
    assert not any(
        name in f"{row.subject}{row.facts}" for row in findings(world, "person.unreachable") for name in names
    )

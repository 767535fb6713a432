"""暂不在 of people on the ladder: their level goes to who shares the post, else it is passed over and the officer knows."""

from datetime import date

import pytest

from models.absences.actions import come_back, go_away
from models.cases.notices import list_system_notices
from models.cases.timeline import list_events
from models.times import local_day
from tests.conftest import Play
from tests.schedules.world import World, township_on


@pytest.fixture
def world(played_on_sqlite: Play) -> World:
    """The end of the extra days: nobody visited, the ladder begins tomorrow."""
    return played_on_sqlite(township_on, "12-03", "23:00")


def leave(world: World, name: str, first: date, until: date) -> None:
    go_away(world.session, world.view(name), first, until, now=world.now)
    world.session.commit()


def seen_by_officer(world: World) -> list[tuple[str, str, str]]:
    found = list_system_notices(world.session, world.people["专干"], local_day(world.now))
    return [(notice.what, notice.who, notice.name) for notice in found]


def test_a_deputy_who_is_away_is_passed_over_and_the_officer_knows(world: World) -> None:
    world.go("12-12", "12:00")
    leave(world, "副镇长", date(2026, 12, 14), date(2026, 12, 16))
    world.go("12-15")
    assert ("12-14", ("passed", "post_away")) in world.kinds("专干")
    assert seen_by_officer(world) == [("absent", "deputy", "李宁"), ("post_away", "deputy", "副镇长")]
    events = [(event.kind, event.facts["reason"]) for event in list_events(world.session, world.duty().id)]
    assert ("passed", "absent") in events
    world.go("12-22")
    assert world.days("副镇长") == []
    assert world.days("书记") == ["12-17", "12-21"]
    assert ("post_away", "deputy", "副镇长") not in seen_by_officer(world)


def test_who_shares_the_post_is_told_instead(world: World) -> None:
    world.person("副书记", "deputy", "镇")
    leave(world, "副镇长", date(2026, 12, 10), date(2026, 12, 20))
    world.go("12-14")
    assert world.days("副书记") == ["12-14"]
    assert world.days("副镇长") == []
    assert not any("passed" in kinds for _, kinds in world.kinds("专干"))


def test_a_second_helper_who_is_away_is_not_told_and_nobody_is_bothered_with_it(world: World) -> None:
    leave(world, "王芳", date(2026, 12, 4), date(2026, 12, 8))
    world.go("12-07")
    assert world.days("王芳") == []
    assert ("12-07", ("level",)) in world.kinds("队长")
    assert not any("passed" in kinds for _, kinds in world.kinds("专干"))


def test_who_is_back_hears_the_next_one(world: World) -> None:
    leave(world, "书记", date(2026, 12, 10), date(2026, 12, 24))
    world.go("12-18", "12:00")
    come_back(world.session, world.view("书记"), now=world.now)
    world.session.commit()
    world.go("12-21")
    assert world.kinds("书记") == [("12-21", ("again",))]

"""Households on both databases: whom one may log for, what is most due, search, one card, after a death."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.errors import Refused
from models.households import Household, Member, actions, queries, standing
from models.visits.actions import log_visit
from tests.conftest import Play
from tests.schedules.world import World, township

DAY = date(2026, 11, 10)


def november(session: Session) -> World:
    """10 November: 李宁 and 赵小七 in 青山村, 王秀英 in 桃园村; 张伟 helps the first two."""
    world = township(session)
    world.area("桃园村", "village", "镇")
    world.person("李雷", "helper", "镇")
    world.household("赵小七", "青山村", first="张伟")
    world.household("王秀英", "桃园村", first="李雷")
    session.commit()
    return world.jump("11-01", "06:00").jump("11-10", "20:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def names(world: World, by: str) -> list[str]:
    return [each.head_name for each in queries.list_loggable(world.session, world.view(by), DAY)]


def due(world: World, by: str = "张伟") -> list[str]:
    return [each.place.name for each in standing.list_most_due(world.session, world.view(by), DAY).items]


def test_everybody_may_log_for_the_own_or_for_the_area(world: World) -> None:
    assert sorted(names(world, "张伟")) == sorted(["李宁", "赵小七"])
    assert names(world, "王芳") == ["李宁"]
    assert sorted(names(world, "队长")) == sorted(["李宁", "赵小七"])
    assert len(names(world, "书记")) == 3
    assert names(world, "专干") == []


def test_own_households_come_first_and_say_so(world: World) -> None:
    world.grant("李雷", "team_head", "青山村")
    found = queries.list_loggable(world.session, world.view("李雷"), DAY)
    assert (found[0].head_name, found[0].own) == ("王秀英", True)
    assert not any(each.own for each in found[1:])


def test_who_needs_a_visit_most_stands_first(world: World) -> None:
    log_visit(world.session, world.people["张伟"], world.households["李宁"], DAY, now=world.now)
    assert due(world) == ["赵小七", "李宁"]
    world.session.get_one(Household, world.households["赵小七"]).paused_at = world.now
    assert due(world) == ["李宁", "赵小七"]


def test_a_standing_is_of_the_period_of_the_day_asked_for(world: World) -> None:
    log_visit(world.session, world.people["张伟"], world.households["李宁"], DAY, now=world.now)
    (november,) = standing.list_standing(world.session, [world.households["李宁"]], DAY)
    assert november.this is not None
    assert (november.this.done, november.this.needed, november.last_met_on) == (1, 2, DAY)
    (october,) = standing.list_standing(world.session, [world.households["李宁"]], DAY, date(2026, 10, 20))
    assert (october.this, october.month_days) == (None, 0)


@pytest.mark.parametrize("text", ["赵小七", "小七", "赵", "青山村 赵"])
def test_a_household_is_found_by_parts_of_what_it_is_called(world: World, text: str) -> None:
    found = queries.find_households(world.session, world.view("专干"), text, day=DAY)
    assert [place.name for place in found.items] == ["赵小七"]


def test_a_household_is_found_by_a_member_and_never_by_a_wildcard(world: World) -> None:
    world.add(Member(household_id=world.households["李宁"], name="李小花"))
    assert queries.find_households(world.session, world.view("专干"), "小花", day=DAY).total == 1
    assert queries.find_households(world.session, world.view("专干"), "%", day=DAY).total == 0
    assert queries.find_households(world.session, world.view("专干"), "_", day=DAY).total == 0


def test_the_search_ends_at_the_own_area(world: World) -> None:
    assert queries.find_households(world.session, world.view("队长"), "王秀英", day=DAY).total == 0
    with pytest.raises(Refused, match=r"household\.not_yours"):
        queries.get_card(world.session, world.view("队长"), world.households["王秀英"], day=DAY)


def test_a_card_shows_a_masked_phone_and_the_whole_one_only_with_the_right(world: World) -> None:
    household = world.session.get_one(Household, world.households["李宁"])
    household.phone = "13800000001"
    assert queries.get_card(world.session, world.view("张伟"), household.id, day=DAY).phone == "138****0001"
    assert queries.get_phone(world.session, world.view("张伟"), household.id, day=DAY) == "13800000001"
    world.person("督查", "inspector", "镇")
    with pytest.raises(Refused, match=r"household\.not_yours"):
        queries.get_phone(world.session, world.view("督查"), household.id, day=DAY)


def test_after_a_death_the_officer_decides_and_nobody_else(world: World) -> None:
    household = world.households["李宁"]
    log_visit(world.session, world.people["张伟"], household, DAY, "deceased", now=world.now)
    with pytest.raises(Refused, match=r"household\.not_yours"):
        actions.resume(world.session, world.people["张伟"], household, now=world.now)
    actions.resume(world.session, world.people["专干"], household, now=world.now)
    assert world.session.get_one(Household, household).paused_at is None
    with pytest.raises(Refused, match=r"household\.not_paused"):
        actions.end(world.session, world.people["专干"], household, now=world.now)


def test_a_household_that_ended_leaves_every_list(world: World) -> None:
    household = world.households["李宁"]
    log_visit(world.session, world.people["张伟"], household, DAY, "deceased", now=world.now)
    actions.end(world.session, world.people["专干"], household, now=world.now)
    assert due(world) == ["赵小七"]
    assert names(world, "张伟") == ["赵小七"]

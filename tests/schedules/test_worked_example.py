"""The worked example of the rules that ship: November 2026, two visits, one of them made (product.md section 5)."""

import pytest
from sqlalchemy.orm import Session

from models.duties import explain, take_back_explanation
from models.errors import Refused
from tests.conftest import Play
from tests.schedules.world import World, township

HELPER_DAYS = ["11-12", "11-19", "11-24", "11-26", "11-30", "12-03"]


def november(session: Session) -> World:
    """One visit on 10 November."""
    world = township(session).go("11-10", "18:00")
    _, changes = world.visit("张伟", "11-10")
    assert [(change.done, change.needed, change.after) for change in changes] == [(1, 2, "open")]
    return world


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def test_nothing_more_happens_and_each_level_hears_it_on_its_day(world: World) -> None:
    world.go("12-31")
    november = [line for line in world.heard if line[0] <= "12-09"]
    assert [line[0] for line in november if line[2] == "张伟"] == [*HELPER_DAYS, "12-08"]
    assert {clock for _, clock, name, _ in november if name == "张伟"} == {"19:20"}
    assert world.kinds("队长")[:2] == [("11-18", ("early",)), ("12-07", ("level",))]
    assert world.kinds("王芳")[0] == ("12-04", ("level",))
    assert world.kinds("专干")[0] == ("12-08", ("level",))
    assert world.kinds("副镇长")[0] == ("12-14", ("level",))
    assert world.kinds("书记") == [("12-17", ("level",)), ("12-21", ("again",)), ("12-28", ("again",))]
    assert {clock for _, clock, name, _ in world.heard if name not in ("张伟", "王芳")} == {"07:50"}
    repeats = [day for day, kinds in world.kinds("张伟") if "repeat" in kinds]
    assert repeats == ["12-08", "12-11", "12-16", "12-21"]
    duty = world.duty()
    assert (duty.state, duty.level, duty.done) == ("open", 4, 1)
    assert duty.next_action_at is not None


def test_without_a_second_helper_the_team_head_hears_it_first(session: Session) -> None:
    world = township(session, second=False).go("12-08")
    assert world.days("队长") == ["11-18", "12-04"]
    assert world.days("专干") == ["12-08"]


def test_a_november_visit_typed_within_the_extra_days_makes_it_done(world: World) -> None:
    world.go("12-02", "20:00")
    _, changes = world.visit("张伟", "11-29")
    assert (changes[0].done, changes[0].after) == (2, "done")
    world.go("12-09")
    assert world.days("张伟") == HELPER_DAYS[:-1]
    assert world.days("王芳") == world.days("专干") == []
    assert world.days("队长") == ["11-18"]


def test_a_december_visit_settles_november_and_counts_for_december(world: World) -> None:
    world.go("12-02", "20:00")
    _, changes = world.visit("张伟", "12-02")
    assert [(c.period, c.done, c.after) for c in changes] == [("2026-12", 1, "open"), ("2026-11", 1, "settled")]
    world.go("12-09")
    assert world.days("王芳") == world.days("专干") == []


def test_a_reason_ends_it_and_a_visit_of_the_period_still_makes_it_done(world: World) -> None:
    world.go("11-23")
    with pytest.raises(Refused, match="too_early"):
        explain(world.session, world.view("张伟"), world.duty().id, reason="away", now=world.now)
    world.go("11-27")
    change = explain(world.session, world.view("张伟"), world.duty().id, reason="away", now=world.now)
    assert change.after == "explained"
    world.go("12-01")
    assert world.days("张伟") == HELPER_DAYS[:4]
    _, changes = world.visit("张伟", "11-29")
    assert (changes[0].done, changes[0].after) == (2, "done")
    world.go("12-09")
    assert world.days("王芳") == world.days("专干") == []


def test_a_reason_can_be_taken_back(world: World) -> None:
    world.go("11-27")
    explain(world.session, world.view("张伟"), world.duty().id, reason="away", now=world.now)
    take_back_explanation(world.session, world.view("张伟"), world.duty().id, now=world.now)
    world.go("12-04")
    assert world.days("张伟") == HELPER_DAYS
    assert world.days("王芳") == ["12-04"]


def test_a_visit_typed_late_stands_beside_the_figure_and_those_told_hear_it(world: World) -> None:
    world.go("12-10", "12:00")
    _, changes = world.visit("张伟", "11-20")
    assert (changes[0].done, changes[0].late, changes[0].after) == (1, 1, "settled")
    world.go("12-31")
    outcomes = {name: [day for day, kinds in world.kinds(name) if "outcome" in kinds] for name in world.people}
    assert outcomes == {
        "张伟": [], "王芳": ["12-14"], "队长": ["12-14"], "专干": ["12-14"], "副镇长": [], "书记": [],
    }  # fmt: skip
    assert world.days("副镇长") == world.days("书记") == []


def test_an_undo_restores_what_was_before(world: World) -> None:
    world.go("12-08", "10:00")
    before = world.duty()
    stood = (before.state, before.level, before.repeats, before.next_action, before.next_action_at, before.done)
    visit, _ = world.visit("张伟", "12-08")
    assert world.duty().state == "settled"
    world.go("12-08", "15:00")
    world.withdraw(visit)
    after = world.duty()
    assert stood == (after.state, after.level, after.repeats, after.next_action, after.next_action_at, after.done)
    world.go("12-31")
    assert ("12-08", ("repeat",)) in world.kinds("张伟")
    assert world.days("副镇长")[0] == "12-14"
    assert world.days("书记")[0] == "12-17"
    assert not any("outcome" in kinds for _, _, _, kinds in world.heard)


def test_an_undo_of_the_visit_that_made_it_done_opens_it_again(world: World) -> None:
    world.go("11-20")
    visit, changes = world.visit("张伟", "11-20")
    assert changes[0].after == "done"
    world.withdraw(visit)
    assert (world.duty().state, world.duty().done) == ("open", 1)
    world.go("12-03")
    assert world.days("张伟") == HELPER_DAYS

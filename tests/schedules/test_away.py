"""全家外出 until a day: one phone call a month is enough, wholly or mostly inside (engine.md 3)."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.duties import come_back
from models.duties.away import Span, is_light
from models.households import Household
from tests.conftest import Play
from tests.schedules.world import World, township

JANUARY_31 = date(2027, 1, 31)


def november(session: Session) -> World:
    return township(session).go("11-20", "15:00")


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def away_until(world: World) -> date | None:
    world.session.expire_all()
    return world.session.get_one(Household, world.households["李宁"]).away_until


def leave(world: World, day: str = "11-20", until: date = JANUARY_31) -> object:
    return world.visit("张伟", day, outcome="away", away_until=until)[0]


@pytest.mark.parametrize(
    ("since", "until", "back", "light"),
    [
        ((2026, 11, 16), (2026, 12, 31), None, False),  # 15 of 30 days
        ((2026, 11, 15), (2026, 12, 31), None, True),
        ((2026, 10, 1), (2026, 11, 15), None, False),
        ((2026, 10, 1), (2026, 11, 16), None, True),
        ((2026, 10, 1), (2027, 1, 31), (2026, 10, 30), False),
        ((2026, 10, 1), (2027, 1, 31), (2026, 11, 1), False),
        ((2026, 10, 1), (2027, 1, 31), (2026, 11, 2), True),  # the month that runs keeps what was enough
    ],
)  # fmt: skip
def test_a_month_is_light_when_more_than_half_of_it_lies_inside(
    since: tuple[int, int, int], until: tuple[int, int, int], back: tuple[int, int, int] | None, light: bool
) -> None:
    span = Span(date(*since), date(*until), date(*back) if back else None)
    assert is_light([span], date(2026, 11, 1), date(2026, 11, 30)) is light


def test_the_month_that_is_mostly_over_keeps_its_quota_and_the_next_needs_one_call(world: World) -> None:
    leave(world)
    assert (world.duty().needed, world.duty().postponed, away_until(world)) == (2, 1, JANUARY_31)
    world.go("12-05", "15:00")
    assert (world.duty(period="2026-12").needed, world.duty(period="2026-12").needed_home) == (1, 2)
    _, changes = world.visit("张伟", "12-05", kind="phone")
    assert [(c.period, c.done, c.after) for c in changes] == [("2026-12", 1, "done"), ("2026-11", 0, "open")]


def test_a_call_does_not_count_while_the_family_is_at_home(world: World) -> None:
    _, changes = world.visit("张伟", "11-20", kind="phone")
    assert changes[0].done == 0


def test_a_report_typed_late_lightens_a_month_already_planned_and_taking_it_back_restores_it(world: World) -> None:
    world.go("12-05", "15:00")
    world.visit("张伟", "12-04", kind="phone")
    visit = leave(world)
    december = world.duty(period="2026-12")
    assert (december.needed, december.done, december.state) == (1, 1, "done")
    world.withdraw(visit)  # type: ignore[arg-type]
    december = world.duty(period="2026-12")
    assert (december.needed, december.needed_home, december.done, december.state) == (2, None, 0, "open")
    assert away_until(world) is None


def test_meeting_the_family_at_home_ends_it_for_the_months_that_begin_later(world: World) -> None:
    leave(world)
    world.go("12-10", "15:00")
    world.visit("张伟", "12-10")
    assert away_until(world) is None
    assert (world.duty(period="2026-12").needed, world.duty(period="2026-12").state) == (1, "done")
    world.jump("12-31", "20:00")
    world.now = world.now.replace(year=2027, month=1, day=2)
    world.tick()
    assert world.duty(period="2027-01").needed == 2


def test_the_helper_says_that_they_are_back(world: World) -> None:
    leave(world)
    world.go("12-01", "08:00")
    assert world.duty(period="2026-12").needed == 1
    assert come_back(world.session, world.people["张伟"], world.households["李宁"], now=world.now) is True
    assert (world.duty(period="2026-12").needed, away_until(world)) == (2, None)
    assert come_back(world.session, world.people["张伟"], world.households["李宁"], now=world.now) is False


def test_an_absence_ends_by_itself(world: World) -> None:
    leave(world, until=date(2026, 12, 10))
    world.go("12-05")
    assert world.duty(period="2026-12").needed == 2

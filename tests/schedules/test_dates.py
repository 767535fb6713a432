"""Fixed dates: R2, R3 and R8 of a spring, day by day; who owes them when posts change hands."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.rules import Rule
from models.rules.dates import DATE_RULES, DateParameters
from models.times import local_day
from tests.schedules.world import World, township


def switch_on(world: World, *codes: str, **changed: DateParameters) -> None:
    """The rules as they ship, from today on."""
    for code in (*codes, *changed):
        parameters = changed.get(code) or DATE_RULES[code]
        world.add(
            Rule(
                code=code, version=1, state="on", source="chat", parameters=parameters.to_dict(),
                starts_on=local_day(world.now), created_at=world.now,
            )
        )  # fmt: skip
    world.session.commit()


def dates(world: World, code: str) -> list[Duty]:
    world.session.expire_all()
    return list(world.session.scalars(select(Duty).where(Duty.rule_code == code).order_by(Duty.id)))


@pytest.fixture
def spring(session: Session) -> World:
    """Live since March; the visit rule is off, so that only fixed dates are heard."""
    world = township(session, "03-02")
    world.session.execute(Rule.__table__.update().values(state="off"))
    switch_on(world, "R2", "R3", "R8")
    return world


def test_three_deadlines_of_a_spring_as_they_are_heard(spring: World) -> None:
    spring.go("06-30")
    assert [duty.due_on for duty in dates(spring, "R2")] == [date(2026, 5, 15)]

"""Whatever is changed from now on and taken back again: every duty is then as it was before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.duties import Duty
from models.duties.recasting import FIELDS
from models.errors import Refused
from models.rules.changing import begin, begin_undo, change
from models.rules.families import with_value
from models.tables import metadata
from tests.schedules.world import World, township

DAYS = ("11-10", "11-24", "11-27", "12-02", "12-09", "12-18")
STEPS = st.sampled_from(
    (
        {"level": -1, "who": "team_head", "after": -3}, {"level": 1, "who": "second_helper", "after": 1},
        {"level": 1, "who": "team_head", "after": 3, "after_alone": 2}, {"level": 2, "who": "officer", "after": 4},
        {"level": 3, "who": "deputy", "after": 6, "form": "monday"}, {"level": 4, "who": "leader", "after": 8},
    )
)  # fmt: skip
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "needed": st.integers(1, 3),
        "due_day": st.integers(9, 28),
        "grace_workdays": st.integers(0, 6),
        "ladder": st.lists(STEPS, max_size=5, unique_by=lambda step: (step["level"], step["who"])),
        "reminders.weekday": st.sampled_from(("monday", "wednesday", "never")),
        "reminders.after_due": st.booleans(),
        "repeat_times": st.integers(0, 6),
        "phone_counts": st.booleans(),
        "postpone_days": st.integers(0, 9),
        "state": st.just("off"),
    },
)


@pytest.fixture(params=DAYS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Households that stand differently: never seen, seen once, seen enough, not there, taken on, without a second."""
    engine = make_engine(f"sqlite:///{tmp_path}/rules.db")
    metadata.create_all(engine)
    with Session(engine) as session:
        world = township(session)
        for name in ("王秀英", "陈桂花", "周大山"):
            world.household(name, "青山村", first="张伟")
        session.commit()
        world.go("11-09")
        world.visit("张伟", "11-09")
        world.visit("张伟", "11-08", "王秀英", kind="phone")
        world.visit("张伟", "11-07", "陈桂花", outcome="away")
        world.go(request.param, "12:00")
        yield world
    engine.dispose()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=CHANGES)
def test_a_change_taken_back_leaves_every_duty_as_it_was(world: World, values: dict[str, Any]) -> None:
    session, officer = world.session, world.view("专干")
    before = snapshot(session)
    nested = session.begin_nested()
    begun = begin(session, "R1")
    parameters, wanted = begun.parameters, dict(values)
    state = wanted.pop("state", "on")
    for path, value in wanted.items():
        parameters = with_value(parameters, path, value)
    try:
        made = change(session, officer, replace(begun, parameters=parameters, state=state, at_once=True), now=world.now)
        changed = snapshot(session)
        assert all(changed[number]["state"] == "done" for number, was in before.items() if was["state"] == "done")
        soon = world.now + timedelta(minutes=5)
        change(session, officer, begin_undo(session, made.rule_id, now=soon), now=soon)
        assert snapshot(session) == before
    except Refused:
        assume(False)
    finally:
        nested.rollback()
        session.expire_all()


def snapshot(session: Session) -> dict[int, dict[str, Any]]:
    session.flush()
    session.expire_all()
    return {duty.id: {name: getattr(duty, name) for name in FIELDS} for duty in session.scalars(select(Duty))}

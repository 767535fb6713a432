"""What tests of the auditor share: a township it has been looking at, things planted by hand, what it makes of them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.duties import Duty
from models.findings import Finding
from schedules.auditor import audit_some
from tests.schedules.world import World, township

STEP = timedelta(seconds=20)


def november(session: Session) -> World:
    """Monday 9 November, noon: November's duty is open, the auditor has been looking for two minutes."""
    return watched(township(session).go("11-09", "12:00"), 120)


def watched(world: World, seconds: float) -> World:
    """Time passes in steps of the auditor's."""
    end = world.now + timedelta(seconds=seconds)
    while world.now < end:
        world.now = min(world.now + STEP, end)
        world.tick()
        while audit_some(world.session, now=world.now):
            world.tick()
        world.session.commit()
    return world


def findings(world: World, kind: str) -> list[Finding]:
    world.session.expire_all()
    return list(world.session.scalars(select(Finding).where(Finding.kind == kind).order_by(Finding.id)))


def only(world: World, kind: str) -> Finding:
    (found,) = findings(world, kind)
    return found


def plant(world: World, statement: Any, **values: object) -> None:
    world.session.execute(statement, values)
    world.session.commit()


def change(world: World, **values: object) -> None:
    """The open duty, changed behind everybody's back."""
    plant(world, update(Duty).where(Duty.state == "open", Duty.period == "2026-11").values(**values))


def heard(world: World) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return list(world.heard)


def found_and_healed(world: World, kind: str) -> Finding:
    """Found within a minute, healed within two, without an alarm."""
    planted_at = world.now
    watched(world, 60)
    found = only(world, kind)
    assert found.first_seen_at - planted_at <= timedelta(seconds=60)
    watched(world, 60)
    found = only(world, kind)
    assert found.state == "ended"
    assert found.ended_at is not None
    assert found.ended_at - planted_at <= timedelta(seconds=120)
    assert found.alarmed_at is None
    return found


def found_and_told(world: World, kind: str, seconds: float = 120) -> Finding:
    """Found within a minute, and where nothing can be healed the alarm is raised within two."""
    planted_at = world.now
    watched(world, 60)
    assert only(world, kind).first_seen_at - planted_at <= timedelta(seconds=60)
    watched(world, seconds - 60)
    found = only(world, kind)
    assert found.state == "alarmed"
    return found


def watched_without_ticks(world: World, seconds: float) -> None:
    end = world.now + timedelta(seconds=seconds)
    while world.now < end:
        world.now += STEP
        audit_some(world.session, now=world.now)
        world.session.commit()

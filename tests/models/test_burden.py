"""What the bot costs people: medians and the most without names, the cap, steps and seconds of one visit."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.burden import kept_burden, read_burden
from models.inbox import InboxRow
from models.outbox import Message
from schedules.burden import count_some
from tests.schedules.world import World, at, township

TODAY = date(2026, 11, 17)


@pytest.fixture
def world(session: Session) -> World:
    return township(session)


def message(world: World, name: str, day: int, lane: str = "digests", **more: Any) -> None:
    number = world.session.query(Message).count()
    values = {"state": "sent", "local_day": date(2026, 11, day), "key": f"k{number}", "attempts": 0, "repeats": 0, **more}
    world.add(
        Message(chat=1, recipient_id=world.people[name], lane=lane, rank=2, kind="digest.daily", ids={},
                made_at=world.now, due_at=world.now, **values)
    )  # fmt: skip


def update(world: World, name: str, day: str, clock: str, took: float) -> None:
    moment = at(day, clock)
    number = 1000 + list(world.people).index(name)
    world.add(
        InboxRow(channel="telegram", update_id=world.session.query(InboxRow).count(), sender=number, received_at=moment,
                 state="handled", handled_at=moment + timedelta(seconds=took), attempts=0)
    )  # fmt: skip


def test_messages_of_seven_full_days(world: World) -> None:
    for day in (10, 11, 16):
        message(world, "张伟", day)
    message(world, "专干", 12)
    message(world, "专干", 12, "urgent")
    message(world, "专干", 13, state="suppressed")
    message(world, "书记", 9)
    message(world, "书记", 17)
    found = read_burden(world.session, TODAY)
    assert (found.since, found.until) == (date(2026, 11, 10), date(2026, 11, 16))
    assert (found.people, found.messages, found.median, found.most, found.over) == (6, 5, 0.0, 3, 0)
    message(world, "队长", 14)
    message(world, "队长", 14)
    assert read_burden(world.session, TODAY).over == 1
    assert read_burden(world.session, TODAY, ["/999/"]).messages == 0


def test_steps_and_seconds_of_one_visit(world: World) -> None:
    update(world, "张伟", "11-12", "18:00", 9.0)
    for clock, took in (("19:00", 0.5), ("19:01", 0.25), ("19:02", 0.25)):
        update(world, "张伟", "11-12", clock, took)
    world.now = at("11-12", "19:02")
    world.visit("张伟", "11-12")
    found = read_burden(world.session, TODAY)
    assert (found.visits, found.steps, found.seconds) == (1, 3.0, 1.0)
    update(world, "张伟", "11-12", "19:03", 0.1)
    world.now = at("11-12", "19:03")
    world.visit("张伟", "11-11")
    assert read_burden(world.session, TODAY).steps == 2.0


def test_the_day_is_counted_once_for_the_metrics(world: World) -> None:
    message(world, "张伟", 16)
    world.now = at("11-17", "00:10")
    count_some(world.session, now=world.now)
    message(world, "张伟", 15)
    count_some(world.session, now=world.now)
    assert kept_burden(world.session)["messages"] == 1

"""The outbox: what is claimed first, with the facts of that moment; what a row may become after it was sent."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.screens import load_screens, read_facts
from models.notices import Notice, add_notices
from models.outbox import LANES, Attempt, Message
from schedules.delivery import Delivery, Outcome, claim_some, recover, settle
from schedules.digests import alert_some, gather_some
from schedules.reminders import remind_some
from tests.conftest import Play
from tests.schedules.world import World, at, township

load_screens()


def two_short(session: Session) -> World:
    """Thursday 12 November before the helper's hour: two households are short."""
    world = township(session)
    world.household("王五", "青山村", first="张伟")
    return world.go("11-12", "19:00")


@pytest.fixture
def world(played_on_sqlite: Play) -> World:
    return played_on_sqlite(two_short)


def put(world: World, chat: int, lane: str, kind: str = "menu.help") -> Message:
    message = Message(
        chat=chat, lane=lane, rank=LANES.index(lane), kind=kind, ids={}, key=f"{lane}:{chat}", made_at=world.now,
        due_at=world.now,
    )  # fmt: skip
    return world.add(message)  # type: ignore[no-any-return]


def claim(world: World, limit: int = 10, read: Any = read_facts, node: str = "here") -> list[Delivery]:
    return claim_some(world.session, read, now=world.now, node=node, limit=limit).deliveries


def test_an_answer_goes_before_whatever_was_queued_earlier(world: World) -> None:
    for lane in ("edits", "digests", "urgent"):
        for chat in range(20):
            put(world, 100 * LANES.index(lane) + chat, lane)
    put(world, 7, "answers")
    assert [each.chat for each in claim(world, 1)] == [7]


def test_one_message_that_cannot_be_made_stops_no_other(world: World) -> None:
    def read(session: Session, kind: str, recipient_id: int, ids: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"broken": ids["not there"]} if kind == "broken" else {}

    broken, other = put(world, 7, "answers", "broken"), put(world, 8, "answers")
    assert [each.id for each in claim(world, read=read)] == [other.id]
    assert (broken.state, broken.reason) == ("dead", "facts: KeyError")


def test_what_was_accepted_is_never_sent_again_whoever_says_what(world: World) -> None:
    message = put(world, 7, "answers")
    claim(world)
    settle(world.session, Outcome(message.id, "sent", message_id=5), now=world.now, node="another")
    world.session.refresh(message)
    assert message.state == "sending"
    settle(world.session, Outcome(message.id, "sent", message_id=5), now=world.now, node="here")
    for result in ("not_sent", "unknown", "throttled", "blocked"):
        world.session.expire_all()
        settle(world.session, Outcome(message.id, result), now=world.now, node="here")
    assert recover(world.session, now=world.now) == 0
    world.session.refresh(message)
    assert (message.state, message.message_id) == ("sent", 5)
    assert world.session.scalars(select(Attempt)).all() == []


def test_a_digest_says_what_is_true_when_it_goes(world: World) -> None:
    world.now = at("11-12", "19:20")
    while remind_some(world.session, now=world.now) or gather_some(world.session, now=world.now):
        pass
    for day in ("11-10", "11-11"):
        world.visit("张伟", day, "王五")
    (digest,) = claim(world)
    assert "李宁" in str(digest.values)
    assert "王五" not in str(digest.values)
    world.session.get_one(Message, digest.id).state = "retry"
    for day in ("11-10", "11-11"):
        world.visit("张伟", day, "李宁")
    assert claim(world) == []
    message = world.session.get_one(Message, digest.id)
    assert (message.state, message.reason) == ("suppressed", "nothing to say")


def test_what_was_urgent_yesterday_is_a_line_of_the_next_digest(world: World) -> None:
    row = {"recipient_id": world.people["队长"], "kind": "handed", "step": "x", "form": "urgent", "due_at": world.now}
    add_notices(world.session, [{**row, "duty_id": world.duty().id}], now=world.now)
    alert_some(world.session, now=world.now)
    world.now += timedelta(hours=25)
    assert claim(world) == []
    message = world.session.scalars(select(Message).where(Message.lane == "urgent")).one()
    assert (message.state, message.reason) == ("cancelled", "joins the next digest")
    notice = world.session.scalars(select(Notice).where(Notice.step == "x")).one()
    assert (notice.state, notice.form, notice.message_id) == ("waiting", "digest", None)

"""Messages, notices and updates that are stuck, planted by hand: found within a minute, healed within two or told."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from models.inbox import InboxRow, store
from models.notices import Notice
from models.outbox import Attempt, Message, tell
from models.people import Person
from models.times import local_day
from models.visits import Visit
from models.visits.entering import enter_for
from schedules.auditor import audit_some
from tests.conftest import Play
from tests.schedules.watching import STEP, findings, found_and_healed, found_and_told, november, only, plant, watched
from tests.schedules.world import World


@pytest.fixture
def world(played: Play) -> World:
    return played(november)


def put_message(world: World, **values: object) -> Message:
    person = world.session.get_one(Person, world.people["张伟"])
    message = tell(
        world.session,
        person=person,
        lane="answers",
        kind="menu.help",
        ids={},
        key="x:1",
        due_at=world.now,
        now=world.now,
    )
    assert message is not None
    for name, value in values.items():
        setattr(message, name, value)
    world.session.commit()
    return message


def test_a_send_whose_process_is_gone_is_repeated_once(world: World) -> None:
    message = put_message(
        world, state="sending", claimed_at=world.now - timedelta(minutes=5), claimed_by="gone", attempts=1
    )
    found_and_healed(world, "outbox.sending")
    world.session.refresh(message)
    assert (message.state, message.repeats) == ("retry", 1)
    assert world.session.scalars(select(Attempt.cause)).all() == ["expired"]


def test_a_send_under_way_is_left_alone(world: World) -> None:
    put_message(world, state="sending", claimed_at=world.now, claimed_by="here", attempts=1)
    watched(world, 40)
    assert findings(world, "outbox.sending") == []


@pytest.mark.parametrize("lane", ["answers", "urgent"])
def test_a_lane_in_which_nothing_goes_raises_the_alarm(world: World, lane: str) -> None:
    put_message(world, lane=lane, rank=["answers", "urgent"].index(lane), state="retry")
    found = found_and_told(world, "outbox.waiting")
    assert found.subject == f"lane:{lane}"


def test_a_long_queue_that_moves_is_no_finding(world: World) -> None:
    message = put_message(world)
    for n in range(6):
        message.claimed_at = world.now
        world.session.execute(text("DELETE FROM outbox WHERE key = 'x:2'"))
        copy = tell(
            world.session, person=world.session.get_one(Person, world.people["张伟"]), lane="answers",
            kind="menu.help", ids={"n": n}, key="x:2", due_at=world.now, now=world.now,
        )  # fmt: skip
        assert copy is not None
        copy.state, copy.claimed_at, copy.claimed_by = "sending", world.now, "here"
        world.session.commit()
        watched(world, 20)
    assert findings(world, "outbox.waiting") == []


def test_a_notice_that_no_digest_takes_up_raises_the_alarm(world: World) -> None:
    row = Notice(
        recipient_id=world.people["张伟"], kind="urged", step="x", form="digest", facts={}, state="waiting",
        due_at=world.now, made_at=world.now, duty_id=world.duty().id,
    )  # fmt: skip
    world.add(row)
    world.session.commit()
    for _ in range(6):
        world.now += STEP
        audit_some(world.session, now=world.now)
        world.session.commit()
    found = only(world, "outbox.waiting")
    assert (found.subject, found.state) == ("lane:notices", "alarmed")


def test_an_answer_dated_by_a_wrong_clock_goes_now(world: World) -> None:
    message = put_message(world, state="retry", due_at=world.now + timedelta(days=3))
    found_and_healed(world, "outbox.postponed")
    world.session.refresh(message)
    assert message.due_at <= world.now


def test_a_message_that_was_refused_for_our_fault_raises_the_alarm(world: World) -> None:
    put_message(world, state="dead", reason="refused: can't parse entities")
    found_and_told(world, "outbox.dead")


def test_somebody_who_blocked_the_bot_is_no_fault_of_ours(world: World) -> None:
    put_message(world, state="dead", reason="blocked")
    watched(world, 120)
    assert findings(world, "outbox.dead") == []


def test_an_update_that_nobody_handled_is_found_until_it_is_handled(world: World) -> None:
    store(world.session, "telegram", [(7, 1000, "{}")], now=world.now)
    world.session.commit()
    found_and_told(world, "inbox.waiting")
    plant(world, update(InboxRow).values(state="handled", handled_at=world.now))
    watched(world, 20)
    assert only(world, "inbox.waiting").state == "ended"


def test_an_unconfirmed_report_gets_its_line(world: World) -> None:
    world.add(
        Visit(household_id=world.households["李宁"], person_id=world.people["张伟"], state="unconfirmed",
              visited_on=local_day(world.now), logged_at=world.now)
    )  # fmt: skip
    world.session.commit()
    for _ in range(3):
        world.now += STEP
        audit_some(world.session, now=world.now)
        world.session.commit()
    found = only(world, "report.unsaid")
    assert (found.state, found.alarmed_at) == ("ended", None)
    world.go("11-10")
    assert world.kinds("张伟") == [("11-09", ("unconfirmed",))]


def test_a_report_that_somebody_else_wrote_down_is_none_that_its_author_must_confirm(world: World) -> None:
    household, helper = world.households["李宁"], world.people["张伟"]
    enter_for(world.session, world.people["专干"], household, helper, "met", local_day(world.now), now=world.now)
    world.session.commit()
    watched(world, 120)
    assert findings(world, "report.unsaid") == []


def test_a_notice_without_its_message_is_said_after_all_and_once(world: World) -> None:
    world.add(
        Notice(
            recipient_id=world.people["张伟"], kind="remind", step="remind:2026-11-09", form="digest", facts={},
            state="gathered", due_at=world.now, made_at=world.now, duty_id=world.duty().id,
        )
    )  # fmt: skip
    world.session.commit()
    found_and_healed(world, "ledger.sum")
    assert world.kinds("张伟") == [("11-09", ("remind",))]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET state = 'lost'",
        "UPDATE outbox SET state = 'dead', reason = NULL",
        "UPDATE outbox SET state = 'sent', sent_at = NULL",
        "UPDATE duties SET state = 'lost'",
    ],
)
def test_what_was_planned_and_has_no_known_end_raises_the_alarm(world: World, statement: str) -> None:
    put_message(world, state="cancelled", reason="expired")
    plant(world, text(statement))
    found_and_told(world, "ledger.sum")

"""The door out, at the wire: what the server refuses, loses or delays."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.channel import split_text
from bot.pacing import Pacing
from handlers.reply import Choice, Reply
from handlers.screens import SCREENS, Screen
from models.notices import Notice
from models.outbox import Attempt, Message, tell
from models.people import Person
from schedules.delivery import mark_unreachable
from tests.stories.township import Town


def states(session: Session) -> list[str]:
    return list(session.scalars(select(Message.state).order_by(Message.id)))


async def test_a_throttled_answer_waits_and_comes_once(town: Town) -> None:
    town.sim.fail("sendMessage", "429", retry_after=30)
    helper = await town.person("何乐德", "helper", joined=False)
    await helper.send("你好")
    await town.settle()
    assert not town.told(helper)
    await town.wait(seconds=40)
    assert len(town.told(helper)) == 1


async def test_the_pause_survives_a_restart(town: Town) -> None:
    town.sim.fail("sendMessage", "429", retry_after=3600)
    helper = await town.person("何乐德", "helper", joined=False)
    await helper.send("你好")
    await town.settle()
    await town.stop_bot()
    await town.start_bot()
    assert town.app.sender.pacing.paused_until > town.clock.steady() + 3000
    await town.wait(hours=1, minutes=1)
    assert len(town.told(helper)) == 1


async def test_an_answer_whose_fate_is_unknown_is_repeated_once_and_says_so(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=False)
    town.sim.fail("sendMessage", "cut_after")
    await helper.send("你好")
    await town.settle()
    await town.wait(minutes=1)
    first, second = town.told(helper)
    assert second == f"【重发】{first}"


async def test_an_answer_lost_twice_is_left_as_unknown(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=False)
    town.sim.fail("sendMessage", "cut_before", times=2)
    await helper.send("你好")
    await town.wait(hours=1)
    assert town.told(helper) == []
    assert await town.app.database.read(states) == ["unknown"]


async def test_without_a_network_the_answer_waits_for_it(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=False)
    await helper.send("你好")
    await town.sim.delivered()
    await town.app.inbox.settled()
    await town.sim.go_offline()
    await town.app.sender.settled()
    assert await town.app.database.read(states) == ["retry"]
    await town.sim.come_online()
    await town.wait(minutes=5)
    assert len(town.told(helper)) == 1


async def test_whoever_blocked_the_bot_is_marked_unreachable(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=True)
    await helper.send("帮助")
    await town.sim.delivered()
    await town.app.inbox.settled()
    await helper.block()
    await town.app.sender.settled()
    reason = await town.app.database.read(lambda session: session.scalar(select(Person.unreachable_reason)))
    assert reason == "blocked"


async def test_a_chat_that_is_not_there_is_a_person_who_cannot_be_reached(town: Town) -> None:
    """As for everybody after the bot was made anew under another token: no fault of ours that would raise alarms."""
    helper = await town.person("何乐德", "helper")
    town.sim.fail("sendMessage", "400", text="Bad Request: chat not found")
    await helper.send("帮助")
    await town.settle()
    assert await town.app.database.read(lambda session: session.scalar(select(Person.unreachable_reason))) == "blocked"
    assert "dead" in await town.app.database.read(states)


async def test_whoever_writes_can_be_written_to_again_whatever_was_missed(town: Town) -> None:
    """The server keeps the news of an end of a block for a day only."""
    helper = await town.person("何乐德", "helper")
    await town.app.database.run(mark_all_blocked, now=town.clock.now())
    await helper.send("帮助")
    await town.settle()
    assert await town.app.database.read(lambda session: session.scalar(select(Person.unreachable_at))) is None
    assert len(town.told(helper)) == 1


def mark_all_blocked(session: Session, *, now: datetime) -> None:
    for person_id in session.scalars(select(Person.id)):
        mark_unreachable(session, person_id, "blocked", now=now)


async def test_while_the_token_is_not_accepted_messages_wait(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=False)
    town.sim.fail("sendMessage", "401", times=3)
    await helper.send("你好")
    await town.settle()
    assert await town.app.database.read(states) == ["retry"]
    await town.wait(minutes=5)
    assert len(town.told(helper)) == 1


async def test_a_killed_send_is_taken_up_by_the_next_process(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=False)
    never = asyncio.Event()
    slow = town.sim.fail("sendMessage", "slow", release=never)
    await helper.send("你好")
    await town.sim.delivered()
    await town.app.inbox.settled()
    await town.app.sender.send_some()
    while not slow.used:  # noqa: ASYNC110 - the server's own mark, nothing to wait on
        await asyncio.sleep(0.01)
    await town.kill_bot()
    never.set()
    await town.start_bot()
    await town.wait(minutes=1)
    assert [text.removeprefix("【重发】") for text in town.told(helper)] == [helper.text.removeprefix("【重发】")] * 2
    causes = await town.app.database.read(lambda session: list(session.scalars(select(Attempt.cause))))
    assert causes == ["restart"]


async def test_a_broken_update_is_parked_and_the_next_one_answered(town: Town) -> None:
    from bot.channel import RawUpdate
    from models.inbox import InboxRow

    await town.app.inbox.take([RawUpdate(5, 77, '{"update_id": 5, "message": {"text": 7}}')])
    helper = await town.person("何乐德", "helper", joined=False)
    await helper.send("你好")
    await town.settle()
    assert len(town.told(helper)) == 1
    parked = await town.app.database.read(
        lambda session: session.execute(select(InboxRow.state, InboxRow.reason).where(InboxRow.update_id == 5)).one()
    )
    assert parked.state == "parked"
    assert parked.reason


async def test_an_update_delivered_twice_is_answered_once(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=False)
    await helper.send("你好")
    await town.settle()
    payloads = await town.app.database.read(_payloads)
    assert len(town.told(helper)) == 1
    await town.app.inbox.take(payloads)
    await town.settle()
    assert town.told(helper) == []


def _payloads(session: Session) -> list[object]:
    from bot.channel import RawUpdate
    from models.inbox import InboxRow

    rows = session.scalars(select(InboxRow)).all()
    return [RawUpdate(row.update_id, row.sender, row.payload or "") for row in rows]


async def test_what_was_stored_and_not_handled_is_taken_up_at_the_next_start(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=False)
    town.app._tasks[0].cancel()
    await helper.send("你好")
    updates = await town.app.channel.receive(None)
    rows = [(update.update_id, update.sender, update.payload) for update in updates]
    from models import inbox

    await town.app.database.run(inbox.store, "telegram", rows, now=town.clock.now())
    await town.kill_bot()
    await town.start_bot()
    await town.wait(seconds=1)
    assert len(town.told(helper)) == 1


async def test_a_tapped_screen_that_is_gone_is_sent_anew(town: Town) -> None:
    helper = await town.person("何乐德", "helper", joined=True)
    await helper.send("更多")
    await town.settle()
    screen = helper.last
    helper.press("menu:help", screen)
    await helper.delete(screen)
    await town.wait(minutes=1)
    assert town.told(helper)
    assert helper.last is not screen


def put_two(session: Session, *, now: datetime) -> None:
    """A message with nothing to say any more, and one behind it in the same chat."""
    person = session.scalars(select(Person)).one()
    for key, kind, ids in (("x:1", "photo.failed", {"photo_id": 404}), ("x:2", "menu.help", {})):
        tell(session, person=person, lane="answers", kind=kind, ids=ids, key=key, due_at=now, now=now)


async def test_what_stands_behind_a_suppressed_message_goes_at_once(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    await town.app.database.run(put_two, now=town.clock.now())
    await town.app.sender.settled()
    assert len(town.told(helper)) == 1


def put_answers(session: Session, count: int, kind: str = "menu.help", *, now: datetime) -> None:
    """Answers for everybody, as if they had asked so often."""
    for person in session.scalars(select(Person).where(Person.telegram_id.is_not(None))):
        for number in range(count):
            tell(
                session, person=person, lane="answers", kind=kind, ids={}, key=f"many:{person.id}:{number}",
                due_at=now, now=now,
            )  # fmt: skip


async def test_a_second_answer_to_one_update_needs_nobody_to_look_for_it(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    sender = town.app.sender
    sender.look_again = 3600.0
    running = asyncio.create_task(sender.run())
    await town.app.database.run(answer_twice, now=town.clock.now())
    sender.wake()
    async with asyncio.timeout(20):
        while len(helper.chat.arrivals) < 2:
            helper.chat.news.clear()
            await helper.chat.news.wait()
    await sender.settled()
    running.cancel()
    town.told(helper)


async def test_all_is_sent_when_the_sender_has_settled_though_another_loop_sends_too(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    sender = town.app.sender
    running = asyncio.create_task(sender.run())
    for _ in range(20):
        await town.app.database.run(answer_twice, now=town.clock.now())
        sender.wake()
        await sender.settled()
        assert len(town.told(helper)) == 2
    running.cancel()


def answer_twice(session: Session, *, now: datetime) -> None:
    person, newest = session.scalars(select(Person)).one(), session.scalar(select(func.max(Message.id))) or 0
    for number in (newest + 1, newest + 2):
        tell(
            session, person=person, lane="answers", kind="refused", ids={"code": "input.unknown", "values": {}},
            key=f"two:{number}", due_at=now, now=now,
        )  # fmt: skip


async def test_one_who_asks_a_hundred_times_holds_up_nobody(town: Town) -> None:
    loud, other = await town.person("何乐德", "helper"), await town.person("张伟", "helper")
    await town.app.database.run(put_answers, 1, now=town.clock.now())
    await town.app.database.run(put_more, "何乐德", 300, now=town.clock.now())
    town.app.sender.pacing = Pacing(1000, town.clock.steady)
    await town.app.sender.send_some()
    while not town.app.sender.idle:
        await town.app.sender.finish()
    await town.app.sender.send_some()
    await town.app.sender.finish()
    assert len(town.told(other)) == 1
    assert len(town.told(loud)) >= 1


def put_more(session: Session, name: str, count: int, *, now: datetime) -> None:
    person = session.scalars(select(Person).where(Person.name == name)).one()
    for number in range(count):
        tell(
            session, person=person, lane="answers", kind="menu.help", ids={}, key=f"more:{number}", due_at=now, now=now
        )


async def test_the_sixth_answer_in_a_row_waits_a_second_and_nothing_overtakes(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    town.app.sender.pacing = Pacing(1000, town.clock.steady)
    await town.app.database.run(put_answers, 7, now=town.clock.now())
    await town.app.sender.settled()
    assert len(town.told(helper)) == 5
    await town.wait(seconds=1)
    assert len(town.told(helper)) == 1
    await town.wait(seconds=1)
    assert len(town.told(helper)) == 1
    sent = await town.app.database.read(
        lambda session: list(session.scalars(select(Message.id).order_by(Message.sent_at)))
    )
    assert sent == sorted(sent)


@pytest.fixture
def long_screen() -> Iterator[None]:
    """A screen of many lines with two buttons, more than fits into one message."""
    lines = "\n".join(f"第{number}行,走访走访走访走访走访" for number in range(400))
    reply = Reply(lines, (Choice("好", "menu:more"), Choice("不", "menu:help")))
    SCREENS["long"] = Screen("long", None, lambda values, t: reply)
    yield
    del SCREENS["long"]


async def test_a_long_text_goes_in_parts_with_the_buttons_under_the_last(town: Town, long_screen: None) -> None:
    helper = await town.person("何乐德", "helper")
    await town.app.database.run(put_answers, 1, "long", now=town.clock.now())
    await town.settle()
    parts = helper.new()
    assert len(parts) == 2
    assert all(len(part.text) <= 4096 for part in parts)
    assert "\n".join(part.text for part in parts) == SCREENS["long"].render({}, None).text  # type: ignore[arg-type]
    assert [bool(part.reply_markup) for part in parts] == [False, True]


async def test_where_a_later_part_fails_the_whole_comes_again_and_says_so(town: Town, long_screen: None) -> None:
    helper = await town.person("何乐德", "helper")
    town.sim.fail("sendMessage", "429", retry_after=5, when=lambda sent: "第399行" in sent.text("text"))
    await town.app.database.run(put_answers, 1, "long", now=town.clock.now())
    await town.wait(minutes=1)
    first, second, third = town.told(helper)
    assert second.startswith("【重发】第0行")
    assert first.startswith("第0行")
    assert "第399行" in third


async def test_where_buttons_are_refused_the_choices_come_as_lines_that_a_number_answers(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    town.sim.fail("sendMessage", "400", text="Bad Request: BUTTON_DATA_INVALID")
    await helper.send("更多")
    await town.settle()
    assert "\n1. " in helper.text
    await helper.send("1")
    await town.settle()
    assert len(town.told(helper)) == 2


def test_a_text_is_cut_after_a_line_and_never_within_a_letter() -> None:
    text = "一二三四五\n" * 5 + "🐟" * 30
    parts = split_text(text, 20)
    assert all(len(part.encode("utf-16-le")) <= 40 for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")
    assert split_text("短", 20) == ["短"]


@pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
async def test_digests_that_could_not_go_for_days_are_one_message_in_the_end(town: Town) -> None:
    helper = await town.person("何乐德", "helper")
    await town.household("李宁", helper="何乐德")
    await town.go_to(town.today.replace(month=11, day=2), "08:00")
    town.told(helper)
    await town.sim.go_offline()
    await town.go_to(town.today.replace(day=13), "09:00")
    made = await town.app.database.read(digests_by_state)
    assert sum(made.values()) >= 1
    await town.sim.come_online()
    await town.go_to(town.today.replace(day=13), "21:00")
    assert len(town.told(helper)) == 1
    left = await town.app.database.read(notices_by_state)
    assert "waiting" not in left


def digests_by_state(session: Session) -> dict[str, int]:
    rows = session.execute(select(Message.state, func.count()).where(Message.lane == "digests").group_by(Message.state))
    return {row[0]: row[1] for row in rows}


def notices_by_state(session: Session) -> dict[str, int]:
    rows = session.execute(select(Notice.state, func.count()).group_by(Notice.state))
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("steps", range(5))
async def test_a_sender_that_is_woken_as_it_is_ended_ends(town: Town, steps: int) -> None:
    town.app.sender.look_again = 0.01
    running = asyncio.create_task(town.app.sender.run())
    await asyncio.sleep(0.05)
    town.app.sender.wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running], timeout=20)
    assert running.done()

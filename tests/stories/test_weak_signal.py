"""A week of a helper on a hill: messages late, doubled, mixed with others', after an outage of the bot; two languages."""

import random
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.simulator.persons import Person as Phone
from bot.simulator.pictures import draw
from bot.telegram.incoming import raw_update
from models.visits import Visit
from tests.stories.township import ZONE, Town

MONDAY = 9
BOTH = pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)


async def visits(town: Town) -> list[tuple[str, str, date, datetime]]:
    """(state, outcome, day, when it was sent in local time) of every visit, oldest first."""
    return await town.app.database.read(
        lambda session: [
            (v.state, v.outcome, v.visited_on, v.logged_at.astimezone(ZONE))
            for v in session.scalars(select(Visit).order_by(Visit.id))
        ]
    )


async def begin(town: Town) -> tuple[Phone, Phone]:
    hill = await town.person("何乐德", "helper")
    other = await town.person("吴祥", "helper")
    for head in ("李宁", "王芳", "林荣"):
        await town.household(head, helper="何乐德")
    await town.household("周强", helper="吴祥")
    await town.go_to(date(2026, 11, MONDAY), "18:00")
    town.told(hill)
    town.told(other)
    return hill, other


async def after_hours_without_the_bot(town: Town, hours: float) -> None:
    """The bot comes back; what Telegram kept for it arrives then."""
    town.clock.move_to(town.clock.now() + timedelta(hours=hours))
    await town.start_bot()
    await town.settle()


@BOTH
async def test_what_was_sent_before_midnight_is_of_that_day_though_the_bot_wakes_six_hours_later(town: Town) -> None:
    hill, _ = await begin(town)
    await town.go_to(date(2026, 11, MONDAY), "23:20")
    await town.stop_bot()
    await hill.send("今天去了李宁家,低保到账了,没啥事")
    await hill.album([draw(1), draw(2)])
    await after_hours_without_the_bot(town, 6)
    await town.wait(seconds=3)
    said = "\n".join(town.told(hill))
    assert "李宁" in said
    assert "11月9日" in said
    await hill.send("好")
    await town.settle()
    state, outcome, day, sent = (await visits(town))[0]
    assert (state, outcome, day) == ("confirmed", "met", date(2026, 11, 9))
    assert sent.strftime("%d %H:%M") == "09 23:20"
    assert "11月第1次" in "\n".join(town.told(hill))


@BOTH
async def test_a_yes_sent_before_the_card_was_seen_shows_the_card_and_the_next_confirms(town: Town) -> None:
    hill, _ = await begin(town)
    await town.stop_bot()
    await hill.send("王芳家锁起的,没见到人")
    await hill.send("好")
    await hill.send("好")
    await after_hours_without_the_bot(town, 1)
    assert [row[:3] for row in await visits(town)] == [("unconfirmed", "not_home", date(2026, 11, MONDAY))]
    assert "王芳" in town.told(hill)[-1]
    await hill.send("好")
    await town.settle()
    assert [row[:3] for row in await visits(town)] == [("confirmed", "not_home", date(2026, 11, MONDAY))]


@BOTH
async def test_updates_of_two_people_mixed_and_doubled_are_two_records_each_once(town: Town) -> None:
    hill, other = await begin(town)
    bot = hill.bot
    await town.stop_bot()
    for text in ("今天去了李宁家", "好", "林荣家也去了,都好", "好"):
        await hill.send(text)
        await other.send({"今天去了李宁家": "今天去了周强家,没啥事"}.get(text, "好"))
    sent = [update.as_json() for update in bot.updates.list_waiting()]
    bot.updates.clear()
    await town.start_bot()
    # Every update twice; each person's own in order, the persons' mixed.
    chance = random.Random(7)
    for _ in range(2):
        queues = [[u for u in sent if u["message"]["from"]["id"] == phone.id] for phone in (hill, other)]
        while any(queues):
            queue = chance.choice([queue for queue in queues if queue])
            await town.app.inbox.take([raw_update(queue.pop(0))])
    await town.settle()
    for phone in (hill, other):
        await phone.send("好")
    await town.settle()
    assert sorted(row[:2] for row in await visits(town)) == [("confirmed", "met")] * 3


async def test_a_text_sent_twice_by_a_phone_that_was_not_sure_is_one_visit(town: Town) -> None:
    hill, _ = await begin(town)
    for _ in range(2):
        await hill.send("今天去了李宁家,没啥事")
    await town.settle()
    await hill.send("好")
    await town.settle()
    await hill.send("今天去了李宁家,没啥事")
    await town.settle()
    await hill.send("好")
    await town.settle()
    counted = [row for row in await visits(town) if row[0] == "confirmed"]
    assert len({row[2] for row in counted}) == 1
    await hill.send("我的户")
    await town.settle()
    assert "1次" in town.told(hill)[-1]


async def test_a_tap_that_came_too_late_for_the_messenger_is_made_up_for_by_a_word(town: Town) -> None:
    hill, _ = await begin(town)
    await hill.send("今天去了李宁家,没啥事")
    await town.settle()
    await town.stop_bot()
    await hill.tap("确认")
    await after_hours_without_the_bot(town, 6)
    assert (await visits(town))[0][0] == "unconfirmed"
    await hill.send("1")
    await town.settle()
    assert (await visits(town))[0][0] == "confirmed"


async def test_a_whole_week_is_written_down_on_sunday(town: Town) -> None:
    hill, _ = await begin(town)
    await town.go_to(date(2026, 11, 15), "21:00")
    town.told(hill)
    for text in ("周一去了李宁家没啥事", "周三去王芳家 没得人", "昨天林荣家去了,都好"):
        await hill.send(text)
        await town.settle()
        await hill.send("对")
        await town.settle()
    rows = await visits(town)
    assert [(outcome, day.day) for _, outcome, day, _ in rows] == [("met", 9), ("not_home", 11), ("met", 14)]
    assert {state for state, *_ in rows} == {"confirmed"}
    assert {sent.date() for *_, sent in rows} == {date(2026, 11, 15)}

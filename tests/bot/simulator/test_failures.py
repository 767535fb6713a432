"""Planned failures as python-telegram-bot meets them."""

import asyncio

import aiohttp
import pytest
import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.simulator import Person, Simulator


@pytest.mark.parametrize(
    ("kind", "details", "error", "words"),
    [
        ("429", {"retry_after": 7}, RetryAfter, r"Retry in (7 seconds|0:00:07)"),
        ("400", {"text": "Bad Request: message is too strange"}, BadRequest, "Message is too strange"),
        ("401", {}, InvalidToken, "Unauthorized"),
        ("403", {}, Forbidden, "bot was blocked by the user"),
        ("502", {}, NetworkError, "Bad Gateway"),
        ("moved", {"new_chat_id": -1009}, ChatMigrated, "-1009"),
        ("cut_before", {}, NetworkError, "httpx"),
    ],
)
async def test_a_planned_failure_strikes_once_and_does_nothing(
    sim: Simulator,
    bot: telegram.Bot,
    li: Person,
    kind: str,
    details: dict[str, object],
    error: type[Exception],
    words: str,
) -> None:
    plan = sim.fail("sendMessage", kind, **details)
    with pytest.raises(error, match=words):
        await bot.send_message(li.id, "一")
    assert plan.used == 1
    assert [message.text for message in li.messages] == ["/start"]
    await bot.send_message(li.id, "二")
    assert li.text == "二"


async def test_cut_after_means_done_but_unheard(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    sim.fail("sendMessage", "cut_after")
    with pytest.raises(NetworkError):
        await bot.send_message(li.id, "一")
    assert li.text == "一"
    assert [call.status for call in sim.calls if call.method == "sendMessage"] == [0]


async def test_a_failure_may_choose_its_calls(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    sim.fail("*", "400", times=None, when=lambda arguments: "坏" in arguments.text("text"))
    await bot.send_message(li.id, "好")
    for _ in range(3):
        with pytest.raises(BadRequest):
            await bot.send_message(li.id, "坏")
    sim.failures.clear()
    await bot.send_message(li.id, "坏")


async def test_a_slow_answer_waits_until_released(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    release = asyncio.Event()
    sim.fail("sendMessage", "slow", release=release, when=lambda arguments: arguments.text("text") == "慢")
    sending = asyncio.create_task(bot.send_message(li.id, "慢"))
    await bot.send_message(li.id, "快")
    assert li.text == "快"
    release.set()
    await sending
    assert li.text == "慢"


async def test_retry_after_is_also_a_header(sim: Simulator) -> None:
    sim.fail("getMe", "429", retry_after=9)
    async with aiohttp.ClientSession() as session, session.get(f"{sim.base_url}{sim.token}/getMe") as answer:
        assert answer.headers["Retry-After"] == "9"
        assert (await answer.json())["parameters"] == {"retry_after": 9}


def test_an_unknown_kind_is_a_mistake_of_the_test(sim: Simulator) -> None:
    with pytest.raises(ValueError, match="no such failure"):
        sim.fail("sendMessage", "boom")

"""getUpdates and webhooks: order, acknowledging, age, conflicts."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import telegram
from aiohttp import web
from telegram.error import Conflict, RetryAfter

from bot.simulator import Person, Simulator

from .conftest import MovedClock, Raw, refusal


async def test_updates_wait_until_acknowledged(bot: telegram.Bot, li: Person) -> None:
    await li.send("一")
    await li.send("二")
    first = await bot.get_updates()
    assert [one.message.text for one in first if one.message] == ["一", "二"]
    assert await bot.get_updates() == first
    second = await bot.get_updates(offset=first[0].update_id + 1)
    assert second == first[1:]
    assert await bot.get_updates(offset=first[1].update_id + 1) == ()


async def test_numbers_rise_by_one_and_limit_holds(bot: telegram.Bot, li: Person) -> None:
    for number in range(5):
        await li.send(str(number))
    found = await bot.get_updates(limit=3)
    assert len(found) == 3
    assert [one.update_id - found[0].update_id for one in found] == [0, 1, 2]
    newest = await bot.get_updates(offset=-1)
    assert [one.message.text for one in newest if one.message] == ["4"]


async def test_a_long_poll_ends_with_the_first_message(bot: telegram.Bot, li: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await li.bot.updates.watched.wait()
    await li.send("在")
    assert len(await asyncio.wait_for(poll, 2)) == 1


async def test_a_second_poll_ends_the_first(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await li.bot.updates.watched.wait()
    async with telegram.Bot(sim.token, base_url=sim.base_url) as other:
        second = asyncio.create_task(other.get_updates(timeout=20))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await li.send("在")
        assert len(await second) == 1


async def test_presses_are_forgotten_after_150_seconds_messages_after_a_day(
    bot: telegram.Bot, li: Person, clock: MovedClock, raw: Raw
) -> None:
    await raw("sendMessage", chat_id=li.id, text="a", reply_markup={"inline_keyboard": [[_button("好")]]})
    await li.send("早")
    await li.tap("好")
    clock.forward(seconds=149)
    assert len(await bot.get_updates()) == 2
    clock.forward(seconds=1)
    assert len(await bot.get_updates()) == 1
    clock.forward(hours=24)
    assert await bot.get_updates() == ()


async def test_only_wanted_kinds_are_kept(bot: telegram.Bot, li: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await li.send("不要")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    await li.send("要")
    assert len(await bot.get_updates()) == 1


async def test_delivered_waits_for_the_acknowledgement(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    await li.send("一")
    with pytest.raises(TimeoutError):
        await sim.delivered(within=0.01)
    found = await bot.get_updates()
    waiting = asyncio.create_task(sim.delivered())
    await bot.get_updates(offset=found[-1].update_id + 1)
    await waiting


class Receiver:
    """A bot's web server: remembers what came, answers with the planned statuses first, then 200."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.secrets: set[str | None] = set()
        self.statuses: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        status = self.statuses.pop(0) if self.statuses else 200
        text = update.get("message", {}).get("text", update.get("callback_query", {}).get("data", ""))
        self.taken.append((text, status))
        return web.Response(status=status)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def test_a_webhook_gets_updates_with_the_secret(
    sim: Simulator, bot: telegram.Bot, li: Person, url: str, receiver: Receiver
) -> None:
    await li.send("早先")
    assert await bot.set_webhook(url, secret_token="geheim_1")
    await li.send("现在")
    await sim.delivered()
    assert receiver.taken == [("早先", 200), ("现在", 200)]
    assert receiver.secrets == {"geheim_1"}
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (url, 0, 40)


async def test_a_refused_update_comes_again_before_the_next_of_its_chat(
    sim: Simulator, bot: telegram.Bot, li: Person, url: str, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503]
    await bot.set_webhook(url)
    await li.send("一")
    await li.send("二")
    await sim.delivered()
    assert receiver.taken == [("一", 500), ("一", 503), ("一", 200), ("二", 200)]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_polling_and_webhook_exclude_each_other(bot: telegram.Bot, li: Person, url: str) -> None:
    await bot.set_webhook(url)
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    assert await bot.delete_webhook()
    await li.send("又来")
    assert len(await bot.get_updates()) == 1


async def test_setting_a_webhook_ends_a_poll(bot: telegram.Bot, li: Person, url: str) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await li.bot.updates.watched.wait()
    await bot.set_webhook(url)
    with pytest.raises(Conflict, match="terminated by setWebhook"):
        await poll


async def test_webhook_arguments_are_checked(raw: Raw, bot: telegram.Bot, url: str) -> None:
    assert await refusal(raw("setWebhook", url="ftp://a")) == "Bad Request: invalid webhook URL specified"
    assert await refusal(raw("setWebhook", url="http://e.cn/")) == "Bad Request: invalid webhook URL specified"
    description = await refusal(raw("setWebhook", url=url, secret_token="a b"))
    assert description == "Bad Request: secret token contains unallowed characters"
    assert await refusal(raw("setWebhook", url=url, secret_token="a" * 257)) == "Bad Request: secret token is too long"
    await bot.set_webhook(url)
    with pytest.raises(RetryAfter):
        await bot.set_webhook(url)


async def test_pending_updates_can_be_dropped(bot: telegram.Bot, li: Person) -> None:
    await li.send("旧")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_offline_nobody_answers_and_nothing_is_lost(sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    await sim.go_offline()
    with pytest.raises(telegram.error.NetworkError):
        await bot.get_me()
    await li.send("断网时写的")
    await sim.come_online()
    assert [one.message.text for one in await bot.get_updates() if one.message] == ["断网时写的"]


def _button(label: str) -> dict[str, str]:
    return {"text": label, "callback_data": "a"}

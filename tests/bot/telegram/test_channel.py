"""What Telegram says of our webhook, and what `zoufang check` makes of it."""

import asyncio

from bot.checks import ask_telegram
from bot.simulator import Simulator
from bot.telegram.channel import TelegramChannel


async def test_a_webhook_that_nobody_answers_is_found_out() -> None:
    sim = Simulator()
    await sim.start()
    person = sim.person("李强")
    channel = TelegramChannel(sim.token, sim.base_url, sim.base_file_url)
    await channel.open()
    await channel.use_webhook("http://127.0.0.1:1/telegram", "secret")
    assert (await ask_telegram(channel, webhook=True)).ok
    await person.start()
    async with asyncio.timeout(10):
        while (found := await ask_telegram(channel, webhook=True)).ok:  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.01)
    assert "does not arrive" in found.words
    assert (await ask_telegram(channel, webhook=False)).ok
    await sim.stop()

"""What Telegram says of our webhook, what `zoufang check` makes of it; answers that are not as the Bot API writes them."""

import asyncio

import pytest

from bot.channel import SendError
from bot.checks import ask_telegram
from bot.simulator import Simulator
from bot.telegram.channel import TelegramChannel
from handlers.reply import Reply

ME = '{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"走访","username":"zf_bot"}}'


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


@pytest.mark.parametrize(
    "answer",
    [
        '{"ok":true,"result":true}', '{"ok":true,"result":{}}', '{"ok":false,"description":"busy"}', '{"error":"login"}',
        '{"ok":true,"resu', '{"ok":true,"result":{"message_id":null}}',
    ],
)  # fmt: skip
async def test_after_an_odd_answer_nobody_knows_whether_the_message_is_out(answer: str) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        said = (ME if b"/getMe" in head else answer).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    channel = TelegramChannel("1:a", f"http://127.0.0.1:{port}/bot", f"http://127.0.0.1:{port}/file/bot")
    await channel.open()
    with pytest.raises(SendError) as raised:
        await channel.send(7, Reply("好"), "zh_CN")
    assert raised.value.cause == "unknown"
    await channel.close()
    server.close()

"""The library's requests over aiohttp, at the wire."""

import asyncio

import pytest
import telegram
from telegram.error import NetworkError

from bot.simulator import Simulator
from bot.telegram.request import AiohttpRequest, NotSent


@pytest.mark.parametrize("name", ["青山村 走访台账.xlsx", 'of "Li" 100%.xlsx', "plain.xlsx"])
async def test_a_file_keeps_its_name_and_its_bytes(name: str) -> None:
    sim = Simulator()
    await sim.start()
    person = sim.person("李强")
    await person.start()
    request = AiohttpRequest()
    async with telegram.Bot(
        sim.token, sim.base_url, sim.base_file_url, request=request, get_updates_request=AiohttpRequest()
    ) as bot:
        await bot.send_document(person.id, b"PK 1", filename=name, caption="11月")
        shown = person.last.document
        assert shown is not None
        assert shown["file_name"] == name
        file = await bot.get_file(shown["file_id"])
        assert bytes(await file.download_as_bytearray()) == b"PK 1"
    await sim.stop()


@pytest.mark.parametrize(
    ("proxy", "says"),
    [
        ("socks5", None),
        ("socks5", b"\x05\xff"),
        ("http", None),
        ("http", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
    ],
)
async def test_what_a_proxy_does_not_let_through_was_surely_not_sent(proxy: str, says: bytes | None) -> None:
    """Else an outage of the proxy would use up the one repeat of a message that may have arrived."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(says or b"")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if says is None:
        server.close()
        await server.wait_closed()
    request = AiohttpRequest(f"{proxy}://me:secret@127.0.0.1:{port}")
    await request.initialize()
    with pytest.raises(NotSent) as raised:
        await request.post("https://127.0.0.1:1/bot1:secret/sendMessage")
    assert "secret" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)
    await request.shutdown()
    server.close()


@pytest.mark.parametrize(
    ("status", "kind"), [(403, NotSent), (404, NotSent), (407, NotSent), (200, NetworkError), (502, NetworkError)]
)
async def test_the_page_of_a_firewall_is_no_word_of_the_server(status: int, kind: type[NetworkError]) -> None:
    """A 403 of the server means that a person blocked the bot; that of a firewall must not."""

    async def show_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"HTTP/1.1 %d Page\r\nContent-Length: 13\r\n\r\n<html></html>" % status)
        writer.close()

    server = await asyncio.start_server(show_page, "127.0.0.1", 0)
    request = AiohttpRequest()
    await request.initialize()
    with pytest.raises(NetworkError) as raised:
        await request.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:a/sendMessage")
    assert type(raised.value) is kind
    await request.shutdown()
    server.close()

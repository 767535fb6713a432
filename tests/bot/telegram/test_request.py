"""The library's requests over aiohttp, at the wire."""

import pytest
import telegram

from bot.simulator import Simulator
from bot.telegram.request import AiohttpRequest


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

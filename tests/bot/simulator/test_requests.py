"""The three ways to write a request, and capitals in method names."""

import aiohttp
import pytest

from bot.simulator import Person, Simulator


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_every_way_of_writing_a_request_is_understood(sim: Simulator, li: Person, way: str) -> None:
    url = f"{sim.base_url}{sim.token}/SENDmessage"
    async with aiohttp.ClientSession() as session:
        if way == "query":
            request = session.get(url, params={"chat_id": li.id, "text": "走访"})
        elif way == "form":
            request = session.post(url, data={"chat_id": str(li.id), "text": "走访"})
        elif way == "json":
            request = session.post(url, json={"chat_id": li.id, "text": "走访", "reply_markup": None})
        else:
            with aiohttp.MultipartWriter("form-data") as body:
                for name, value in (("chat_id", str(li.id)), ("text", "走访")):
                    body.append(value).set_content_disposition("form-data", name=name)
            request = session.post(url, data=body)
        async with request as answer:
            assert (await answer.json())["result"]["text"] == "走访"
    assert li.text == "走访"


async def test_broken_json_is_refused(sim: Simulator) -> None:
    async with (
        aiohttp.ClientSession(headers={"Content-Type": "application/json"}) as session,
        session.post(f"{sim.base_url}{sim.token}/getMe", data=b"{") as answer,
    ):
        assert answer.status == 400


async def test_calls_are_remembered(sim: Simulator, li: Person) -> None:
    async with aiohttp.ClientSession() as session:
        await session.post(f"{sim.base_url}{sim.token}/sendMessage", json={"chat_id": li.id, "text": "走访"})
        await session.post(f"{sim.base_url}{sim.token}/sendMessage", json={"chat_id": li.id})
    assert [(call.method, call.status) for call in sim.calls] == [("sendMessage", 200), ("sendMessage", 400)]
    assert sim.calls[0].arguments["text"] == "走访"

"""The demo page's server side, and the page itself in a browser."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup

from bot.simulator import Person, Simulator
from bot.simulator.phones import Label, Listed, Phones
from bot.simulator.pictures import draw

from .conftest import MovedClock

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


class Control:
    """The demo's clock over the test's clock; one event is planned."""

    def __init__(self, clock: MovedClock) -> None:
        self.clock = clock
        self.planned: list[Label] = [{"zh": "晚间日报", "en": "Evening digests"}]

    def now(self) -> datetime:
        return self.clock.now()

    async def advance(self, seconds: float) -> None:
        self.clock.forward(seconds=seconds)

    async def next_event(self) -> Label | None:
        if not self.planned:
            return None
        self.clock.forward(hours=10)
        return self.planned.pop()


@pytest.fixture
async def page(sim: Simulator, clock: MovedClock, li: Person) -> AsyncIterator[str]:
    """The address of the page; 李强 has begun, 王芳 and 陈明 have not."""
    others = [sim.person("王芳"), sim.person("陈明")]
    listed = [Listed(one.id, one.name, {"zh": "帮扶责任人", "en": "helper"}, "花溪村") for one in [li, *others]]
    phones = Phones(sim, Control(clock), lambda: listed, [li.id])
    runner = web.AppRunner(phones.app(), shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def get(http: aiohttp.ClientSession, address: str) -> Any:
    async with http.get(address) as answer:
        assert answer.status == 200
        return await answer.json()


async def post(http: aiohttp.ClientSession, address: str, body: Any) -> Any:
    data = body if isinstance(body, aiohttp.FormData) else json.dumps(body)
    async with http.post(address, data=data) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_the_page_learns_who_there_is_and_what_time_it_is(
    page: str, http: aiohttp.ClientSession, li: Person
) -> None:
    start = await get(http, f"{page}/api/start")
    assert [one["name"] for one in start["people"]] == ["李强", "王芳", "陈明"]
    assert start["first"] == [li.id]
    assert start["now"] == "2026-11-23T01:00:00+00:00"
    async with http.get(f"{page}/page/app.js") as script:
        assert script.status == 200


async def test_a_chat_is_shown_as_people_see_it(
    page: str, http: aiohttp.ClientSession, bot: telegram.Bot, li: Person
) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="secret:1")]])
    sent = await bot.send_message(li.id, "<b>一</b>", parse_mode="HTML", reply_markup=markup)
    await bot.edit_message_text("二", li.id, sent.message_id, reply_markup=markup)
    await bot.send_photo(li.id, draw(0), caption="房前")
    await bot.send_document(li.id, b"abc", filename="a.txt")
    await bot.send_message(li.id, "键盘", reply_markup=ReplyKeyboardMarkup([["记走访"]]))
    await li.contact()
    await li.voice()
    chat = await get(http, f"{page}/api/chat/{li.id}")
    _, text, photo, paper, _, card, voice = chat["messages"]
    assert (text["text"], text["edited"], text["buttons"]) == ("二", True, [[{"text": "好"}]])
    assert (photo["text"], photo["photo"]["width"]) == ("房前", 960)
    assert paper["document"]["name"] == "a.txt"
    assert card["contact"]["number"] == "8613800000001"
    assert (voice["other"], voice["mine"]) == ("voice", True)
    assert chat["keyboard"]["rows"] == [[{"text": "记走访", "contact": False}]]
    async with http.get(f"{page}/api/files/{photo['photo']['large']}") as picture:
        assert await picture.read() == draw(0)


async def test_what_is_done_on_the_page_reaches_the_bot(
    page: str, http: aiohttp.ClientSession, bot: telegram.Bot, li: Person
) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="visit:ok:1")]])
    sent = await bot.send_message(li.id, "对吗", reply_markup=markup)
    chat = f"{page}/api/chat/{li.id}"
    await post(http, f"{chat}/text", {"text": "去了歪叔家"})
    await post(http, f"{chat}/text", {"text": "   "})
    await post(http, f"{chat}/tap", {"message": sent.message_id, "row": 0, "column": 0})
    await post(http, f"{chat}/tap", {"message": sent.message_id, "row": 4, "column": 0})
    await post(http, f"{chat}/samples", {"count": 2, "caption": "两张"})
    await post(http, f"{chat}/contact", {})
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("as", "file")
    form.add_field("caption", "名单")
    form.add_field("file", b"a,b", filename="名单.csv")
    await post(http, f"{chat}/files", form)
    form = aiohttp.FormData()
    form.add_field("as", "photo")
    form.add_field("file", draw(2), filename="a.jpg")
    await post(http, f"{chat}/files", form)
    text, press, first, second, card, paper, photo = await bot.get_updates()
    assert text.message is not None
    assert text.message.text == "去了歪叔家"
    assert press.callback_query is not None
    assert press.callback_query.data == "visit:ok:1"
    assert first.message is not None
    assert second.message is not None
    assert first.message.media_group_id == second.message.media_group_id
    assert card.message is not None
    assert card.message.contact is not None
    assert paper.message is not None
    assert paper.message.document is not None
    assert (paper.message.document.file_name, paper.message.caption) == ("名单.csv", "名单")
    assert photo.message is not None
    assert photo.message.photo


async def test_sample_sheets_are_at_hand(sim: Simulator, clock: MovedClock, li: Person, tmp_path: Path) -> None:
    sheet = tmp_path / "帮扶台账.xlsx"
    sheet.write_bytes(b"abc")
    phones = Phones(sim, Control(clock), lambda: [Listed(li.id, li.name)], [li.id], sheets=[sheet])
    async with TestClient(TestServer(phones.app())) as http:
        assert (await (await http.get("/api/start")).json())["sheets"] == ["帮扶台账.xlsx"]
        for name in ("帮扶台账.xlsx", "../key"):
            assert (await http.post(f"/api/chat/{li.id}/sheet", json={"name": name})).status == 200
        chat = await (await http.get(f"/api/chat/{li.id}")).json()
    assert [one["document"]["name"] for one in chat["messages"] if "document" in one] == ["帮扶台账.xlsx"]


async def test_blocking_is_a_button(page: str, http: aiohttp.ClientSession, li: Person) -> None:
    assert await post(http, f"{page}/api/chat/{li.id}/block", {}) == {"blocked": True}
    assert await post(http, f"{page}/api/chat/{li.id}/block", {}) == {"blocked": False}


async def test_unknown_persons_and_files_are_not_found(page: str, http: aiohttp.ClientSession) -> None:
    for path in ("chat/17", "chat/x", "files/nothing"):
        async with http.get(f"{page}/api/{path}") as answer:
            assert answer.status == 404


async def test_the_clock_moves_by_hours_and_to_the_next_event(page: str, http: aiohttp.ClientSession) -> None:
    assert await post(http, f"{page}/api/clock", {"advance": 3600}) == {"now": "2026-11-23T02:00:00+00:00"}
    assert await post(http, f"{page}/api/clock", {"next": True}) == {"now": "2026-11-23T12:00:00+00:00"}
    await post(http, f"{page}/api/clock", {"next": True})
    log = (await get(http, f"{page}/api/start"))["log"]
    assert [line["text"]["zh"] for line in log] == ["晚间日报", "没有排定的事了"]


async def test_the_page_hears_everything_that_happens(
    page: str, http: aiohttp.ClientSession, bot: telegram.Bot, li: Person
) -> None:
    heard: list[dict[str, Any]] = []

    async def listen() -> None:
        async with http.get(f"{page}/api/events") as stream:
            opened.set()
            async for line in stream.content:
                if line.startswith(b"data: "):
                    heard.append(json.loads(line[6:]))
                    if heard[-1]["kind"] == "delete":
                        return

    opened = asyncio.Event()
    listening = asyncio.create_task(listen())
    await opened.wait()
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="a")]])
    sent = await bot.send_message(li.id, "一\n二", reply_markup=markup)
    await li.tap("好")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    await update.callback_query.answer("行", show_alert=True)
    await bot.edit_message_text("三", li.id, sent.message_id)
    await bot.delete_message(li.id, sent.message_id)
    await asyncio.wait_for(listening, 5)
    assert [event["kind"] for event in heard] == ["message", "log", "press", "answer", "edit", "delete"]
    assert heard[1]["line"]["text"] == "一 二"
    assert heard[3]["toast"]["alert"] is True


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
async def test_the_page_in_a_browser(page: str, sim: Simulator, bot: telegram.Bot, li: Person) -> None:
    from playwright.async_api import async_playwright, expect

    async def answer() -> None:
        offset = 0
        while True:
            for update in await bot.get_updates(offset=offset, timeout=10):
                offset = update.update_id + 1
                if update.callback_query is not None:
                    await update.callback_query.answer("记好了")
                    await update.callback_query.edit_message_text("✔ 记下了")

    markup = InlineKeyboardMarkup([[InlineKeyboardButton("对,记下", callback_data="visit:ok:1")]])
    await bot.send_message(li.id, "王德明,见到,对吗?", reply_markup=markup)
    answering = asyncio.create_task(answer())
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            view = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN")
            faults: list[str] = []
            view.on("pageerror", lambda error: faults.append(str(error)))
            await view.goto(page)
            first = view.locator(".phone").first
            await first.get_by_text("对,记下").click()
            await expect(first.locator(".toast")).to_have_text("记好了")
            await expect(first.get_by_text("✔ 记下了")).to_be_visible()
            await first.locator(".round").first.click()
            await first.locator(".count").nth(1).click()
            await first.locator("textarea").fill("房前和灶前")
            await first.locator("textarea").press("Enter")
            await expect(first.locator(".photos img")).to_have_count(2)
            await view.locator(".move").first.click()
            await expect(view.locator("#time")).to_have_text("10:00")
            await view.locator(".phone").nth(1).locator(".big").click()
            await expect(view.locator(".phone").nth(1).locator(".mine")).to_contain_text("/start")
            await view.set_viewport_size({"width": 390, "height": 844})
            await expect(view.locator(".tab")).to_have_count(3)
            box = await view.locator("#language").bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= 390
            assert faults == []
            await browser.close()
    finally:
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answering
    assert sim.unknown_methods == []

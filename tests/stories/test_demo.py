"""The demo in a real browser: an officer fills an empty township, a helper joins and visits, a deputy hands a village
over. Everything is done on the page; only those who join are told anything, so that six weeks go by in seconds."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.config import build_config
from bot.demo import ZONE, Demo
from tests.needs import needs_browser

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
START = datetime(2026, 10, 31, 9, 10, tzinfo=ZONE)
EVENING = datetime(2026, 11, 12, 19, 0, tzinfo=ZONE)
REPORTED = datetime(2026, 12, 14, 8, 0, tzinfo=ZONE)
HELPER, OFFICER, DEPUTY = range(3)
PATIENCE = 30_000
"""Milliseconds: a slow machine may take its time, a quick one does not wait."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """`zoufang demo --empty` at a fixed moment."""
    demo = Demo(build_config({}, home=tmp_path), tmp_path, empty=True, start=START)
    await demo.open()
    yield demo
    await demo.close()
    assert demo.sim.unknown_methods == []
    assert demo.sim.complaints == []


@pytest.fixture
async def view(demo: Demo) -> AsyncIterator[Page]:
    """The page in a browser, with the three telephones it begins with."""
    browser_path = needs_browser()
    runner = web.AppRunner(demo.page.app(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        view = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        faults: list[str] = []
        view.on("pageerror", lambda error: faults.append(str(error)))
        view.set_default_timeout(PATIENCE)
        await view.goto(f"http://127.0.0.1:{runner.addresses[0][1]}")
        await expect(view.locator(".phone")).to_have_count(3)
        yield view
        await browser.close()
        assert faults == []
    await runner.cleanup()


async def sees(phone: Locator, text: str) -> None:
    """The bot's newest message says it."""
    await expect(phone.locator(".theirs").last).to_contain_text(text, timeout=PATIENCE)


async def press(phone: Locator, label: str) -> None:
    await phone.locator("button.inline", has_text=label).last.click()


async def join(phone: Locator) -> None:
    """START, then the own number with the bot's keyboard."""
    await phone.locator(".big").click()
    await phone.locator(".key", has_text="手机号").click()
    await sees(phone, "您已加入")


async def import_sheet(phone: Locator, name: str, counted: str) -> None:
    """A sample sheet from the attach menu, looked at and confirmed."""
    await phone.get_by_label("+").click()
    await phone.locator(".sheet-name", has_text=name).click()
    await sees(phone, counted)
    await press(phone, "确认导入")
    await sees(phone, "导入完成")


async def move_to(view: Page, demo: Demo, moment: datetime) -> None:
    """The clock, as its buttons move it."""
    seconds = (moment - demo.now()).total_seconds()
    address = f"{view.url}api/clock"
    answer = await view.request.post(address, data={"advance": seconds}, timeout=0)
    assert answer.ok


@pytest.mark.browser
async def test_from_an_empty_township_to_a_village_handed_over(demo: Demo, view: Page) -> None:
    helper, officer, deputy = (view.locator(".phone").nth(at) for at in (HELPER, OFFICER, DEPUTY))
    mine = demo.town.people[0]
    homes = [home for home in demo.town.households if home.helper.phone == mine.phone]
    village = homes[0].village
    head = next(one for one in demo.town.people if one.role == "第一书记" and one.area == village)

    await join(officer)
    await import_sheet(officer, "人员", "新增 160,认出 2")
    await import_sheet(officer, "乡镇报送表", "新增 269")
    await expect(officer.locator(".theirs").last).to_contain_text("有问题、不能写入:4行")

    await join(helper)
    await helper.get_by_label("+").click()
    await helper.locator(".count", has_text="2").click()
    await helper.locator("textarea").fill(f"今天去了{homes[0].head}家,没啥事")
    await helper.get_by_label("send").click()
    await sees(helper, "照片2张")
    await expect(helper.locator(".photos img")).to_have_count(2)
    await press(helper, "确认")
    await sees(helper, "记好了")

    await officer.locator(".head").click()
    await officer.locator("input[type=search]").fill(f"{head.name} 第一书记")
    await officer.locator(".person", has_text=head.name).click()
    await join(officer)
    await join(deputy)

    await move_to(view, demo, EVENING)
    await view.locator(".move.main").click()
    await expect(view.locator("#time")).to_have_text("19:20")
    await sees(helper, "还差走访的户")
    await move_to(view, demo, REPORTED)
    await sees(deputy, village)
    await press(deputy, "全村交办")
    await sees(deputy, head.name)
    await sees(officer, "交给您办")
    await expect(officer.locator(".theirs").last).to_contain_text(homes[0].head)

"""Takes the pictures of the helper's guide from the demo, in both languages: `python -m tests.guide`.

What the guide shows is what the bot does: every picture is a real conversation of the demo's first helper, in a
headless Chromium at the size of a telephone.
"""

import asyncio
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from aiohttp import web
from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from bot.config import build_config
from bot.demo import ZONE, Demo
from tests.needs import CHROMIUM, ROOT
from tests.stories.test_demo import ARGUMENTS, PATIENCE, START, move_to

FOLDER = ROOT / "docs" / "guide"
EVENING = datetime(2026, 11, 12, 19, 5, tzinfo=ZONE)
SIZE = {"width": 390, "height": 760}
COLOURS = 64
"""A chat has few colours; a picture of these weighs 20 kB."""


class Guide:
    """One conversation after the other; `take(name)` keeps what the telephone shows."""

    def __init__(self, page: Page, demo: Demo, language: str) -> None:
        self.page = page
        self.phone = page.locator(".phone").first
        self.demo = demo
        self.language = language
        mine = demo.town.people[0]
        self.homes = [home.head for home in demo.town.households if home.helper.phone == mine.phone]

    def said(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    async def say(self, zh: str, en: str) -> None:
        await self.phone.locator("textarea").fill(self.said(zh, en))
        await self.send()

    async def send(self) -> None:
        before = await self.phone.locator(".theirs").count()
        await self.phone.get_by_label("send").click()
        await expect(self.phone.locator(".theirs")).not_to_have_count(before, timeout=PATIENCE)

    async def tap(self, zh: str, en: str) -> None:
        button = self.phone.locator("button.inline", has_text=self.said(zh, en)).last
        await button.click()
        await self.page.wait_for_timeout(700)

    async def take(self, name: str) -> None:
        await self.page.wait_for_timeout(700)
        path = FOLDER / f"{name}.{self.language}.png"
        await self.phone.screenshot(path=path)
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
        print(path.relative_to(ROOT), path.stat().st_size // 1024, "kB", flush=True)

    async def play(self) -> None:
        await self.say("/lang", "/lang")
        await self.tap("中文", "English")
        await self.say("帮助", "help")
        await self.take("help")
        await self.say("记走访", "log a visit")
        await self.take("choose")
        await self.tap(self.homes[0], self.homes[0])
        await self.take("outcome")
        await self.tap("见到,没新情况", "Met, nothing new")
        await self.take("logged")
        await self.say(
            f"昨天晚上去了{self.homes[1]}屋头,低保到账了,{self.homes[2]}家没得人",
            f"yesterday I visited {self.homes[1]}, all fine; nobody was at home at {self.homes[2]}'s",
        )
        await self.take("words")
        await self.say("好", "ok")
        await self.phone.get_by_label("+").click()
        await self.phone.locator(".count", has_text="2").click()
        await self.phone.locator("textarea").fill(
            self.said(f"今天去了{self.homes[1]}家", f"visited {self.homes[1]} today")
        )
        await self.send()
        await self.take("photos")
        await self.say("好", "ok")
        await self.say("我的户", "my households")
        await self.take("mine")
        await self.say("撤销", "undo")
        await self.take("undo")
        await self.say("待办", "to do")
        await self.take("todo")


async def take_all(language: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = Demo(build_config({}, home=folder), folder, empty=False, start=START)
        await demo.open()
        runner = web.AppRunner(demo.page.app(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        browser_path = next(path for name in CHROMIUM if (path := shutil.which(name)))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
            locale = "zh-CN" if language == "zh" else "en"
            page = await browser.new_page(viewport=SIZE, locale=locale, device_scale_factor=1)
            page.set_default_timeout(PATIENCE)
            address = f"http://127.0.0.1:{runner.addresses[0][1]}"
            await page.goto(address)
            await expect(page.locator(".phone")).to_have_count(3)
            await move_to(page, demo, EVENING)
            await Guide(page, demo, language).play()
            await browser.close()
        await runner.cleanup()
        await demo.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in sys.argv[1:] or ("zh", "en"):
        asyncio.run(take_all(each))

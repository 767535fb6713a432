"""`zoufang demo`: the real bot, a local Bot API, a sample township and three phones in the browser, in one process."""

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import signal
import tempfile
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import App
from bot.clock import MovedClock
from bot.config import Config, build_config
from bot.logs import set_up_logs
from bot.pacing import Pacing
from bot.sample import add_officers, load_township, write_sheets
from bot.serving import listen, serve
from bot.simulator.life import Life
from bot.simulator.persons import Person as Phone
from bot.simulator.phones import Label, Listed, Phones
from bot.simulator.server import Simulator
from bot.simulator.state import Event
from bot.simulator.township import Township, township
from handlers.web.health import add_health
from models.rules.dates import DATE_RULES
from schedules.calendar import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
START_AT = time(9, 10)
NOT_JOINED = 5
SEED = 269
QUIET_FOR = timedelta(days=7)
ROLES = {
    "帮扶责任人": "Helper", "第一书记": "Team head", "村支书": "Village secretary", "信息员": "Clerk",
    "扶贫专干": "Officer", "分管副职": "Deputy in charge", "党委书记": "Party secretary", "乡镇长": "Township head",
    "单位联络人": "Unit contact", "县级督查": "County inspector",
}  # fmt: skip


def start_moment(today: date) -> datetime:
    """The last day of the newest month whose next two months have an official calendar, 09:10 in Shanghai: the next
    month's story, its 补录期 and its ladder then play on known working days."""
    calendar = Calendar()
    first = today.replace(day=1)
    while calendar.provisional(_month_after(_month_after(first)) - timedelta(days=1)):
        first = (first - timedelta(days=1)).replace(day=1)
    return datetime.combine(first - timedelta(days=1), START_AT, ZONE)


def _month_after(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


class Demo:
    """Everything of one demo, and its clock as the page moves it. `empty`: only the officers are on the roster."""

    def __init__(self, config: Config, folder: Path, *, empty: bool, start: datetime) -> None:
        self.folder = folder
        self.empty = empty
        self.web_config = config.web
        self.clock = MovedClock(start)
        self.town: Township = township(SEED, name="示例乡")
        self.sim = Simulator(clock=self.clock, folder=folder / "telegram")
        self.phones: dict[str, Phone] = {}
        self._told: dict[str, None] = {}
        self.sim.world.listeners.append(self._hear)
        self.life = Life(SEED, ZONE, [])
        self.app: App
        self.page: Phones

    async def open(self) -> None:
        """Simulator, bot, township, page: in that order."""
        await self.sim.start()
        self.app = App(self._bot_config(), clock=self.clock, pacing=Pacing(1000, self.clock.steady))
        await self.app.open()
        sheets = write_sheets(self.town, self.folder / "sheets")
        for person in self.town.people:
            self.phones[person.phone] = self.sim.person(person.name, phone=f"+86{person.phone}", language="zh-hans")
        if self.empty:
            await self._seat_officers()
        else:
            await load_township(self.app.database, sheets, now=self.clock.now())
            await self._seat_everybody()
        self.page = Phones(self.sim, self, self._listed, first=self._first_three(), sheets=sheets)

    async def close(self) -> None:
        await self.app.close()
        await self.sim.stop()

    # -- the clock, as the page moves it ------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.clock.now()

    async def advance(self, seconds: float) -> None:
        target = self.clock.now() + timedelta(seconds=seconds)
        while (event := await self._next_at()) is not None and event <= target:
            await self._go_to(event)
        self.clock.move_to(target)
        await self._settle()

    async def next_event(self) -> Label | None:
        """To the next moment at which somebody is told something: what the bot does for itself at midnight shows on no
        telephone. Stops after a week in which nobody is."""
        self._told.clear()
        until = self.clock.now() + QUIET_FOR
        while (event := await self._next_at()) is not None and event <= until:
            await self._go_to(event)
            if self._told:
                break
        else:
            if event is None:
                return None
            await self._go_to(until)
        return _happened(list(self._told))

    def _hear(self, event: Event) -> None:
        if event.kind == "message" and event.message is not None and event.message.from_bot and event.chat.account:
            self._told[event.chat.account.first_name] = None

    async def _next_at(self) -> datetime | None:
        """The next moment at which the bot or a simulated person does something, later than now; None: nobody does."""
        now = self.clock.now()
        events = [self.life.next_at(now), await self.app.next_event_at()]
        event = min((at for at in events if at is not None), default=None)
        return None if event is None else max(event, now + timedelta(seconds=1))

    async def _go_to(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        wrote = await self.life.write_due(self.clock.now())
        await self._settle()
        if wrote:
            await self.life.confirm(wrote)
            await self._settle()
        self.page.show_time()

    async def _settle(self) -> None:
        await self.sim.delivered()
        await self.app.idle()

    # -- the township ---------------------------------------------------------------------------------------------------

    def _bot_config(self) -> Config:
        return build_config(
            {
                "telegram": {
                    "token": self.sim.token,
                    "base_url": self.sim.base_url,
                    "base_file_url": self.sim.base_file_url,
                },
                "database": {"url": "sqlite:///zoufang.db"},
                "township": {"name": self.town.name, "county": "示例县"},
                "rules": {"rule": [{"code": code} for code in ("R1", *DATE_RULES)]},
                "logging": {"level": "warning"},
            },
            home=self.folder,
        )

    async def _seat_everybody(self) -> None:
        """All have joined but five helpers; the helper on the first phone writes only what is typed there."""
        helpers = [person.phone for person in self.town.people if person.role == "帮扶责任人"]
        absent = set(random.Random(SEED).sample(helpers[10:], NOT_JOINED))
        joined = {number: phone for number, phone in self.phones.items() if number not in absent}
        await self._join(joined)
        homes: dict[str, list[str]] = defaultdict(list)
        for household in self.town.households:
            homes[household.helper.phone].append(household.head)
        shown = self._shown_helper()
        writing = [(self.phones[p], heads) for p, heads in homes.items() if p in joined and p != shown]
        self.life = Life(SEED, ZONE, writing)

    async def _seat_officers(self) -> None:
        officers = [person for person in self.town.people if person.role == "扶贫专干"]
        await self.app.database.run(add_officers, [(p.name, f"+86{p.phone}") for p in officers], now=self.clock.now())

    async def _join(self, joined: dict[str, Phone]) -> None:
        """Each opens the bot and shares the own number, as everybody may whose number is on the roster."""
        for phone in joined.values():
            await phone.start()
            await phone.contact()
        await self._settle()

    def _shown_helper(self) -> str:
        """A helper with two or three households, all in one village: a story that fits on a phone."""
        homes: dict[str, set[str]] = defaultdict(set)
        counts: dict[str, int] = defaultdict(int)
        for household in self.town.households:
            homes[household.helper.phone].add(household.village)
            counts[household.helper.phone] += 1
        fitting = [p.phone for p in self.town.people if counts[p.phone] in (2, 3) and len(homes[p.phone]) == 1]
        return fitting[0] if fitting else self.town.people[0].phone

    def _first_three(self) -> list[int]:
        def first(role: str) -> str:
            return next(person.phone for person in self.town.people if person.role == role)

        return [self.phones[phone].id for phone in (self._shown_helper(), first("扶贫专干"), first("分管副职"))]

    def _listed(self) -> list[Listed]:
        villages = {household.helper.phone: household.village for household in self.town.households}
        return [
            Listed(
                self.phones[person.phone].id,
                person.name,
                {"zh": person.role, "en": ROLES.get(person.role, person.role)},
                person.area or villages.get(person.phone, self.town.name),
            )
            for person in self.town.people
        ]


def _happened(told: list[str]) -> Label:
    """Who hears from the bot; the page adds the moment."""
    names, more = "、".join(told[:3]), len(told) > 3
    if not told:
        zh, en = "过了一周,没有要通知的事", "A week later: nobody was told anything"
    else:
        zh = f"{names}等{len(told)}人收到消息" if more else f"{names}收到消息"
        en = f"Messages for {', '.join(told[:3])}" + (f" and {len(told) - 3} more" if more else "")
    return {"zh": zh, "en": en}


async def run_demo(config: Config, *, empty: bool) -> None:
    """Runs the demo until it is interrupted. Raises CommandError where its address is taken."""
    listening = listen(config.web.host, config.web.port)
    # In memory where there is a place for it: a demo is thrown away, and its clock runs faster without a disk.
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="zoufang-demo-", dir=memory if os.access(memory, os.W_OK) else None))
    demo = Demo(config, folder, empty=empty, start=start_moment(datetime.now(ZONE).date()))
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    print("走访: making a sample township (generated, no real person) …", flush=True)
    await demo.open()
    page = demo.page.app()
    add_health(page, demo.app.health)
    runner = await serve(page, listening)
    print(f"走访: three phones at http://{config.web.host}:{config.web.port}  (Ctrl-C ends)", flush=True)
    print(f"      sample sheets to import: {folder / 'sheets'}", flush=True)
    try:
        await stop.wait()
    finally:
        await runner.cleanup()
        await demo.close()
        shutil.rmtree(folder, ignore_errors=True)


def demo(config: Config, options: argparse.Namespace) -> None:
    """The command `zoufang demo`."""
    if options.port is not None:
        config = config.model_copy(update={"web": config.web.model_copy(update={"port": options.port})})
    set_up_logs("warning", config.logging.format)
    asyncio.run(run_demo(config, empty=options.empty))

"""A township for stories: simulator, bot, moved clock, people made in a line each."""

import asyncio
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.app import App
from bot.clock import MovedClock
from bot.config import Config, build_config
from bot.db import Database
from bot.pacing import UNLIMITED, Pacing
from bot.simulator.persons import Person as Phone
from bot.simulator.server import Simulator
from models.areas import ensure_area, find_township
from models.households import Assignment, Household
from models.people import Grant, Person
from models.secrets import keyed_hash

ZONE = ZoneInfo("Asia/Shanghai")


class Town:
    """`await town.settle()` returns when nobody has anything left to do; `await town.go_to(…)` moves the clock event
    by event; `town.told(phone)` are the texts that arrived since the last look."""

    def __init__(
        self,
        folder: Path,
        start: datetime,
        database_url: str = "",
        engine: Engine | None = None,
        **settings: dict[str, object],
    ) -> None:
        self.folder = folder
        self.engine = engine
        self.clock = MovedClock(start, still=True)
        self.sim = Simulator(clock=self.clock)
        self.settings = settings
        self.database_url = database_url or f"sqlite:///{folder}/zoufang.db"
        self.app: App
        self._phones = 0

    async def open(self) -> None:
        await self.sim.start()
        await self.start_bot()

    async def start_bot(self) -> None:
        """Starts the bot as a new process would: nothing is shared with the one before but the disk."""
        self.app = self.make_app(build_config(self.values(), home=self.folder))
        await self.app.open(background=False)

    def values(self) -> dict[str, object]:
        """The settings, as a file would give them."""
        return {
            "telegram": {
                "token": self.sim.token, "base_url": self.sim.base_url, "base_file_url": self.sim.base_file_url,
            },
            "database": {"url": self.database_url},
            "security": {"key_file": str(self.folder / "key")},
            "photos": {"folder": str(self.folder / "photos")},
            "township": {"name": "示例乡", "county": "示例县"},
            **self.settings,
        }  # fmt: skip

    def make_app(self, config: Config) -> App:
        database = Database(config.database_url, self.engine)
        return App(config, clock=self.clock, pacing=self.pacing(), database=database)

    def pacing(self) -> Pacing:
        """Nothing waits for its turn: the clock of a story stands still."""
        return Pacing(UNLIMITED, self.clock.steady, chat_per_second=UNLIMITED)

    async def stop_bot(self) -> None:
        await self.app.close()

    async def kill_bot(self) -> None:
        """The process dies: nothing is finished, nothing is said; only what is on disk remains."""
        app = self.app
        tasks = [*app._tasks, *app.inbox._tasks, *app.sender._busy.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await app.let_go()
        app.fetcher.close()
        await app.channel.close()
        app.database.close()
        if app._lock is not None:
            app._lock.close()

    async def close(self) -> None:
        await self.stop_bot()
        await self.sim.stop()
        assert self.sim.unknown_methods == []
        assert self.sim.complaints == []

    # -- people and places ------------------------------------------------------------------------------------------

    async def person(self, name: str, role: str, *, village: str = "", joined: bool = True, **more: str) -> Phone:
        """A person with a grant and a phone; `joined` false: on the roster, never opened the link."""
        self._phones += 1
        number = f"1960000{self._phones:04d}"
        phone = self.sim.person(name, phone=f"+86{number}", language=more.pop("language", "zh-hans"))
        await self.app.database.run(add_person, name, role, village, number, more, now=self.clock.now())
        if joined:
            await phone.start()
            await self.settle()
            await phone.contact()
            await self.settle()
            phone.new()
        return phone

    async def household(
        self, head: str, *, helper: str = "", second: str = "", village: str = "青山村", **more: str
    ) -> int:
        """A household with its helpers by name; its id."""
        return await self.app.database.run(add_household, head, helper, second, village, more, now=self.clock.now())

    async def say(self, phone: Phone, *texts: str) -> str:
        """Somebody types one text after the other; what the phone shows then."""
        for text in texts:
            await phone.send(text)
            await self.settle()
        return phone.text

    async def tap(self, phone: Phone, button: str) -> str:
        """Somebody taps; what the phone shows then."""
        await phone.tap(button)
        await self.settle()
        return phone.text

    # -- time ---------------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Everything that was sent has been taken, handled and answered."""
        await self.sim.delivered()
        await self.app.idle()

    async def go_to(self, day: date, at: str = "12:00") -> None:
        """Moves the clock to a local moment, stopping at every event on the way."""
        hour, minute = map(int, at.split(":"))
        await self.go_on_to(datetime.combine(day, time(hour, minute), ZONE))

    async def go_on_to(self, moment: datetime) -> None:
        while True:
            await self.settle()
            event = await self.app.next_event_at()
            if event is None or event > moment:
                break
            self.clock.move_to(max(event, self.clock.now() + timedelta(seconds=1)))
        self.clock.move_to(moment)
        await self.settle()

    async def wait(self, **length: float) -> None:
        await self.go_on_to(self.clock.now() + timedelta(**length))

    @property
    def today(self) -> date:
        return self.clock.now().astimezone(ZONE).date()

    @staticmethod
    def told(phone: Phone) -> list[str]:
        """The texts that came to a phone since the last look."""
        return [message.text for message in phone.new()]


class Cast:
    """The people of a story, each phone under a name of its own."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def hear(self) -> None:
        """Nobody remembers what was said so far."""
        for phone in vars(self).values():
            if isinstance(phone, Phone):
                self.town.told(phone)

    async def say(self, phone: Phone, *texts: str) -> str:
        return await self.town.say(phone, *texts)

    async def tap(self, phone: Phone, button: str) -> str:
        return await self.town.tap(phone, button)


def add_person(
    session: Session, name: str, role: str, village: str, number: str, more: dict[str, str], *, now: datetime
) -> int:
    township = find_township(session)
    area = ensure_area(session, township, "village", village) if village else township
    person = Person(
        name=name, unit=more.get("unit", "乡政府"), phone=f"+86{number}", phone_hash=keyed_hash(f"+86{number}"),
        locale=more.get("locale"), created_at=now,
    )  # fmt: skip
    session.add(person)
    session.flush()
    session.add(Grant(person_id=person.id, role=role, post=more.get("post"), area_id=area, starts_on=date(2025, 1, 1)))
    return person.id


def add_household(
    session: Session, head: str, helper: str, second: str, village: str, more: dict[str, str], *, now: datetime
) -> int:
    from pypinyin import Style, lazy_pinyin
    from sqlalchemy import select

    place = ensure_area(session, find_township(session), "village", village)
    group = ensure_area(session, place, "group", more.get("group", "1组"))
    household = Household(
        number=more.get("number"), village_id=place, area_id=group, head_name=head,
        pinyin=" ".join(lazy_pinyin(head)), initials="".join(lazy_pinyin(head, style=Style.FIRST_LETTER)),
        kind=more.get("kind", "general"), people_count=3, registered_on=date(2025, 1, 1), created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(household)
    session.flush()
    for position, name in (("first", helper), ("second", second)):
        if name:
            person_id = session.scalars(select(Person.id).where(Person.name == name)).one()
            session.add(Assignment(household_id=household.id, person_id=person_id, position=position, created_at=now))
    return household.id

"""A township whose bot runs in a process of its own and is killed by SIGKILL, whatever it is just doing."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db import Database
from bot.sessions import LEASE, Lease
from bot.simulator.server import Simulator
from models.inbox import InboxRow
from models.outbox import Message
from models.secrets import read_keyring, use_keyring
from tests.faults.process import FileClock, fork
from tests.stories.township import Town


class BotProcess:
    """One process of the bot, as a story speaks to its app: come to rest, when is the next event, your database."""

    def __init__(self, folder: Path, values: dict[str, object], lease: Lease = LEASE) -> None:
        self._process, self._line = fork(folder, values, lease)
        self._next: datetime | None = None
        self.database: Database

    async def opened(self) -> None:
        await self._hear()

    async def idle(self) -> None:
        self._line.send("rest")
        self._next = await self._hear()

    async def next_event_at(self) -> datetime | None:
        return self._next

    def signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    async def kill(self) -> None:
        """No last words: the process ends between two of its instructions."""
        self._process.kill()
        await asyncio.to_thread(self._process.join)
        self._process.close()
        self._line.close()

    async def _hear(self) -> Any:
        return await asyncio.to_thread(self._line.recv)


class KilledTown(Town):
    """`kills` says, for each time that the story waits for the bot to come to rest, after how many real seconds the
    bot is killed; None: it lives on. `killed` are those that were, `caught` counts what they were in the middle of,
    `lasted` has the seconds that each rest took."""

    def __init__(
        self,
        folder: Path,
        start: datetime,
        kills: Callable[[int], float | None] = lambda stop: None,
        database_url: str = "",
    ) -> None:
        super().__init__(folder, start, database_url)
        folder.mkdir(exist_ok=True)
        clock = FileClock(folder / "clock")
        clock.move_to(start)
        self.clock = clock  # type: ignore[assignment]
        self.sim = Simulator(clock=clock)
        self.kills = kills
        self.killed: list[tuple[int, float]] = []
        self.caught: Counter[str] = Counter()
        self.lasted: dict[int, float] = {}
        self.stops = -1
        self._database: Database | None = None

    async def start_bot(self) -> None:
        process = BotProcess(self.folder, self.values())
        self.app = process  # type: ignore[assignment]
        await process.opened()
        if self._database is None:
            use_keyring(read_keyring(self.folder / "key"))
            self._database = Database(self.database_url)
            self._database.open()
        process.database = self._database

    async def settle(self) -> None:
        self.stops += 1
        began = time.monotonic()
        seconds = self.kills(self.stops)
        if seconds is not None:
            resting = asyncio.create_task(super().settle())
            await asyncio.sleep(seconds)
            await self.kill_bot()
            resting.cancel()
            await asyncio.gather(resting, return_exceptions=True)
            self.killed.append((self.stops, seconds))
            self.caught[await self._caught()] += 1
            await self.start_bot()
        await super().settle()
        self.lasted[self.stops] = time.monotonic() - began

    async def _caught(self) -> str:
        """What lies half done where the process ended."""
        if len(self.sim.bot.updates):
            return "not confirmed"
        return await self.app.database.read(half_done)

    async def kill_bot(self) -> None:
        process = self.app
        assert isinstance(process, BotProcess)
        await process.kill()

    async def stop_bot(self) -> None:
        await self.kill_bot()
        if self._database is not None:
            self._database.close()


def half_done(session: Session) -> str:
    """What a process has left unfinished: an update, a send, a message to be sent; or nothing."""
    for what, table, states in (
        ("not handled", InboxRow, ("new",)), ("sending", Message, ("sending",)), ("not sent", Message, ("pending", "retry")),
    ):  # fmt: skip
        if session.scalar(select(func.count()).select_from(table).where(table.state.in_(states))):
            return what
    return "nothing"

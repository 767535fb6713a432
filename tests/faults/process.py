"""A bot in a process of its own, for tests that kill it.

Processes are forked from a server that has imported everything once and runs nothing: each is the whole bot, with its
own beat and loops, and ends however it is ended.
"""

import asyncio
import multiprocessing
import os
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.app import App
from bot.clock import Clock
from bot.config import build_config
from bot.logs import set_up_logs
from bot.pacing import UNLIMITED, Pacing
from bot.sessions import Lease


class FileClock(Clock):
    """A pretend time in a file: everybody who knows the path has the same, and it outlives a process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())

    def steady(self) -> float:
        """Goes with the other: time that was moved is time that passed, not a clock that was set."""
        return self.now().timestamp()

    def move_to(self, moment: datetime) -> None:
        """Goes forward to a moment; the file is whole at any time."""
        if not self._path.exists() or moment > self.now():
            fresh = self._path.with_suffix(".new")
            fresh.write_text(moment.astimezone(UTC).isoformat())
            os.replace(fresh, self._path)


async def live(folder: Path, values: dict[str, object], lease: Lease, speaks: Connection) -> None:
    """The whole bot. Whenever it is asked, it comes to rest and answers with the moment of the next event."""
    clock = FileClock(folder / "clock")
    pacing = Pacing(UNLIMITED, clock.steady, chat_per_second=UNLIMITED)
    app = App(build_config(values, home=folder), clock=clock, pacing=pacing, lease=lease)
    await app.open()
    speaks.send("open")
    while True:
        await asyncio.to_thread(speaks.recv)
        await app.idle()
        speaks.send(await app.next_event_at())


def run(folder: Path, values: dict[str, object], lease: Lease, speaks: Connection) -> None:
    """What the new process does; its log goes into a file."""
    with (folder / "bot.log").open("a", buffering=1) as log:
        set_up_logs(stream=log)
        asyncio.run(live(folder, values, lease, speaks))


def fork(folder: Path, values: dict[str, object], lease: Lease) -> tuple[BaseProcess, Connection]:
    """A new process of the bot, and the line to speak with it."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=run, args=(folder, values, lease, there), daemon=True)
    process.start()
    there.close()
    return process, here

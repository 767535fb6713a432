"""A bot that dies at chosen boundaries: before or after one commit that writes, before or after one call to Telegram.

Dying means that nothing after the boundary happens and nobody is told: futures stay open, calls never return. The
township then throws the process's memory away and starts a new bot on the same disk; the clock stands still meanwhile.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, event

from bot.app import App
from bot.channel import RawUpdate
from bot.config import Config
from bot.db import Database, _Job, make_engine
from bot.telegram.channel import TelegramChannel
from handlers.reply import Reply
from tests.stories.township import Town

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Boundary:
    """The `number`-th boundary of one stop of the story, in the `life`-th process that the stop sees."""

    stop: int
    life: int
    number: int
    where: str


def never(boundary: Boundary) -> bool:
    return False


@dataclass
class Plan:
    """`deaths` says of a boundary whether the bot dies there. A stop begins with each `settle`; between stops the
    plan is not armed: there the test itself writes."""

    deaths: Callable[[Boundary], bool] = never
    passed: list[Boundary] = field(default_factory=list)
    cuts: list[Boundary] = field(default_factory=list)
    died: asyncio.Event = field(default_factory=asyncio.Event)
    armed: bool = False
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: int = -1
    _life: int = 0
    _number: int = 0

    def begin_stop(self) -> None:
        self._stop, self._life, self._number, self.armed = self._stop + 1, 0, 0, True

    def begin_life(self) -> None:
        """The dead process is gone; the next one counts its boundaries anew."""
        self._life, self._number = self._life + 1, 0
        self.died.clear()

    def dies(self, where: str) -> bool:
        """Called at each boundary, from any thread; once dead, every further boundary is beyond the end."""
        with self._lock:
            if not self.armed:
                return False
            if self.dead:
                return True
            boundary = Boundary(self._stop, self._life, self._number, where)
            self._number += 1
            self.passed.append(boundary)
            if self.deaths(boundary):
                self.cuts.append(boundary)
                self._loop.call_soon_threadsafe(self.died.set)
            return self.dead

    @property
    def dead(self) -> bool:
        return bool(self.cuts) and (self.cuts[-1].stop, self.cuts[-1].life) == (self._stop, self._life)


class Died(BaseException):
    """Rolls back the transaction in which the bot dies; nobody sees it."""


def cut_engine(url: str, plan: Plan) -> Engine:
    """An engine for one life after the other: what the first has compiled serves all."""
    engine = make_engine(url)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.info["wrote"] = False

    @event.listens_for(engine, "after_cursor_execute")
    def note_write(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(WRITES) and cursor.rowcount != 0:
            connection.info["wrote"] = True

    @event.listens_for(engine, "commit")
    def before_commit(connection: Connection) -> None:
        wrote.value = connection.info["wrote"]
        if wrote.value and plan.dies("before a commit"):
            raise Died

    return engine


class CutDatabase(Database):
    """Counts those commits that write something."""

    def __init__(self, url: str, engine: Engine, plan: Plan) -> None:
        super().__init__(url, engine)
        self._plan = plan

    def _write_together(self, jobs: list[_Job]) -> None:
        copies = [_Job(job.action, job.args, job.named) for job in jobs]
        wrote.value = False
        super()._write_together(copies)
        if self._plan.dead or (wrote.value and self._plan.dies("after a commit")):
            return
        for job, copy in zip(jobs, copies, strict=True):
            error = copy.done.exception()
            if error is not None:
                job.done.set_exception(error)
            else:
                job.done.set_result(copy.done.result())

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        answer = await super()._in_thread(self._or_dead, function, *args)
        return await _never() if answer is Died else answer

    def _or_dead(self, function: Callable[..., Any], *args: Any) -> Any:
        """A read, or on PostgreSQL a transaction of its own; `Died` where the process ends in it."""
        wrote.value = False
        try:
            answer = function(*args)
        except Died:
            return Died
        if self._plan.dead or (wrote.value and self._plan.dies("after a commit")):
            return Died
        return answer


class _Wrote(threading.local):
    value = False


wrote = _Wrote()
"""Whether this thread's last commit wrote anything."""


class CutChannel(TelegramChannel):
    plan: Plan

    async def _cut(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if self.plan.dies(f"before {name}"):
            await _never()
        answer = await call()
        if self.plan.dies(f"after {name}"):
            await _never()
        return answer

    async def send(self, chat: int, reply: Reply, locale: str, *, edits: int | None = None) -> int:
        send = super().send
        number: int = await self._cut("an edit" if edits else "a send", lambda: send(chat, reply, locale, edits=edits))
        return number

    async def answer_press(self, press_id: str) -> None:
        answer = super().answer_press
        await self._cut("a press was answered", lambda: answer(press_id))

    async def leave(self, chat: int) -> None:
        leave = super().leave
        await self._cut("leaving", lambda: leave(chat))

    async def download(self, file_id: str, target: Path, max_bytes: int) -> int:
        download = super().download
        size: int = await self._cut("a download", lambda: download(file_id, target, max_bytes))
        return size

    async def receive(self, offset: int | None) -> list[RawUpdate]:
        found = await super().receive(offset)
        if found and self.plan.dies("after updates were fetched"):
            await _never()
        return found


async def _never() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError


class CutTown(Town):
    """A township whose bot dies as planned and is started again on what is left; sends one after the other, so that
    at most one is in flight when it dies."""

    def __init__(self, folder: Path, start: datetime, database_url: str = "", **settings: dict[str, object]) -> None:
        super().__init__(folder, start, database_url, **settings)
        self.plan = Plan()
        self.engine = cut_engine(self.database_url, self.plan)

    def make_app(self, config: Config) -> App:
        telegram = config.telegram
        channel = CutChannel(config.token, telegram.base_url, telegram.base_file_url)
        channel.plan = self.plan
        database = CutDatabase(config.database_url, self.engine, self.plan)
        app = App(config, clock=self.clock, pacing=self.pacing(), database=database, channel=channel)
        app.sender.side_by_side = 1
        return app

    async def settle(self) -> None:
        self.plan.begin_stop()
        try:
            work: Callable[[], Coroutine[Any, Any, None]] = super().settle
            while not await self._survives(work()):
                await self.kill_bot()
                self.plan.begin_life()
                while not await self._survives(self.start_bot()):
                    await self.kill_bot()
                    self.plan.begin_life()
        finally:
            self.plan.armed = False

    async def _survives(self, work: Coroutine[Any, Any, None]) -> bool:
        doing = asyncio.create_task(work)
        dying = asyncio.create_task(self.plan.died.wait())
        await asyncio.wait([doing, dying], return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if not self.plan.dead:
            await doing
            return True
        doing.cancel()
        await asyncio.wait([doing])
        return False

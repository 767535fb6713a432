"""A bot that dies at a chosen boundary: before or after one commit, before or after one call to Telegram.

Dying means that nothing after the boundary happens and nobody is told: futures stay open, calls never return. The
harness then throws the process's memory away and starts a new one on the same disk.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bot.db import Database, _Job
from bot.telegram.channel import TelegramChannel
from handlers.reply import Reply


@dataclass
class Plan:
    """Dies at boundary number `at` (None: never). `passed` counts boundaries, `died` is set at death."""

    at: int | None
    passed: int = 0
    where: str = ""
    died: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None

    def dies(self, where: str) -> bool:
        if self.where:
            return True
        self.passed += 1
        if self.passed - 1 != self.at:
            return False
        self.where = where
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.died.set)
        return True


class CutDatabase(Database):
    def __init__(self, url: str, plan: Plan) -> None:
        super().__init__(url)
        self._plan = plan

    def _write_together(self, jobs: list[_Job]) -> None:
        if self._plan.dies("before a commit"):
            return
        copies = [_Job(job.action, job.args, job.named) for job in jobs]
        super()._write_together(copies)
        if self._plan.dies("after a commit"):
            return
        for job, copy in zip(jobs, copies, strict=True):
            error = copy.done.exception()
            if error is not None:
                job.done.set_exception(error)
            else:
                job.done.set_result(copy.done.result())


class CutChannel(TelegramChannel):
    plan: Plan

    async def send(self, chat: int, reply: Reply, locale: str, *, edits: int | None = None) -> int:
        if self.plan.dies("before a send"):
            await _never()
        number = await super().send(chat, reply, locale, edits=edits)
        if self.plan.dies("after a send"):
            await _never()
        return number

    async def answer_press(self, press_id: str) -> None:
        if self.plan.dies("before a press was answered"):
            await _never()
        await super().answer_press(press_id)

    async def receive(self, offset: int | None) -> list[Any]:
        found = await super().receive(offset)
        if found and self.plan.dies("after updates were fetched"):
            await _never()
        return found


async def _never() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError

"""Wall time and steady time, and the beat: APScheduler calls the ticks, due times live in rows."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

# A tick that is still at work when its turn comes again is no news.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

Tick = Callable[[], Awaitable[None]]


def seconds_asleep_too() -> float:
    """Seconds that never go back, counted also while the machine sleeps, where the system can tell."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Clock:
    """Real time. `now` is wall time in UTC, `steady` seconds that never go back."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        return seconds_asleep_too()


class MovedClock(Clock):
    """A clock that can be moved, for the demo and for tests: wall and steady time move together, and go on by
    themselves unless `still`."""

    def __init__(self, start: datetime, *, still: bool = False) -> None:
        self._base = start.astimezone(UTC)
        self._still = still
        self._began = time.monotonic()
        self._moved = 0.0
        self._ahead = 0.0

    def _passed(self) -> float:
        return 0.0 if self._still else time.monotonic() - self._began

    def now(self) -> datetime:
        return self._base + timedelta(seconds=self._passed() + self._moved)

    def steady(self) -> float:
        return self._began + self._passed() + self._ahead

    def move(self, seconds: float) -> None:
        """Moves both clocks forward; backwards the wall clock only, as a machine's clock that is set back."""
        self._moved += seconds
        self._ahead += max(seconds, 0.0)

    def jump(self, seconds: float) -> None:
        """A fault: somebody sets the wall clock, forward or back; steady time goes on as before."""
        self._moved += seconds

    def move_to(self, moment: datetime) -> None:
        """Goes forward to a moment; a moment already passed changes nothing."""
        self.move(max(0.0, (moment - self.now()).total_seconds()))


class Beat:
    """Calls each tick every so many seconds, one call at a time; a tick that fails is called again at its next turn."""

    def __init__(self, ticks: dict[str, tuple[float, Tick]]) -> None:
        self._ticks = ticks
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: set[asyncio.Task[object] | None] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        for name, (seconds, tick) in self._ticks.items():
            self._scheduler.add_job(
                self._call, "interval", (tick,), seconds=seconds, id=name,
                max_instances=1, coalesce=True, misfire_grace_time=None,
            )  # fmt: skip
        self._scheduler.start()

    async def _call(self, tick: Tick) -> None:
        task = asyncio.current_task()
        self._idle.clear()
        self._running.add(task)
        try:
            await tick()
        finally:
            self._running.discard(task)
            if not self._running:
                self._idle.set()

    async def restart(self) -> None:
        """Ends a scheduler that no longer calls anybody, cuts off what hangs, and begins anew."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        hanging = [task for task in self._running if task is not None]
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self.start()

    async def stop(self) -> None:
        """Starts nothing more and waits for what runs: a tick is never cut off in the middle."""
        if self._scheduler.running:
            self._scheduler.pause()
        await self._idle.wait()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

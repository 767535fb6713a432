"""Runs the ticks of schedules/, one at a time: each at its beat, or all until there is no more to do."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy.orm import Session

from bot.clock import Beat, Clock
from bot.db import Database
from bot.metrics import Metrics
from bot.nodes import alone
from schedules import TICKS
from schedules.ticks import Tick

log = structlog.get_logger()
WORKERS_EVERY = 1.0
OFTEN = 5.0
"""Seconds: ticks that look as often as this are looked at whenever everything is to come to rest."""


class Turn(NamedTuple):
    tick: Tick
    seconds: float
    worked: bool


class Ticking:
    """`held` tells whether what lives by the clock must wait; `worked` is called when a tick had something to do;
    `workers` do outside work that waits in rows, a piece a call. Names in `elsewhere` are jobs of a queue: the beat
    leaves them alone. `monotonic` is real time, whatever the clock says."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        *,
        held: Callable[[], bool],
        worked: Callable[[], None],
        workers: Mapping[str, Callable[[], Awaitable[bool]]],
        ticks: Sequence[Tick] = TICKS,
        elsewhere: Collection[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._held = held
        self._worked = worked
        self._ticks = ticks
        self._monotonic = monotonic
        self._one_at_a_time = asyncio.Lock()
        self._moved_at = monotonic()
        self._last: dict[str, float] = {}
        self._ran: dict[str, float] = {}
        self._beaten = [tick.name for tick in ticks if tick.name not in elsewhere]
        calls = {tick.name: (tick.every, self._call(tick)) for tick in ticks if tick.name in self._beaten}
        calls |= {name: (WORKERS_EVERY, _working(work)) for name, work in workers.items() if name not in elsewhere}
        self._beat = Beat(calls)
        self.running = False

    def start(self) -> None:
        self._moved_at = self._monotonic()
        self._last = dict.fromkeys(self._beaten, self._moved_at)
        self._beat.start()
        self.running = True

    async def restart(self) -> None:
        """A new beat; what hangs is cut off. Its transaction ends by itself, whole or not at all."""
        await self._beat.restart()
        self._moved_at = self._monotonic()

    async def stop(self) -> None:
        if self.running:
            await self._beat.stop()

    def age(self) -> float:
        """Seconds since any tick last moved: began, or did a piece of its work."""
        return self._monotonic() - self._moved_at

    def ages(self) -> dict[str, float]:
        """Seconds since each tick last came to its end."""
        now = self._monotonic()
        return {name: now - at for name, at in self._last.items()}

    async def run_all(self) -> bool:
        """Every tick until it has no more to do; whether any had. One that looks rarely looks only when its time has
        come again, as with the beat."""
        now = self._clock.steady()
        left = [tick for tick in self._ticks if not self._rests(tick, now)]
        self._ran |= dict.fromkeys((tick.name for tick in left), now)
        worked = False
        while left:
            try:
                async with self._one_at_a_time:
                    turns = await self._database.run(self._run_to_busy, left)
            except Exception:
                return any([await self.run(tick) for tick in left]) or worked
            for turn in turns:
                self._metrics.ticked(turn.tick.name, turn.seconds, failed=False)
            if not (turns and turns[-1].worked):
                break
            self._worked()
            worked, busy = True, turns[-1].tick
            await self.run(busy)
            left = left[left.index(busy) + 1 :]
        return worked

    def _rests(self, tick: Tick, now: float) -> bool:
        return tick.every > OFTEN and now - self._ran.get(tick.name, -tick.every) < tick.every

    def _run_to_busy(self, session: Session, ticks: Sequence[Tick]) -> list[Turn]:
        """Ticks that find nothing to do need no transaction each: up to and with the first that worked they share one.
        The turns are counted once that is committed: it may be done again, without what it shared the commit with."""
        turns: list[Turn] = []
        for tick in ticks:
            if tick.by_clock and self._held():
                continue
            began = self._monotonic()
            worked = self._work(session, tick)
            turns.append(Turn(tick, self._monotonic() - began, worked))
            if worked:
                break
        return turns

    async def run(self, tick: Tick) -> bool:
        """The edge for one tick: what goes wrong is logged, the next turn comes all the same."""
        worked = failed = False
        async with self._one_at_a_time:
            began = self._moved_at = self._monotonic()
            try:
                while not (tick.by_clock and self._held()) and await self._database.run(self._work, tick):
                    worked = True
                    self._moved_at = self._monotonic()
            except Exception:
                failed = True
                log.exception("tick failed", tick=tick.name)
            self._last[tick.name] = self._moved_at = self._monotonic()
            self._metrics.ticked(tick.name, self._moved_at - began, failed=failed)
        if worked:
            self._worked()
        return worked

    async def piece(self, tick: Tick) -> bool:
        """One piece of a tick's work beside the beat, for a job; whether there may be more."""
        if tick.by_clock and self._held():
            return False
        began = self._monotonic()
        worked = await self._database.run(self._work, tick)
        self._metrics.ticked(tick.name, self._monotonic() - began, failed=False)
        if worked:
            self._worked()
        return worked

    def _work(self, session: Session, tick: Tick) -> bool:
        """A tick is on one node at a time: for the others there is nothing to do just now."""
        return alone(session, f"tick {tick.name}") and tick.work(session, now=self._clock.now())

    def _call(self, tick: Tick) -> Callable[[], Awaitable[None]]:
        async def call() -> None:
            await self.run(tick)

        return call


def _working(work: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        try:
            while await work():
                pass
        except Exception:
            log.exception("outside work failed")

    return call

"""Watches over the process itself: the beat, the wall clock, what the supervisor and the outside heartbeat are told.

Somebody may set the machine's clock, and nobody can tell which of the two times was the right one. A jump of more than
a minute therefore holds back everything that lives by the clock (reminders, reports upward, digests, alarms and what
else nobody asked for) until the clock has gone on evenly for ten minutes. Answers go on.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import structlog
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.metrics import Metrics
from bot.supervisor import Supervisor
from bot.ticking import Ticking
from models.installation import find_fact
from models.times import after_quiet
from schedules.auditor import NAME as AUDIT
from schedules.auditor.clocks import HELD, after_jump

log = structlog.get_logger()
LOOK_EVERY = 5.0
OLDEST_BEAT = 30.0
JUMP = 60.0
EVEN_FOR = 600.0
HEARTBEAT_EVERY = 60.0
CLEAN_WITHIN = timedelta(seconds=90)
HEARTBEAT_SECONDS = 10.0
EXIT_CODE = 70


class ClockGuard:
    """Compares wall time with steady time whenever it is asked; may be asked from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asking = threading.Lock()
        self._offset = self._now_offset()
        self._even_at = float("-inf")
        self._jumped = 0.0

    def _now_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.steady()

    def holds(self) -> bool:
        """Whether the clock jumped and has not gone on evenly for long enough since."""
        return self.seconds() > 0

    def seconds(self) -> float:
        """Seconds until it will have; 0 when all is well."""
        with self._asking:
            offset = self._now_offset()
            change, self._offset = offset - self._offset, offset
            if abs(change) > JUMP:
                self._jumped += change
                self._even_at = self._clock.steady() + EVEN_FOR
            return max(0.0, self._even_at - self._clock.steady())

    def hold(self, seconds: float) -> None:
        """Holds as after a jump: an earlier process saw one."""
        self._even_at = max(self._even_at, self._clock.steady() + min(seconds, EVEN_FOR))

    def take_jump(self) -> float:
        """By how many seconds the clock jumped since somebody last asked."""
        self.seconds()
        with self._asking:
            jumped, self._jumped = self._jumped, 0.0
            return jumped


class Watch:
    """`end` ends the process where somebody starts it again."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        *,
        heartbeat_url: str = "",
        supervisor: Supervisor | None = None,
        end: Callable[[], None] = lambda: os._exit(EXIT_CODE),
    ) -> None:
        self.guard = ClockGuard(clock)
        self.ticking: Ticking | None = None
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._heartbeat_url = heartbeat_url
        self._supervisor = supervisor or Supervisor.from_environment()
        self._end = end
        self._beaten_at = float("-inf")

    def not_before(self, moment: datetime) -> datetime:
        """When something unsolicited may go: not in quiet hours, not while the clock is doubtful."""
        return after_quiet(moment + timedelta(seconds=self.guard.seconds()))

    async def open(self) -> None:
        """Goes on holding where an earlier process did, or where time went back since it ran."""
        seconds = await self._database.read(_held_for, self._clock.now())
        if seconds > 0:
            self.guard.hold(seconds)
            log.error("clock doubtful", seconds=round(seconds))

    def ready(self) -> None:
        self._supervisor.tell("READY=1")

    def stopping(self) -> None:
        self._supervisor.tell("STOPPING=1")

    async def run(self) -> None:
        """Looks for ever. A task of its own: it must not depend on the beat it watches."""
        while True:
            try:
                await self.look()
                await self._beat_heart()
            except Exception:
                log.exception("watch failed")
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """One look at clock and beat."""
        await self.look_at_clock()
        if self.ticking is None or not self.ticking.running:
            return
        age = self.ticking.age()
        if age <= OLDEST_BEAT:
            self._supervisor.tell("WATCHDOG=1")
            return
        log.critical("beat stopped", seconds=round(age), ends=self._supervisor.present)
        if self._supervisor.present:
            self._end()
        else:
            await self.ticking.restart()

    async def look_at_clock(self) -> None:
        """What was dated by the clock of before is dated anew."""
        jumped = self.guard.take_jump()
        if jumped:
            log.error("clock jumped", seconds=round(jumped))
            self._metrics.jumped()
            until = self._clock.now() + timedelta(seconds=EVEN_FOR)
            await self._database.run(after_jump, jumped, until, now=self._clock.now())

    async def _beat_heart(self) -> None:
        """Calls the outside address once a minute, only while the auditor finds nothing: silence is the alarm."""
        if not self._heartbeat_url or time.monotonic() - self._beaten_at < HEARTBEAT_EVERY:
            return
        if not await self._database.read(_is_clean, self._clock.now()):
            return
        self._beaten_at = time.monotonic()
        try:
            timeout = aiohttp.ClientTimeout(total=HEARTBEAT_SECONDS)
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self._heartbeat_url):
                pass
        except (aiohttp.ClientError, TimeoutError) as error:
            # Only the class: the address may hold a secret.
            log.warning("heartbeat not heard", cause=type(error).__name__)


def _held_for(session: Session, now: datetime) -> float:
    held = find_fact(session, HELD)
    until = datetime.fromisoformat(held["until"]) if held else now
    audit = find_fact(session, AUDIT) or {}
    went_back = "at" in audit and (datetime.fromisoformat(audit["at"]) - now).total_seconds() > JUMP
    left = (until - now).total_seconds()
    return EVEN_FOR if went_back else left if left <= EVEN_FOR else 0.0


def _is_clean(session: Session, now: datetime) -> bool:
    clean_at = (find_fact(session, AUDIT) or {}).get("clean_at")
    return clean_at is not None and abs(now - datetime.fromisoformat(clean_at)) <= CLEAN_WITHIN

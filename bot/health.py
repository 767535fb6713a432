"""What the running bot says of itself: alive, ready and why not, its metrics (handlers/web/health.py serves it)."""

import asyncio
import os
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.inbox import Inbox
from bot.metrics import Metrics
from bot.sender import Sender
from bot.ticking import Ticking
from bot.watch import OLDEST_BEAT, ClockGuard
from handlers.web.health import Reason
from models.errors import Refused
from models.installation import check_key
from models.measures import Measures, list_taken, measure, newest_event
from models.secrets import keyring
from models.times import ONE_DAY, calendar, local_day
from schedules.calendar import Calendar

DATABASE_SECONDS = 2.0
KEPT_SECONDS = 5.0
OLDEST_POLL = 120.0
OLDEST_AUDIT = 120.0


class Health:
    """Reads the rows at most every five seconds, however many ask."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        guard: ClockGuard,
        ticking: Ticking,
        sender: Sender,
        inbox: Inbox,
        *,
        polls: bool,
    ) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._guard = guard
        self._ticking = ticking
        self._sender = sender
        self._inbox = inbox
        self._polls = polls
        self._kept: tuple[float, Measures, bool] | None = None
        self._events_upto: int | None = None

    def alive(self) -> Mapping[str, object]:
        """The loop answers, and the beat is not too old."""
        age = self._ticking.age() if self._ticking.running else 0.0
        return {"ok": age <= OLDEST_BEAT, "beat_age_seconds": round(age, 1), "pid": os.getpid()}

    async def metrics(self) -> tuple[bytes, str]:
        """All metrics; where the database is not to be had, those of the process itself and the rows' last values."""
        try:
            found, _ = await self._measures()
            self._metrics.rows(found, self._clock.now().timestamp())
            await self._count_taken()
        except Exception:
            self._kept = None
        self._metrics.state(
            beat_age=self._ticking.age() if self._ticking.running else 0.0,
            tick_ages=self._ticking.ages(),
            paused=self._sender.pacing.paused_for,
            provisional=self._provisional() is not None,
            held=self._guard.holds(),
        )
        return self._metrics.text()

    async def reasons(self) -> list[Reason]:
        """Everything the bot needs, and what an operator should know besides."""
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                found, key_fits = await self._measures()
        except Exception as error:
            return [Reason("database", False, f"cannot be read: {type(error).__name__}"), *self._own_reasons()]
        now = self._clock.now()
        alarmed = sum(count for (_, state), count in found.findings.items() if state == "alarmed")
        looked = (now - found.audited_at).total_seconds() if found.audited_at else None
        return [
            Reason("database", True, "answers"),
            Reason("key", key_fits, "fits" if key_fits else "is not the one this database was written with"),
            *self._own_reasons(),
            Reason("auditor", looked is None or looked < OLDEST_AUDIT, _ago("looked", looked), blocks=False),
            Reason("findings", alarmed == 0, f"{alarmed} that could not be healed", blocks=False),
        ]

    def _own_reasons(self) -> list[Reason]:
        age = self._ticking.age() if self._ticking.running else 0.0
        paused, held, year = self._sender.pacing.paused_for, self._guard.seconds(), self._provisional()
        return [
            Reason("beat", age <= OLDEST_BEAT, _ago("moved", age)),
            self._inbox_reason(),
            Reason("sender", paused <= 0, f"paused for {paused:.0f} s" if paused > 0 else "may send", blocks=False),
            Reason("clock", held <= 0, f"was set, waits {held:.0f} s" if held > 0 else "even", blocks=False),
            Reason("calendar", year is None, f"{year} is provisional" if year else "official", blocks=False),
        ]

    def _inbox_reason(self) -> Reason:
        if not self._polls:
            return Reason("inbox", True, "webhook")
        if not self._inbox.role.held:
            return Reason("inbox", True, "another node polls")
        since = time.monotonic() - self._inbox.polled_at
        return Reason("inbox", since < OLDEST_POLL, _ago("polled", since))

    def _provisional(self) -> int | None:
        days = calendar()
        return days.provisional_year(local_day(self._clock.now())) if isinstance(days, Calendar) else None

    async def _measures(self) -> tuple[Measures, bool]:
        if self._kept is not None and time.monotonic() - self._kept[0] < KEPT_SECONDS:
            return self._kept[1], self._kept[2]
        found, key_fits = await self._database.read(_read, self._clock.now())
        self._kept = time.monotonic(), found, key_fits
        return found, key_fits

    async def _count_taken(self) -> None:
        if self._events_upto is None:
            self._events_upto = await self._database.read(newest_event)
        self._events_upto, taken = await self._database.read(list_taken, self._events_upto)
        for each in taken:
            self._metrics.took(each)


def _read(session: Session, now: datetime) -> tuple[Measures, bool]:
    today = local_day(now)
    return measure(session, now=now, yesterday=today - ONE_DAY), _key_fits(session)


def _key_fits(session: Session) -> bool:
    try:
        check_key(session, keyring())
    except Refused:
        return False
    return True


def _ago(what: str, seconds: Any) -> str:
    return f"has not {what} yet" if seconds is None else f"{what} {seconds:.0f} s ago"

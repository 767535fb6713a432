"""The one place that knows everyone: opens database, channel, clock and doors in that order, closes in reverse."""

import argparse
import asyncio
import contextlib
import gc
import json
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from sqlalchemy.orm import Session

from bot.channel import Channel, SendError
from bot.clock import Clock
from bot.config import Config
from bot.db import Database, WakingDoor
from bot.decoders import Decoders
from bot.fetching import PhotoFetcher
from bot.health import Health
from bot.inbox import Inbox
from bot.jobs import DUE, LOOK_EVERY, Job, JobQueue, set_up_queue
from bot.locks import lock_run
from bot.metrics import Metrics
from bot.nodes import POLLER, SENDER, OwnRole, PersonLocks, Role, SharedRole, alone, node_name
from bot.pacing import Pacing
from bot.photostore import PhotoStore
from bot.reports import CommandError
from bot.rosters import RosterReader
from bot.sender import Sender
from bot.serving import listen, serve
from bot.sessions import LEASE, Lease, keeps_sessions
from bot.setup import open_keyring, set_up_database, set_up_times
from bot.telegram.channel import TelegramChannel
from bot.telegram.incoming import raw_update
from bot.ticking import Ticking
from bot.watch import Watch
from handlers.parsing import warm_up
from handlers.screens import load_screens
from handlers.web import make_web
from models import installation
from models.errors import Refused
from models.imports import receiving
from models.photos import files
from models.secrets import Keyring
from schedules import TICKS, delivery

log = structlog.get_logger()
WARM_UP_AFTER = 5.0
LONGEST_CLOSE = 20.0
LOOK_FOR_OTHERS = 0.25
"""Seconds after which the sender looks for what other nodes wrote; only its own wakes it at once."""


def telegram_channel(config: Config) -> TelegramChannel:
    """Telegram as the settings reach it. Raises ConfigError without a token."""
    telegram = config.telegram
    return TelegramChannel(config.token, telegram.base_url, telegram.base_file_url, telegram.proxy.get_secret_value())


class App:
    """The running bot. `clock` may be a moved one; the other parts are made from the settings unless given."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        pacing: Pacing | None = None,
        database: Database | None = None,
        channel: Channel | None = None,
        lease: Lease = LEASE,
    ) -> None:
        self.config = config
        self.clock = clock or Clock()
        self.zone = ZoneInfo(config.time.zone)
        self.database = database or Database(config.database_url)
        self.channel = channel or telegram_channel(config)
        self.metrics = Metrics()
        heartbeat = config.watch.heartbeat_url.get_secret_value()
        self.watch = Watch(self.database, self.clock, self.metrics, heartbeat_url=heartbeat)
        self.node = node_name()
        """This process among all that share the database."""
        self.persons = None if self.database.sqlite else PersonLocks(self.database.url, self.node, lease)
        rate, safety = config.sending.per_second, config.sending.safety
        self.sender = Sender(
            self.database,
            self._role(SENDER, lease),
            self.channel,
            self.clock,
            pacing or Pacing(rate * safety, self.clock.steady, chat_per_second=safety),
            node=self.node,
            default_locale=config.locale.default,
            wait_until=self.watch.not_before,
            metrics=self.metrics,
        )
        if not self.database.sqlite:
            self.sender.look_again = LOOK_FOR_OTHERS
        self.door = WakingDoor(self.database, self.sender.wake)
        poller = self._role(POLLER, lease)
        self.inbox = Inbox(
            self.database, poller, self.door, self.channel, self.clock, config, self.zone, self.persons, self.metrics
        )
        rosters = RosterReader(
            self.database, self.channel, self.clock, config.photo_folder.with_name("rosters"), self.sender.wake
        )
        photos = config.photos
        decoders = Decoders()
        self.photos = PhotoStore(
            config.photo_folder, max_bytes=photos.max_bytes, max_pixels=photos.max_pixels, types=photos.types,
            decode=decoders.decode,
        )  # fmt: skip
        self.fetcher = PhotoFetcher(self.database, self.channel, self.clock, self.photos, self.sender.wake, decoders)
        self.workers: dict[str, Callable[[], Awaitable[bool]]] = {
            "fetch photos": self.fetcher.fetch_some,
            "fetch rosters": rosters.read_some,
        }
        """Outside work that waits in rows (files to fetch): each call does one piece and says whether there was one."""
        self.ticking = self.watch.ticking = Ticking(
            self.database, self.clock, self.metrics,
            held=self.watch.guard.holds, worked=self.sender.wake, workers=self.workers,
            elsewhere=() if self.database.sqlite else DUE,
        )  # fmt: skip
        self.queue = None if self.database.sqlite else JobQueue(self.database, self.clock, self._jobs(), self.node)
        self.health = Health(
            self.database, self.clock, self.metrics, self.watch.guard, self.ticking, self.sender, self.inbox,
            polls=config.telegram.mode == "polling",
        )  # fmt: skip
        self._tasks: list[asyncio.Task[Any]] = []
        self._lock: IO[str] | None = None
        self._web: web.AppRunner | None = None

    async def open(self, *, background: bool = True) -> None:
        """Opens everything. Without `background` nothing runs by itself: tests and the demo's clock call `idle`."""
        load_screens()
        if self.config.database_file is not None:
            self._lock = lock_run(self.config.database_file)
        set_up_times(self.config)
        keys = open_keyring(self.config)
        if not self.database.sqlite and not await asyncio.to_thread(keeps_sessions, self.database.url):
            raise Refused("run.pooler")
        self.database.open()
        bot = await self.channel.open()
        await self.database.run(self._set_up, keys, bot)
        await self.watch.open()
        await self.sender.begin()
        if self.database.sqlite:
            # Nobody else is at work: what was being fetched when the program ended is fetched at once.
            self.photos.clear_incoming()
            await self.database.run(files.recover, now=self.clock.now())
            await self.database.run(receiving.recover, now=self.clock.now())
        await self.inbox.resume()
        await self._listen()
        if background:
            self._tasks.append(asyncio.create_task(self.sender.run()))
            self._tasks.append(asyncio.create_task(_warm_up()))
            self._tasks.append(asyncio.create_task(self.inbox.look_for_ever()))
            self._tasks.append(asyncio.create_task(self.watch.run()))
            self.ticking.start()
            if self.queue is not None:
                self.queue.start()
        self.watch.ready()
        log.info("open", channel=self.channel.name, update_mode=self.config.telegram.mode)

    async def close(self) -> None:
        """Stops taking, lets what runs come to its end, lets go of everything."""
        self.watch.stopping()
        await self.ticking.stop()
        if self.queue is not None:
            await self.queue.stop()
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._web is not None:
            await self._web.cleanup()
        await self.inbox.settled()
        await self.sender.finish()
        await self.let_go()
        self.fetcher.close()
        await self.channel.close()
        self.database.close()
        if self._lock is not None:
            self._lock.close()

    async def idle(self) -> None:
        """Returns when the inbox is empty, nothing is due and nothing in flight."""
        while True:
            await self.watch.look_at_clock()
            await self.inbox.settled()
            busy = await self.ticking.run_all()
            for work in self.workers.values():
                busy = await work() or busy
            await self.sender.settled()
            if not busy and self.inbox.idle and self.sender.idle:
                return

    async def next_event_at(self) -> datetime | None:
        """When the next thing comes due, for a clock that is moved from event to event; while it is doubtful, when the
        doubt ends."""
        held = self.watch.guard.seconds()
        if held > 0:
            return self.clock.now() + timedelta(seconds=held)
        return await self.database.read(_next_event_at, self.clock.now())

    def _set_up(self, session: Session, keys: Keyring, bot: dict[str, Any]) -> None:
        alone(session, "set up", for_sure=True)
        set_up_database(session, self.config, keys, now=self.clock.now())
        installation.set_fact(session, "bot", **bot)
        if not self.database.sqlite:
            set_up_queue(session)

    def _jobs(self) -> dict[str, Job]:
        """Long work, by its name, as any node does it a piece at a time."""
        works: dict[str, Callable[[], Awaitable[bool]]] = dict(self.workers)
        works |= {tick.name: partial(self.ticking.piece, tick) for tick in TICKS}
        every = {tick.name: tick.every for tick in TICKS}
        return {name: Job(works[name], due, every.get(name, LOOK_EVERY)) for name, due in DUE.items()}

    def _role(self, name: str, lease: Lease) -> Role:
        if self.database.sqlite:
            return OwnRole(self.database.run)
        return SharedRole(self.database.url, name, self.node, lease)

    async def let_go(self) -> None:
        """Gives its roles and persons to other nodes."""
        await self.inbox.role.close()
        await self.sender.role.close()
        if self.persons is not None:
            await self.persons.close()

    async def _listen(self) -> None:
        telegram = self.config.telegram
        if telegram.mode == "webhook":
            secret = telegram.webhook_secret.get_secret_value()
            await self._serve(make_web(self.health, webhook_path=telegram.webhook_path, secret=secret, take=self._take))
            await self.channel.use_webhook(telegram.webhook_url + telegram.webhook_path, secret)
        else:
            if self.config.web.listen:
                await self._serve(make_web(self.health))
            await self.channel.use_webhook("", "")
            self._tasks.append(asyncio.create_task(self.inbox.poll()))

    async def _serve(self, application: web.Application) -> None:
        self._web = await serve(application, listen(self.config.web.host, self.config.web.port))

    async def _take(self, text: str) -> None:
        await self.inbox.take([raw_update(json.loads(text))])


async def _warm_up() -> None:
    """Loads the dictionary of sounds once the start is over, so that no message waits half a second for it."""
    await asyncio.sleep(WARM_UP_AFTER)
    await asyncio.to_thread(warm_up)


def _next_event_at(session: Session, now: datetime) -> datetime | None:
    found = [tick.next_due_at(session, now) for tick in TICKS if tick.next_due_at is not None]
    found += [delivery.next_due_at(session), receiving.next_due_at(session, now), files.next_fetch_at(session)]
    return min((moment for moment in found if moment is not None), default=None)


def spare_collector() -> None:
    """What is there after the start stays until the end: to look through it again and again for what could be freed is
    work for nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def run_for_ever(app: App) -> None:
    """Opens the app and keeps it until the process is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    try:
        await app.open()
        spare_collector()
        await stop.wait()
    finally:
        async with asyncio.timeout(LONGEST_CLOSE):
            await app.close()


def run(config: Config, options: argparse.Namespace) -> None:
    """The command `zoufang run`. Raises CommandError where Telegram is not to be had; the supervisor tries again."""
    try:
        asyncio.run(run_for_ever(App(config)))
    except SendError as error:
        if error.cause == "refused":
            raise CommandError("Telegram does not know this token: look at telegram.token.") from None
        raise CommandError("Telegram cannot be reached: look at telegram.proxy and telegram.base_url.") from None

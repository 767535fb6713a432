"""Fetches the roster files that officers sent and reads them, one after the other, beside everything else."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.channel import Channel, SendError
from bot.clock import Clock
from bot.db import Database
from bot.importing import file_hash, stage_file
from models import access
from models.errors import Refused
from models.imports import receiving
from models.imports.receiving import Received
from models.sheets.reading import LIMITS
from models.times import local_day

log = structlog.get_logger()
SURELY_GONE = ("refused", "blocked")


class RosterReader:
    """`folder` holds a file while it is read, never longer: rosters are personal data."""

    def __init__(
        self, database: Database, channel: Channel, clock: Clock, folder: Path, wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._folder = folder
        self._wake = wake

    async def read_some(self) -> bool:
        """Fetches and reads the next file that waits; whether there was one. A kill costs nothing but the reading."""
        received = await self._database.run(receiving.claim_received, now=self._clock.now())
        if received is None:
            return False
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{received.id}"
        try:
            await self._fetch_and_read(received, path)
        finally:
            path.unlink(missing_ok=True)
        self._wake()
        return True

    async def _fetch_and_read(self, received: Received, path: Path) -> None:
        try:
            await self._channel.download(received.file_id, path, LIMITS.size)
        except SendError as error:
            if error.cause in SURELY_GONE:
                await self._refuse(received, Refused("sheet.gone"))
            else:
                await self._database.run(receiving.try_later, received.id, now=self._clock.now())
            return
        try:
            await self._read(received, path)
        except Refused as refused:
            await self._refuse(received, refused)
        except Exception:
            # Whatever a strange file does to the reader, its sender is told and the next file is read.
            log.exception("roster not read", import_id=received.id)
            await self._refuse(received, Refused("sheet.broken"))

    async def _read(self, received: Received, path: Path) -> None:
        now = self._clock.now()
        sha256 = await asyncio.to_thread(file_hash, path)
        if await self._database.read(receiving.was_read, received.id, sha256):
            await self._database.run(receiving.read_to_end, received.id, now=now)
            return
        me = await self._database.read(access.view, received.person_id, local_day(now))
        await stage_file(self._database, me, path, filename=received.filename, now=self._clock.now)
        await self._database.run(receiving.read_to_end, received.id, now=now)

    async def _refuse(self, received: Received, refused: Refused) -> None:
        await self._database.run(receiving.set_aside, received.id, refused.code, refused.values, now=self._clock.now())

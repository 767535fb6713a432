"""Fetches the photos people sent: from the channel to the disk, a few at a time, beside everything else.

Bytes are written and hashed in threads, pictures opened in processes of their own (bot/decoders.py).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from bot.channel import Channel, SendError
from bot.clock import Clock
from bot.db import Database
from bot.decoders import AT_ONCE as SIDE_BY_SIDE
from bot.decoders import Decoders
from bot.decoding import NotKept
from bot.photostore import PhotoStore
from models.photos import files
from models.photos.files import Waiting
from models.photos.looks import Looks

log = structlog.get_logger()
AT_ONCE = 8
"""Photos fetched in one turn."""
SURELY_GONE = ("refused", "blocked")


class PhotoFetcher:
    """`wake` tells the sender that there may be something to say; `decoders` are the processes of `store`."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        clock: Clock,
        store: PhotoStore,
        wake: Callable[[], None],
        decoders: Decoders,
    ) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._store = store
        self._wake = wake
        self._decoders = decoders
        self._keeping = ThreadPoolExecutor(SIDE_BY_SIDE, "photos")
        self._looks = Looks()
        self._one_turn = asyncio.Lock()

    async def fetch_some(self) -> bool:
        """Fetches and keeps the next photos that wait; whether there were any. A kill costs nothing but the fetching."""
        async with self._one_turn:
            waiting = await self._database.run(files.claim_waiting, now=self._clock.now(), limit=AT_ONCE)
            if not waiting:
                return False
            await asyncio.gather(*(self._fetch(photo) for photo in waiting))
        self._wake()
        return True

    async def _fetch(self, photo: Waiting) -> None:
        """One photo, to its end whatever it is: stored, refused with its reason, or tried again later."""
        run, now = self._database.run, self._clock.now
        with self._store.incoming() as path:
            try:
                await self._channel.download(photo.file_id, path, self._store.max_bytes)
            except SendError as error:
                log.warning("photo not fetched", photo_id=photo.photo_id, cause=error.cause)
                if error.cause in SURELY_GONE:
                    too_big = "too big" in error.detail
                    await run(files.refuse, photo.photo_id, "too_big" if too_big else "gone", now=now())
                else:
                    await run(files.try_again, photo.photo_id, now=now(), retry_after=error.retry_after)
                return
            try:
                others = {"voice": self._store.keep_voice, "file": self._store.keep_document}
                keep = others.get(photo.medium, self._store.keep)
                stored = await asyncio.get_running_loop().run_in_executor(self._keeping, keep, path)
            except NotKept as refused:
                await run(files.refuse, photo.photo_id, refused.reason, now=now())
                return
            except OSError as error:
                # The disk is full or not writable: not the photo's fault.
                log.exception("photo not kept", photo_id=photo.photo_id, cause=type(error).__name__)
                await run(files.try_again, photo.photo_id, now=now())
                return
            if stored.look is not None:
                await self._database.read(self._looks.catch_up)
            await run(files.stored, photo.photo_id, stored, now=now(), looks=self._looks)

    def close(self) -> None:
        """Ends the processes; what they had open is fetched again by the next start."""
        self._decoders.close()
        self._keeping.shutdown()

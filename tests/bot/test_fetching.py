"""Fetching photos: stored, refused or tried again, whatever the channel does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channel import SendError
from bot.clock import MovedClock
from bot.db import Database
from bot.decoders import Decoders
from bot.fetching import PhotoFetcher
from bot.photostore import PhotoStore
from bot.simulator.pictures import draw
from models.outbox import Message
from models.people import Person
from models.photos import Photo

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


class Files:
    """A channel that only has files: bytes by file id, or the error that comes instead."""

    def __init__(self, **files: bytes | SendError) -> None:
        self.files = files
        self.asked: list[str] = []

    async def download(self, file_id: str, target: Path, max_bytes: int) -> int:
        self.asked.append(file_id)
        found = self.files[file_id]
        if isinstance(found, SendError):
            raise found
        return await asyncio.to_thread(target.write_bytes, found)


class Desk:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.clock = MovedClock(NOW, still=True)
        self.folder = folder
        self.woken = 0

    async def fetch(self, files: Files) -> bool:
        decoders = Decoders()
        self.store = PhotoStore(
            self.folder, max_bytes=20 << 20, max_pixels=50_000_000, types=("image/jpeg", "image/png"),
            decode=decoders.decode,
        )  # fmt: skip
        fetcher = PhotoFetcher(self.database, files, self.clock, self.store, self._wake, decoders)  # type: ignore[arg-type]
        try:
            return await fetcher.fetch_some()
        finally:
            fetcher.close()

    def _wake(self) -> None:
        self.woken += 1

    async def states(self) -> list[tuple[str, str | None]]:
        def read(session: Session) -> list[tuple[str, str | None]]:
            return [(photo.state, photo.reason) for photo in session.scalars(select(Photo).order_by(Photo.id))]

        return await self.database.read(read)


def announce(session: Session, *file_ids: str) -> None:
    person = Person(name="张伟", telegram_id=7, joined_at=NOW, created_at=NOW)
    session.add(person)
    session.flush()
    session.add_all(
        Photo(person_id=person.id, state="waiting", file_id=one, unique_id=one, sent_at=NOW, next_try_at=NOW)
        for one in file_ids
    )


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(database_url)
    database.open()
    yield Desk(database, tmp_path / "photos")
    database.close()


async def test_every_photo_comes_to_its_own_end(desk: Desk) -> None:
    await desk.database.run(announce, "good", "text", "gone", "later")
    files = Files(
        good=draw(1), text=b"not a picture", gone=SendError("refused", "file is too big"), later=SendError("unknown")
    )
    assert await desk.fetch(files)
    assert await desk.states() == [
        ("stored", None), ("refused", "type"), ("refused", "too_big"), ("waiting", None),
    ]  # fmt: skip
    said = await desk.database.read(lambda session: session.scalars(select(Message.kind)).all())
    assert said == ["photo.failed"] * 2
    assert desk.woken == 1


async def test_what_failed_for_the_network_is_fetched_a_little_later(desk: Desk) -> None:
    await desk.database.run(announce, "later")
    await desk.fetch(Files(later=SendError("not_sent")))
    assert not await desk.fetch(Files(later=draw(1)))
    desk.clock.move(60)
    assert await desk.fetch(Files(later=draw(1)))
    assert await desk.states() == [("stored", None)]


async def test_a_throttled_channel_is_left_alone_as_long_as_it_asked(desk: Desk) -> None:
    await desk.database.run(announce, "later")
    await desk.fetch(Files(later=SendError("throttled", retry_after=100)))
    desk.clock.move(99)
    assert not await desk.fetch(Files(later=draw(1)))
    desk.clock.move(2)
    assert await desk.fetch(Files(later=draw(1)))


async def test_nothing_to_fetch_says_so(desk: Desk) -> None:
    assert not await desk.fetch(Files())
    assert desk.woken == 0

"""Looks of stored pictures, searched exactly and in memory: which of them is the same picture as this one?

A look is 256 bits (bot/decoding.py); two of them are compared by the number of bits in which they differ.
"""

import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.photos.tables import PhotoFile

if TYPE_CHECKING:
    import numpy

NEAR = 40
"""Of 256 bits. Measured (tests/benchmarks/bench_photos.py prints it; wider trials found 36, 60 and 50): the same picture
resized, recompressed and cropped by a hundredth is at most 30 away, another page of the same form at least 82, an
empty wall at least 50, any other about 128. A second shot from the same spot may be nearer: then one tap says so."""
MOST = 1 << 20
"""The newest pictures are known: at 40 bytes each, some years of a township, some months of a county."""
AT_ONCE = 10_000
LOCK = 0x6C6F6F6B73
"""PostgreSQL: numbers are given one after the other, so that they are committed in their order."""
WORDS = 4


class Looks:
    """The looks of this installation, by number. Loaded with the first question, then only what is new; safe in threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._count = 0
        self._words: numpy.ndarray[Any, Any] | None = None
        self._numbers: numpy.ndarray[Any, Any] | None = None
        self.known_to = 0
        """All looks up to this number are here; it only ever counts what was committed."""

    def __len__(self) -> int:
        return self._count

    def catch_up(self, session: Session) -> None:
        """Reads what was committed since the last time, by any process. For a session that only reads."""
        while True:
            with self._lock:
                rows = session.execute(
                    select(PhotoFile.number, PhotoFile.look)
                    .where(PhotoFile.number > self.known_to, PhotoFile.look.is_not(None))
                    .order_by(PhotoFile.number)
                    .limit(AT_ONCE)
                ).all()
                if rows:
                    self.add([row.number for row in rows], [row.look for row in rows])
            if len(rows) < AT_ONCE:
                return

    def add(self, numbers: list[int], looks: list[str]) -> None:
        """Puts looks behind those that are known; the oldest make room."""
        import numpy

        words = numpy.frombuffer(bytes.fromhex("".join(looks)), ">u8").reshape(-1, WORDS).T
        self._make_room(len(numbers))
        assert self._words is not None
        assert self._numbers is not None
        end = self._count + len(numbers)
        self._words[:, self._count : end] = words
        self._numbers[self._count : end] = numbers
        self._count, self.known_to = end, numbers[-1]

    def _make_room(self, more: int) -> None:
        import numpy

        if self._words is None or self._numbers is None:
            self._words = numpy.empty((WORDS, AT_ONCE), "u8")
            self._numbers = numpy.empty(AT_ONCE, "i8")
        if self._count + more > self._most:
            kept = max(self._most * 3 // 4 - more, 0)
            self._words[:, :kept] = self._words[:, self._count - kept : self._count].copy()
            self._numbers[:kept] = self._numbers[self._count - kept : self._count].copy()
            self._count = kept
        size = self._numbers.size
        if self._count + more > size:
            size = max(size * 2, self._count + more)
            words, numbers = numpy.empty((WORDS, size), "u8"), numpy.empty(size, "i8")
            words[:, : self._count], numbers[: self._count] = (
                self._words[:, : self._count],
                self._numbers[: self._count],
            )
            self._words, self._numbers = words, numbers

    def near(self, look: str) -> list[tuple[int, int]]:
        """(bits apart, number) of all that are near, nearest first. Every look is compared, column by column: where the
        first half of the bits is too far the rest is not looked at."""
        with self._lock:
            if self._words is None or self._numbers is None:
                return []
            import numpy

            wanted = numpy.frombuffer(bytes.fromhex(look), ">u8").astype("u8")
            words = self._words[:, : self._count]
            apart = numpy.bitwise_count(words[0] ^ wanted[0])
            apart += numpy.bitwise_count(words[1] ^ wanted[1])
            places = numpy.flatnonzero(apart <= NEAR)
            apart = numpy.bitwise_count(words[:, places] ^ wanted[:, None]).sum(axis=0)
            found = zip(apart.tolist(), self._numbers[places].tolist(), strict=True)
            return sorted((bits, number) for bits, number in found if bits <= NEAR)


def find_near(session: Session, looks: Looks, look: str) -> list[tuple[int, int]]:
    """The same, with what was stored since `catch_up`: what is found in this transaction is all there is."""
    newer = session.execute(
        select(PhotoFile.number, PhotoFile.look).where(PhotoFile.number > looks.known_to, PhotoFile.look.is_not(None))
    )
    wanted = int(look, 16)
    late = [((int(row.look, 16) ^ wanted).bit_count(), row.number) for row in newer if row.look and row.number]
    return sorted([*looks.near(look), *((bits, number) for bits, number in late if bits <= NEAR)])


def next_number(session: Session) -> int:
    """The number of the next look, for this transaction alone until it ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    return (session.scalar(select(func.max(PhotoFile.number))) or 0) + 1

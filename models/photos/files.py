"""What becomes of a photo's bytes: fetched and stored, tried again, or refused with a reason and a word to the sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import outbox
from models.people import Person
from models.photos.tables import Photo, PhotoFile

LEASE = timedelta(minutes=3)
TRY_FOR = timedelta(hours=24)
WAIT_AT_MOST = timedelta(minutes=30)


@dataclass(frozen=True)
class Waiting:
    """One photo to be fetched now."""

    photo_id: int
    file_id: str


@dataclass(frozen=True)
class Stored:
    """What lies on disk: `sha256` of the bytes as they came, size in bytes, pixels."""

    sha256: str
    size: int
    mime: str
    width: int
    height: int


def claim_waiting(session: Session, *, now: datetime, limit: int) -> list[Waiting]:
    """Takes up to `limit` photos that are due; one whose fetcher dies is due again after a lease."""
    rows = session.scalars(
        select(Photo)
        .where(Photo.state == "waiting", Photo.next_try_at <= now)
        .order_by(Photo.next_try_at, Photo.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.attempts += 1
        row.next_try_at = now + LEASE
    return [Waiting(row.id, row.file_id) for row in rows]


def recover(session: Session, *, now: datetime) -> None:
    """At start nobody is fetching: what was being fetched when the program ended is due at once."""
    session.execute(update(Photo).where(Photo.state == "waiting", Photo.next_try_at > now).values(next_try_at=now))


def next_fetch_at(session: Session) -> datetime | None:
    """When the next photo is due to be fetched."""
    return session.scalar(
        select(Photo.next_try_at).where(Photo.state == "waiting").order_by(Photo.next_try_at).limit(1)
    )


def stored(session: Session, photo_id: int, file: Stored, *, now: datetime) -> None:
    """The bytes are safe on disk: only from here on anything says 已存."""
    photo = session.get_one(Photo, photo_id)
    if photo.state != "waiting":
        return
    if session.get(PhotoFile, file.sha256) is None:
        session.add(
            PhotoFile(
                sha256=file.sha256, size=file.size, mime=file.mime, width=file.width, height=file.height,
                references=0, stored_at=now,
            )
        )  # fmt: skip
        session.flush()
    session.execute(
        update(PhotoFile).where(PhotoFile.sha256 == file.sha256).values(references=PhotoFile.references + 1)
    )
    photo.sha256, photo.state, photo.next_try_at = file.sha256, "stored", None


def refuse(session: Session, photo_id: int, reason: str, *, now: datetime) -> None:
    """A photo that is none, or too large, or gone: kept as a row with its reason, and its sender is told."""
    photo = session.get_one(Photo, photo_id)
    if photo.state != "waiting":
        return
    photo.state, photo.reason, photo.next_try_at = "refused", reason, None
    person = session.get_one(Person, photo.person_id)
    outbox.tell(
        session, person=person, lane="answers", kind="photo.failed", ids={"photo_id": photo_id},
        key=f"p:failed:{photo_id}", due_at=now, now=now,
    )  # fmt: skip


def try_again(session: Session, photo_id: int, *, now: datetime, retry_after: int = 0) -> None:
    """The network failed: later again, each time a little later, for a day."""
    photo = session.get_one(Photo, photo_id)
    if now - photo.sent_at > TRY_FOR:
        refuse(session, photo_id, "gone", now=now)
        return
    wait = min(timedelta(seconds=2 ** min(photo.attempts, 12)), WAIT_AT_MOST)
    photo.next_try_at = now + max(wait, timedelta(seconds=retry_after))

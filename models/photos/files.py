"""What becomes of a photo's bytes: fetched and stored, tried again, or refused with a reason and a word to the sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import outbox
from models.drafts import Draft
from models.people import Person
from models.photos import settling
from models.photos.looks import Looks, next_number
from models.photos.tables import Photo, PhotoFile
from models.photos.twins import find_twin
from models.times import hours

LEASE = timedelta(minutes=3)
TRY_FOR = timedelta(hours=24)
TRIES_AT_LEAST = 5
"""After an outage of days the first failure is not the last try."""
WAIT_AT_MOST = timedelta(minutes=30)


@dataclass(frozen=True)
class Waiting:
    """One photo (or what else is kept like one, by `medium`) to be fetched now."""

    photo_id: int
    file_id: str
    medium: str = "photo"


@dataclass(frozen=True)
class Stored:
    """What lies on disk: `sha256` of the bytes as they came, size in bytes, pixels; `look` (256 bits as hex), and the
    time and camera that the file itself names (`2026-11-20T14:03:00`, local time unless it has an offset)."""

    sha256: str
    size: int
    mime: str
    width: int
    height: int
    look: str | None = None
    taken: str | None = None
    camera: str | None = None


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
    return [Waiting(row.id, row.file_id, row.medium) for row in rows]


def recover(session: Session, *, now: datetime) -> None:
    """At start nobody is fetching: what was being fetched when the program ended is due at once."""
    session.execute(update(Photo).where(Photo.state == "waiting", Photo.next_try_at > now).values(next_try_at=now))


def next_fetch_at(session: Session) -> datetime | None:
    """When the next photo is due to be fetched."""
    return session.scalar(
        select(Photo.next_try_at).where(Photo.state == "waiting").order_by(Photo.next_try_at).limit(1)
    )


def stored(session: Session, photo_id: int, file: Stored, *, now: datetime, looks: Looks | None = None) -> None:
    """The bytes are safe on disk: only from here on anything says 已存. `looks` tell whether it was used before."""
    photo = _find_waiting(session, photo_id)
    if photo is None:
        return
    _know(session, file, now)
    session.execute(
        update(PhotoFile).where(PhotoFile.sha256 == file.sha256).values(references=PhotoFile.references + 1)
    )
    photo.sha256, photo.state, photo.next_try_at = file.sha256, "stored", None
    if looks is not None and file.look is not None:
        photo.twin_id = find_twin(session, photo, looks, file.look)
    _show(session, photo, now)


def _find_waiting(session: Session, photo_id: int) -> Photo | None:
    """The photo, if it still waits.

    Its draft is locked before it is touched: whoever reports takes the two in that order too, and of two photos of one
    album that are stored at once the second sees the first.
    """
    photo = session.get_one(Photo, photo_id)
    if photo.draft_id is not None:
        session.get_one(Draft, photo.draft_id, with_for_update=True)
        session.refresh(photo)
    return photo if photo.state == "waiting" else None


def _know(session: Session, file: Stored, now: datetime) -> None:
    """One row a file, with what is known of it; its look gets its number with the first photo that has it."""
    known = session.get(PhotoFile, file.sha256)
    if known is None:
        known = PhotoFile(
            sha256=file.sha256, size=file.size, mime=file.mime, width=file.width, height=file.height, references=0,
            stored_at=now,
        )  # fmt: skip
        session.add(known)
    if known.look is None and file.look is not None:
        known.number, known.look = next_number(session), file.look
    known.taken_at, known.camera = _moment(file.taken), file.camera
    session.flush()


def _moment(taken: str | None) -> datetime | None:
    """What a camera wrote, as a moment: local time of this installation unless it wrote an offset too."""
    if taken is None:
        return None
    moment = datetime.fromisoformat(taken)
    return moment if moment.tzinfo else moment.replace(tzinfo=hours().zone)


def _show(session: Session, photo: Photo, now: datetime) -> None:
    """Has the sender's screen brought up to date: when nothing more is being fetched, or there is something to ask."""
    if photo.draft_id is None:
        return
    session.flush()
    waits = select(func.count()).where(Photo.draft_id == photo.draft_id, Photo.state == "waiting")
    if photo.twin_id is None and session.scalar(waits):
        return
    draft = session.get_one(Draft, photo.draft_id)
    settling.show_again(session, draft, settling.LATE if photo.twin_id else settling.KEPT, now=now)


def refuse(session: Session, photo_id: int, reason: str, *, now: datetime) -> None:
    """A photo that is none, or too large, or gone: kept as a row with its reason, and its sender is told."""
    photo = _find_waiting(session, photo_id)
    if photo is None:
        return
    photo.state, photo.reason, photo.next_try_at = "refused", reason, None
    tell_refused(session, photo, now=now)
    _show(session, photo, now)


def tell_refused(session: Session, photo: Photo, *, now: datetime) -> None:
    """One message for all of an album that are not kept, as long as it has not gone out."""
    person = session.get_one(Person, photo.person_id)
    if photo.album is not None and _will_be_told(session, photo, person):
        return
    outbox.tell(
        session, person=person, lane="answers", kind="photo.failed", ids={"photo_id": photo.id},
        key=f"p:failed:{photo.id}", due_at=now, now=now,
    )  # fmt: skip


def _will_be_told(session: Session, photo: Photo, person: Person) -> bool:
    waiting = session.scalars(
        select(outbox.Message).where(
            outbox.Message.chat == person.telegram_id, outbox.Message.kind == "photo.failed",
            outbox.Message.state.in_(settling.UNREAD),
        )
    )  # fmt: skip
    told = [session.get(Photo, row.ids["photo_id"]) for row in waiting]
    return any(other is not None and other.album == photo.album and other.id <= photo.id for other in told)


def try_again(session: Session, photo_id: int, *, now: datetime, retry_after: int = 0) -> None:
    """The network failed: later again, each time a little later, for a day."""
    photo = session.get_one(Photo, photo_id)
    if now - photo.sent_at > TRY_FOR and photo.attempts >= TRIES_AT_LEAST:
        refuse(session, photo_id, "gone", now=now)
        return
    wait = min(timedelta(seconds=2 ** min(photo.attempts, 12)), WAIT_AT_MOST)
    photo.next_try_at = now + max(wait, timedelta(seconds=retry_after))

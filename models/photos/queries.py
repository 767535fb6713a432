"""Questions about photos: an album, the photo that an edited message is about."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.drafts import Draft
from models.photos.tables import Photo


def list_album(session: Session, photo: Photo) -> list[Photo]:
    """The photos sent together with this one, in their order; it alone where it was sent alone."""
    if photo.album is None:
        return [photo]
    rows = session.scalars(
        select(Photo).where(Photo.person_id == photo.person_id, Photo.album == photo.album).order_by(Photo.id)
    )
    return list(rows)


def find_sent(session: Session, person_id: int, unique_id: str) -> tuple[int, int, str] | None:
    """(photo, draft, its state) of the newest photo of a person with the channel's lasting mark of that file."""
    row = session.execute(
        select(Photo.id, Draft.id, Draft.state)
        .join(Draft, Draft.id == Photo.draft_id)
        .where(Photo.person_id == person_id, Photo.unique_id == unique_id)
        .order_by(Photo.id.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def count_of_draft(session: Session, draft_id: int) -> dict[str, int]:
    """How many photos and documents were sent with a draft, by medium and state: `photo_stored`, `file_waiting`."""
    rows = session.execute(
        select(Photo.medium, Photo.state, func.count())
        .where(Photo.draft_id == draft_id)
        .group_by(Photo.medium, Photo.state)
    )
    return {f"{medium}_{state}": count for medium, state, count in rows}

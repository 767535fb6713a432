"""A record's photos one by one: what each shows (its slot), what its camera wrote, to which household it belongs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.errors import Refused
from models.households.queries import Place, list_places
from models.photos.tables import SLOTS, Photo, PhotoFile
from models.photos.twins import get_own_photo
from models.visits.tables import Visit

PAGE = 10


@dataclass(frozen=True)
class PhotoLine:
    """One photo of a record. `nth`: its place among them. `taken_at` is what the camera says, never a proof; `shared`:
    it was sent with a report about several households and belongs to none of them alone yet."""

    photo_id: int
    nth: int
    sent_at: datetime
    slot: str
    state: str
    original: bool
    forwarded: bool
    shared: bool
    taken_at: datetime | None


@dataclass(frozen=True)
class PhotoPage:
    items: list[PhotoLine]
    total: int
    page: int
    pages: int


def list_photos(session: Session, visit_id: int, page: int) -> PhotoPage:
    """The photos of a record, in the order in which they were sent; ten a page."""
    lines = _lines(session, session.get_one(Visit, visit_id))
    pages = max(1, -(-len(lines) // PAGE))
    page = min(page, pages)
    return PhotoPage(lines[(page - 1) * PAGE : page * PAGE], len(lines), page, pages)


def _lines(session: Session, visit: Visit) -> list[PhotoLine]:
    rows = session.execute(
        select(Photo, PhotoFile.taken_at)
        .outerjoin(PhotoFile, PhotoFile.sha256 == Photo.sha256)
        .where(of_visit(visit), Photo.state.in_(("stored", "waiting")), Photo.medium == "photo")
        .order_by(Photo.id)
    ).all()
    return [
        PhotoLine(
            photo.id, nth, photo.sent_at, photo.slot, photo.state, photo.original, photo.forwarded,
            photo.visit_id is None, taken_at,
        )
        for nth, (photo, taken_at) in enumerate(rows, 1)
    ]  # fmt: skip


def of_visit(visit: Visit) -> ColumnElement[bool]:
    """That a photo is a visit's own, or was sent with its report and is nobody else's."""
    return or_(Photo.visit_id == visit.id, and_(Photo.visit_id.is_(None), Photo.draft_id == visit.draft_id))


@dataclass(frozen=True)
class PhotoView:
    """One photo with its record. `others`: records of the same report it may be given to, as (visit, place)."""

    line: PhotoLine
    visit_id: int
    person_id: int
    place: Place
    visited_on: date
    camera: str | None
    explanation: str | None
    others: list[tuple[int, Place]]


def find_photo(session: Session, photo_id: int) -> PhotoView | None:
    """A photo that belongs to a record; None for loose and unknown ones."""
    photo = session.get(Photo, photo_id)
    visits = _records_of(session, photo) if photo is not None else []
    own = next((visit for visit in visits if photo is not None and visit.id == photo.visit_id), None)
    visit = own or (visits[0] if visits else None)
    if photo is None or visit is None:
        return None
    line = next((line for line in _lines(session, visit) if line.photo_id == photo_id), None)
    if line is None:
        return None
    places = list_places(session, {each.household_id for each in visits})
    file = session.get(PhotoFile, photo.sha256) if photo.sha256 else None
    others = [(each.id, places[each.household_id]) for each in visits if own is None or each.id != own.id]
    return PhotoView(
        line, visit.id, photo.person_id, places[visit.household_id], visit.visited_on, file.camera if file else None,
        photo.explanation, others if len(visits) > 1 else [],
    )  # fmt: skip


def _records_of(session: Session, photo: Photo) -> list[Visit]:
    """The standing records of a photo's report, and the one it belongs to."""
    its = or_(Visit.id == photo.visit_id, and_(Visit.draft_id.is_not(None), Visit.draft_id == photo.draft_id))
    rows = session.scalars(select(Visit).where(its, Visit.state == "confirmed").order_by(Visit.line, Visit.id))
    return list(rows)


@dataclass(frozen=True)
class Changed:
    photo_id: int


def set_slot(session: Session, person_id: int, photo_id: int, slot: str, *, now: datetime) -> Changed:
    """What the picture shows, by its sender's tap. Raises Refused("photo.not_yours", "button.broken")."""
    if slot not in SLOTS:
        raise Refused("button.broken")
    get_own_photo(session, person_id, photo_id).slot = slot
    return Changed(photo_id)


def give(session: Session, person_id: int, photo_id: int, visit_id: int, *, now: datetime) -> Changed:
    """Says to which household of its report a photo belongs. Raises Refused("photo.not_yours", "visit.not_yours")."""
    photo = get_own_photo(session, person_id, photo_id)
    if visit_id not in {visit.id for visit in _records_of(session, photo)}:
        raise Refused("visit.not_yours")
    photo.visit_id = visit_id
    return Changed(photo_id)

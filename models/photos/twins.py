"""A photo that was used before: pointed out to its sender alone, with room for one line; nobody else hears of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from models import drafts
from models.access import PersonView, access_household
from models.drafts import Draft
from models.errors import Refused
from models.households.tables import Household
from models.photos.looks import Looks, find_near
from models.photos.settling import shown
from models.photos.tables import Photo, PhotoFile
from models.visits.tables import Visit

NOTE = "photo_note"
"""The kind of draft that takes the one line of explanation."""
LONGEST = 200
STANDING = ("unconfirmed", "confirmed")
MOST_LOOKED_AT = 50


def find_twin(session: Session, photo: Photo, looks: Looks, look: str) -> int | None:
    """The photo most like this one that stands in another record; None where there is none.

    Photos of the same report or the same visit are none, nor are those of records withdrawn or set aside.
    """
    near = dict(reversed([(number, bits) for bits, number in find_near(session, looks, look)[:MOST_LOOKED_AT]]))
    if not near:
        return None
    found = session.execute(
        select(Photo.id, PhotoFile.number)
        .join(PhotoFile, PhotoFile.sha256 == Photo.sha256)
        .where(PhotoFile.number.in_(near), Photo.id != photo.id, elsewhere(photo), *in_a_record(Photo))
    ).all()
    best = min(found, key=lambda row: (near[row.number], -row.id), default=None)
    return None if best is None else best.id


def elsewhere(photo: Photo) -> ColumnElement[bool]:
    """That a photo is of another report and of another visit."""
    others = [or_(Photo.draft_id.is_(None), Photo.draft_id != photo.draft_id)] if photo.draft_id else []
    if photo.visit_id is not None:
        others.append(or_(Photo.visit_id.is_(None), Photo.visit_id != photo.visit_id))
    return and_(True, *others)


def in_a_record(photo: Any) -> tuple[ColumnElement[bool], ...]:
    """That a photo is kept and belongs to a visit that stands."""
    return (photo.state == "stored", exists(visits_of(photo).correlate(photo)))


def visits_of(photo: Any) -> Any:
    """The standing visits a photo belongs to: its own one, or all of its report."""
    its = or_(Visit.id == photo.visit_id, and_(photo.visit_id.is_(None), Visit.draft_id == photo.draft_id))
    return select(Visit.id).where(its, Visit.state.in_(STANDING))


@dataclass(frozen=True)
class Twin:
    """What a sender is asked about one photo: `nth` of `total` photos of the report, the day of the other record, and
    the head of its household where the reader may know it (empty otherwise); `more`: further photos like this."""

    photo_id: int
    nth: int
    total: int
    visited_on: date
    name: str
    more: int


HAS_TWINS = select(Photo.id).where(
    Photo.draft_id == bindparam("draft_id"), Photo.twin_id.is_not(None), Photo.explanation.is_(None)
)


def has_twins(session: Session, draft_id: int) -> bool:
    """Whether a report may have to be asked about at all: most never."""
    return session.scalar(HAS_TWINS, {"draft_id": draft_id}) is not None


def find_open_twin(session: Session, draft_id: int, reader: PersonView, today: date) -> Twin | None:
    """The first photo of a report whose sender has not yet said whether it is one used before."""
    ids = list(
        session.scalars(
            select(Photo.id)
            .where(Photo.draft_id == draft_id, Photo.state.in_(("stored", "waiting")), Photo.medium == "photo")
            .order_by(Photo.id)
        )
    )
    open_ones = _open_twins(session, draft_id)
    if not open_ones:
        return None
    photo_id, day, household_id = open_ones[0]
    return Twin(
        photo_id, ids.index(photo_id) + 1, len(ids), day, _name(session, household_id, reader, today),
        len(open_ones) - 1,
    )  # fmt: skip


_OTHER = aliased(Photo)


def _open_twins(session: Session, draft_id: int) -> list[tuple[int, date, int]]:
    """(photo, day and household of the record it was used in) of a report's photos that are to be asked about."""
    rows = session.execute(
        select(Photo.id, Photo.visit_id, Visit.id.label("used_in"), Visit.visited_on, Visit.household_id)
        .join(_OTHER, _OTHER.id == Photo.twin_id)
        .join(Visit, Visit.id.in_(visits_of(_OTHER).correlate(_OTHER)))
        .where(Photo.draft_id == draft_id, Photo.state == "stored", Photo.explanation.is_(None))
        .order_by(Photo.id, Visit.line)
    ).all()
    own = set(session.scalars(select(Visit.id).where(Visit.draft_id == draft_id)))
    same = {row.id for row in rows if row.used_in == row.visit_id or row.used_in in own}
    return list(
        {row.id: (row.id, row.visited_on, row.household_id) for row in reversed(rows) if row.id not in same}.values()
    )[::-1]


def _name(session: Session, household_id: int, reader: PersonView, today: date) -> str:
    try:
        access_household(session, reader, household_id, "household.read", day=today)
    except Refused:
        return ""
    return session.get_one(Household, household_id).head_name


@dataclass(frozen=True)
class Asked:
    """What was asked about; `kind` and `ids`: the screen of the report (or loose photos) it belongs to."""

    photo_id: int
    kind: str
    ids: dict[str, Any]


def get_own_photo(session: Session, person_id: int, photo_id: int) -> Photo:
    """Raises Refused("photo.not_yours") for others' and unknown ones."""
    photo = session.get(Photo, photo_id)
    if photo is None or photo.person_id != person_id:
        raise Refused("photo.not_yours")
    return photo


def _asked(session: Session, photo: Photo) -> Asked:
    draft = session.get(Draft, photo.draft_id) if photo.draft_id is not None else None
    kind, ids = shown(draft) if draft is not None else ("photo.one", {"photo_id": photo.id})
    return Asked(photo.id, kind, ids)


def say_other(session: Session, person_id: int, photo_id: int, *, now: datetime) -> Asked:
    """不是同一张: believed, and not asked again."""
    photo = get_own_photo(session, person_id, photo_id)
    photo.twin_id = None
    return _asked(session, photo)


def say_same(session: Session, person_id: int, photo_id: int, *, now: datetime) -> Asked:
    """是同一张: the next text is the line about it; what was open before goes on afterwards."""
    photo = get_own_photo(session, person_id, photo_id)
    active = drafts.active_row(session, person_id)
    if active is not None and active.kind == NOTE and active.facts.get("photo_id") == photo_id:
        return _asked(session, photo)
    facts = {"photo_id": photo_id, "before": active.id if active is not None and active.kind != NOTE else None}
    drafts.open_draft(session, person_id, NOTE, now=now, step="note", facts=facts)
    return _asked(session, photo)


def explain(session: Session, person_id: int, photo_id: int, words: str, *, now: datetime) -> Asked:
    """Keeps the line (empty: 不用说明) with the photo, for its sender's own papers, and takes up what was open before."""
    photo = get_own_photo(session, person_id, photo_id)
    photo.explanation = words.strip()[:LONGEST]
    leave_note(session, person_id, now=now)
    return _asked(session, photo)


def go_on(session: Session, person_id: int, photo_id: int, *, now: datetime) -> Asked:
    """Leaves the question for a line open and takes up what was open before."""
    photo = get_own_photo(session, person_id, photo_id)
    leave_note(session, person_id, now=now)
    return _asked(session, photo)


def leave_note(session: Session, person_id: int, *, now: datetime) -> None:
    """Closes the question for a line; the report that was open before is active again."""
    note = drafts.active_row(session, person_id)
    if note is None or note.kind != NOTE:
        return
    drafts.close(session, note, "done", now=now)
    session.flush()
    before = session.get(Draft, note.facts["before"]) if note.facts.get("before") else None
    if before is not None and before.state == "parked":
        before.state = "active"

"""Photos as they come: alone, as an album, before or after the words. One album gets one answer.

Parts of an album are separate updates with no end mark: each moves the draft's `due_at` a little on, and when it
passes the tick answers once. Photos without words wait half an hour for the next text, then one question is asked.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, drafts
from models.drafts import Draft
from models.errors import Refused
from models.jobs import ask_for
from models.photos import settling
from models.photos.files import tell_refused
from models.photos.tables import OTHER, Photo
from models.photos.twins import get_own_photo
from models.times import local_day
from models.visits.actions import find_same_day
from models.visits.queries import find_last_report
from models.visits.records import access_to_log
from models.visits.reports import KIND, LOOSE, Base, Kept, Line, ReportView, get_report, keep_report
from models.visits.tables import Visit


@dataclass(frozen=True)
class NewPhoto:
    """One picture as the channel announced it; the bytes are still there and are fetched afterwards.

    `slot`: what its caption says it shows. `refused`: why it is not kept, where the announcement says enough: the row
    and the words stay, nothing is fetched.
    """

    inbox_id: int
    file_id: str
    unique_id: str
    sent_at: datetime
    album: str | None = None
    original: bool = False
    forwarded: bool = False
    message_id: int = 0
    slot: str = OTHER
    refused: str = ""
    medium: str = "photo"


@dataclass(frozen=True)
class Taken:
    """Where a photo went. `answer`: the report is to be shown at once; otherwise the tick answers for the album."""

    draft_id: int
    answer: bool = False
    unknown: bool = False
    """Its words name no household: whose it is has to be asked."""


def take_photo(
    session: Session,
    person_id: int,
    photo: NewPhoto,
    report: ReportView | None,
    lines: tuple[Line, ...] | None,
    *,
    now: datetime,
) -> Taken:
    """Keeps a photo with the report it belongs to; `lines` are what that says with the photo's words, None without any.

    Words may come on a later part of an album whose first parts lie in a draft already. Without words and without
    an open report it is loose: it takes the next text, or is offered to a visit logged
    within the last half hour.
    """
    draft = _album_draft(session, person_id, photo.album)
    said = report is not None and lines is not None
    if report is not None and lines is not None:
        joins = draft is not None and draft.state in ("active", "parked") and report.draft_id is None
        into = replace(report, draft_id=draft.id) if joins and draft is not None else report
        draft = session.get_one(Draft, keep_report(session, person_id, into, lines, now=now).draft_id)
    elif draft is None:
        draft = _loose_draft(session, person_id, report, now)
    row = keep_photo(session, person_id, photo, draft, now)
    _note_caption(draft, row, photo.message_id if said else 0)
    unknown = said and not lines and report is not None and not report.questions
    if unknown and draft.state == "active":
        draft.step = "whose"
    at_once = said and photo.album is None
    if not at_once:
        settling.came(draft, photo.album, now=now)
    draft.updated_at = now
    return Taken(draft.id, at_once, unknown)


def caption_photo(
    session: Session,
    person_id: int,
    photo_id: int,
    message_id: int,
    slot: str,
    report: ReportView,
    lines: tuple[Line, ...],
    *,
    now: datetime,
) -> Taken:
    """Words that were written below a photo after it had come. Raises Refused("photo.not_yours", "draft.gone")."""
    row = get_own_photo(session, person_id, photo_id)
    draft = session.get_one(Draft, keep_report(session, person_id, report, lines, now=now).draft_id)
    if slot != OTHER:
        row.slot = slot
        _share_slot(session, row)
    _note_caption(draft, row, message_id)
    unknown = not lines and not report.questions
    if unknown:
        draft.step = "whose"
    return Taken(draft.id, True, unknown)


def _album_draft(session: Session, person_id: int, album: str | None) -> Draft | None:
    if album is None:
        return None
    return session.scalar(
        select(Draft)
        .join(Photo, Photo.draft_id == Draft.id)
        .where(Photo.person_id == person_id, Photo.album == album)
        .order_by(Photo.id.desc())
        .limit(1)
    )


def _loose_draft(session: Session, person_id: int, report: ReportView | None, now: datetime) -> Draft:
    """The draft that photos without words wait in: the open one, or a new one."""
    if report is not None and report.draft_id is not None:
        draft = drafts.get_own(session, person_id, report.draft_id)
        if draft.step in ("choose", "house"):
            draft.step = "photos"
        return draft
    last = find_last_report(session, person_id, now=now)
    facts: dict[str, Any] = {"offer": last} if last is not None else {}
    return drafts.open_draft(session, person_id, KIND, now=now, step="offer" if last else "photos", facts=facts)


def keep_photo(session: Session, person_id: int, photo: NewPhoto, draft: Draft, now: datetime) -> Photo:
    """The row of something sent with a draft; its bytes are fetched afterwards."""
    row = Photo(
        person_id=person_id, draft_id=draft.id, visit_id=_visit_of(session, draft), inbox_id=photo.inbox_id,
        state="refused" if photo.refused else "waiting", reason=photo.refused or None, album=photo.album,
        file_id=photo.file_id, unique_id=photo.unique_id, original=photo.original, forwarded=photo.forwarded,
        sent_at=photo.sent_at, slot=photo.slot, medium=photo.medium, next_try_at=None if photo.refused else now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _share_slot(session, row)
    if photo.refused:
        tell_refused(session, row, now=now)
    else:
        ask_for(session, "fetch photos")
    return row


def _visit_of(session: Session, draft: Draft) -> int | None:
    """The record a photo goes to at once: the one photos are being added to, or that of a report confirmed meanwhile."""
    visit_id: int | None = draft.facts.get("visit_id")
    if draft.state != "done":
        return visit_id if draft.step == "add" else None
    visits = session.scalars(select(Visit.id).where(Visit.draft_id == draft.id, Visit.state == "confirmed")).all()
    return visit_id or (visits[0] if len(visits) == 1 else None)


def _share_slot(session: Session, row: Photo) -> None:
    """What one caption says is said of the whole album, as long as no other part says something else."""
    if row.album is None:
        return
    album = session.scalars(select(Photo).where(Photo.person_id == row.person_id, Photo.album == row.album)).all()
    named = {photo.slot for photo in album} - {OTHER}
    if len(named) == 1:
        for photo in album:
            (photo.slot,) = named


def _note_caption(draft: Draft, row: Photo, message_id: int) -> None:
    """Which message a photo came with, so that each finds its household where a report is about several."""
    if not message_id and draft.step in LOOSE:
        return  # It takes the next text.
    captions = draft.facts.get("captions", {})
    if message_id or row.caption_key not in captions:
        draft.facts = {**draft.facts, "captions": {**captions, row.caption_key: message_id}}


def begin_adding(session: Session, person_id: int, visit_id: int, *, now: datetime) -> Kept:
    """The next photos go to this visit. Raises Refused("visit.not_yours")."""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.person_id != person_id or visit.state != "confirmed":
        raise Refused("visit.not_yours")
    draft = drafts.open_draft(session, person_id, KIND, now=now, step="add", facts={"visit_id": visit_id})
    return Kept(draft.id, "add")


@dataclass(frozen=True)
class Added:
    draft_id: int
    visit_id: int


def add_to_visit(session: Session, person_id: int, draft_id: int, visit_id: int, *, now: datetime) -> Added:
    """添加: loose photos become photos of a visit. Raises Refused("draft.gone", "visit.not_yours")."""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.person_id != person_id or visit.state != "confirmed":
        raise Refused("visit.not_yours")
    draft = drafts.get_own(session, person_id, draft_id)
    for photo in session.scalars(select(Photo).where(Photo.draft_id == draft_id, Photo.visit_id.is_(None))):
        photo.visit_id = visit_id
    drafts.close(session, draft, "done", now=now)
    draft.facts = {**draft.facts, "visit_id": visit_id}
    return Added(draft_id, visit_id)


def ask_whose(session: Session, person_id: int, draft_id: int, *, now: datetime) -> Kept:
    """是别家的: asks now instead of after half an hour. Raises Refused("draft.gone")."""
    draft = drafts.get_own(session, person_id, draft_id)
    draft.step, draft.due_at, draft.version = "whose", None, draft.version + 1
    return Kept(draft_id, "whose")


def say_whose(session: Session, person_id: int, draft_id: int, household_id: int, *, now: datetime) -> Added | Kept:
    """这3张是哪家的: added to that day's record of the household, or else a card to confirm.

    Raises Refused("draft.gone", "household.not_yours").
    """
    report = get_report(session, person_id, draft_id)
    today = local_day(now)
    person = access.view(session, person_id, today)
    sent_at = session.scalar(select(Photo.sent_at).where(Photo.draft_id == draft_id).order_by(Photo.id).limit(1))
    day = local_day(sent_at or now)
    access_to_log(session, person, household_id, visited_on=day, today=today)
    known = find_same_day(session, person_id, household_id, day)
    if known is not None:
        return add_to_visit(session, person_id, draft_id, known.id, now=now)
    begun = replace(report, base=Base(household_id, day))
    line = Line(household_id, day)
    return keep_report(session, person_id, begun, (line,), now=now)

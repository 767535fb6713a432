"""The one answer to photos: told when an album has come to rest, edited when something of it changes afterwards."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import drafts, outbox
from models.drafts import Draft
from models.outbox import Message
from models.people import Person
from models.photos.tables import Photo

SETTLE_FOR = timedelta(seconds=1.5)
WAIT_FOR_WORDS = timedelta(minutes=30)
IN_FLIGHT_FOR = timedelta(seconds=1)
ANSWER, LATE, KEPT, ASK = "answer", "late", "kept", "ask"
"""Why a draft is due. ANSWER: photos came, they are answered by a new message. LATE: another part of an album that was
answered, or something to point out: the answer is edited while it is the newest message, else said anew. KEPT: the last
bytes are on disk: edited or nothing. ASK: half an hour without words."""
UNREAD = ("pending", "retry")
"""States of a message whose facts are still to be read: it will say what is true then."""


def settle(session: Session, draft: Draft, *, now: datetime) -> None:
    """Says what there is to say of a draft that is due."""
    due = draft.facts.get("due")
    draft.due_at = None
    if due == ASK:
        draft.step = "whose"
    elif draft.step in ("photos", "offer", "add") and _nothing_kept(session, draft):
        # Each was told why it was not kept: there is nothing to ask about.
        drafts.close(session, draft, "cancelled", now=now)
        return
    elif draft.step == "photos":
        _due(draft, now + WAIT_FOR_WORDS - SETTLE_FOR, ASK)
    edits = None
    if due in (LATE, KEPT):
        newest = newest_answer(session, draft, now)
        if newest is not None and newest.state in UNREAD:
            return
        if newest is not None and newest.state == "sending":
            _due(draft, now + IN_FLIGHT_FOR, due)
            return
        edits = newest.message_id if newest is not None else None
        if edits is None and due == KEPT:
            return
    draft.facts = {**draft.facts, "told": draft.facts.get("told", 0) + 1, "albums": _albums(session, draft)}
    person = session.get_one(Person, draft.person_id)
    kind, ids = shown(draft)
    key = f"p:{draft.id}:{draft.facts['told']}"
    outbox.tell(session, person=person, lane="answers", kind=kind, ids=ids, key=key, due_at=now, now=now, edits=edits)


def shown(draft: Draft) -> tuple[str, dict[str, Any]]:
    """The screen that shows what a draft is now."""
    ids: dict[str, Any] = {"draft_id": draft.id}
    if draft.facts.get("visit_id"):
        return "photo.added", {**ids, "visit_id": draft.facts["visit_id"]}
    if draft.state == "done":
        return "visit.logged", ids
    kinds = {"whose": "photo.whose", "photos": "photo.received", "offer": "photo.offer"}
    return kinds.get(draft.step, "visit.report"), ids


def newest_answer(session: Session, draft: Draft, now: datetime) -> Message | None:
    """The newest message of the person's chat, where that is about this draft and stands there, or soon will."""
    person = session.get_one(Person, draft.person_id)
    row = session.scalar(
        select(Message)
        .where(
            Message.chat == person.telegram_id,
            or_(Message.state.in_(("sent", "sending")), Message.state.in_(UNREAD) & (Message.due_at <= now)),
        )
        .order_by(Message.id.desc())
        .limit(1)
        # Its facts are read either before what happens here, and it is being sent then, or after it: never beside it.
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row if row is not None and row.ids.get("draft_id") == draft.id else None


def show_again(session: Session, draft: Draft, why: str, *, now: datetime) -> None:
    """Has the answer to a draft brought up to date, where it was given already and does not say so yet."""
    waits = draft.due_at is not None and draft.facts.get("due") != ASK
    if waits or draft.state == "cancelled":
        return
    newest = newest_answer(session, draft, now)
    if newest is None and why == KEPT:
        return
    if newest is None or newest.state not in UNREAD:
        _due(draft, now, why)


def came(draft: Draft, album: str | None, *, now: datetime) -> None:
    """A photo came without an answer of its own: the draft is due a little after the last one."""
    late = draft.state == "done" or (album is not None and album in draft.facts.get("albums", ()))
    if draft.state != "cancelled":
        _due(draft, now + SETTLE_FOR, LATE if late else ANSWER)


def _due(draft: Draft, at: datetime, why: str) -> None:
    draft.due_at, draft.facts = at, {**draft.facts, "due": why}


def _nothing_kept(session: Session, draft: Draft) -> bool:
    kept = select(func.count()).where(Photo.draft_id == draft.id, Photo.state.in_(("stored", "waiting")))
    return not session.scalar(kept)


def _albums(session: Session, draft: Draft) -> list[str]:
    """The albums whose parts an answer speaks of."""
    found = session.scalars(select(Photo.album).where(Photo.draft_id == draft.id, Photo.album.is_not(None)).distinct())
    return sorted(str(album) for album in found)

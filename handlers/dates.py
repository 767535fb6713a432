"""Fixed dates: 办好了 with its evidence, 没办成 with a reason, both taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.incoming import Incoming
from handlers.photos import fault_of
from handlers.reply import Answer
from models import drafts
from models.access import PersonView
from models.duties import finishing
from models.duties.finishing import Finished
from models.errors import Refused
from models.photos.actions import NewPhoto

EVIDENCE, REASON = finishing.DRAFT, "date_reason"
WRONG_KIND = "type"
"""What is no picture is a document here."""


async def finish(incoming: Incoming, context: Context) -> None:
    """`date:done:ID`: asks for what the rule wants to see; where it wants nothing it is done. The digest stays."""
    await context.run(finishing.begin_finish, context.me, context.number(), reply=_answer)


async def take_evidence(incoming: Incoming, context: Context) -> None:
    """A line, a photo, a document, in any order; the last that was wanted ends the duty."""
    draft = context.draft
    if draft is None or incoming.edited:
        await context.ignore("an edited part of evidence")
        return
    file = _file_of(incoming, context.settings.photos.max_bytes) if incoming.file is not None else None
    words = incoming.text.strip()
    if file is None and not any(char.isalnum() for char in words):
        raise Refused("date.write_words")
    await context.run(finishing.add_evidence, context.me, draft.id, words, file, reply=_answer)


def _file_of(incoming: Incoming, max_bytes: int) -> NewPhoto:
    """Raises Refused("date.too_big", megabytes), ("date.empty") by what the channel says of it."""
    fault = fault_of(incoming, max_bytes)
    if fault in ("too_big", "empty"):
        raise Refused(f"date.{fault}", megabytes=max_bytes >> 20)
    file = incoming.file
    assert file is not None
    return NewPhoto(
        incoming.inbox_id, file.file_id, file.unique_id, incoming.sent_at, incoming.album,
        incoming.kind == "document", incoming.forwarded, incoming.message_id,
        medium="file" if fault == WRONG_KIND else "photo",
    )  # fmt: skip


def _answer(finished: Finished) -> Answer | None:
    if not finished.answer:
        return None
    if finished.lacks:
        return Answer("date.ask", {"duty_id": finished.duty_id, "lacks": list(finished.lacks)}, fresh=True)
    return Answer("date.done", {"duty_id": finished.duty_id}, fresh=True)


async def take_back(incoming: Incoming, context: Context) -> None:
    """撤销 within a day."""
    duty_id = context.number()
    answer = Answer("duty.why", {"duty_id": duty_id, "note": "unchecked"})
    await context.run(finishing.take_back_finish, context.me, duty_id, reply=answer)


async def ask_reason(incoming: Incoming, context: Context) -> None:
    """没办成: the next text is the reason. The digest stays."""
    duty_id = context.number()
    await context.run(begin_reason, context.me, duty_id, reply=Answer("date.reason", {"duty_id": duty_id}, fresh=True))


def begin_reason(session: Session, me: PersonView, duty_id: int, *, now: datetime) -> None:
    finishing.check_explain(session, me, duty_id, now=now)
    drafts.open_draft(session, me.id, REASON, now=now, facts={"duty_id": duty_id})


async def take_reason(incoming: Incoming, context: Context) -> None:
    draft = context.draft
    if draft is None or not any(char.isalnum() for char in incoming.text):
        raise Refused("date.write_words")
    duty_id = int(draft.facts.get("duty_id", 0))
    answer = Answer("date.explained", {"duty_id": duty_id})
    await context.run(explain, context.me, draft.id, duty_id, incoming.text.strip(), reply=answer)


def explain(session: Session, me: PersonView, draft_id: int, duty_id: int, words: str, *, now: datetime) -> None:
    finishing.explain_date(session, me, duty_id, words, now=now)
    drafts.close(session, drafts.get_own(session, me.id, draft_id), "done", now=now)


async def take_back_reason(incoming: Incoming, context: Context) -> None:
    duty_id = context.number()
    answer = Answer("duty.why", {"duty_id": duty_id, "note": "date_taken_back"})
    await context.run(finishing.take_back_reason, context.me, duty_id, reply=answer)

"""How far an import has come, shown by editing the message that confirmed it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.imports.queries import preview
from models.outbox import LANES, Message

KINDS = {
    "applying": "roster.applying",
    "done": "roster.applying",
    "undoing": "roster.undoing",
    "undone": "roster.undoing",
}
"""The message that says how far it is, by the state of the import."""
STEPS = 10
"""At most so many edits for one import: a channel takes few edits of one message."""


def show_progress(session: Session, import_id: int, *, now: datetime) -> None:
    """Edits the progress message when another tenth is done; nothing where it has not been sent yet."""
    seen = preview(session, import_id)
    kind = KINDS[seen.state]
    left, done = (
        (seen.applied, seen.undone + seen.kept) if kind == "roster.undoing" else (seen.new + seen.changed, seen.applied)
    )
    step = STEPS if seen.state in ("done", "undone") else STEPS * done // max(1, done + left)
    shown = _find_shown(session, import_id, kind)
    key = f"import.progress:{import_id}:{kind}:{step}"
    if shown is None or step == 0 or session.scalar(select(Message.id).where(Message.key == key)) is not None:
        return
    session.add(
        Message(
            channel=shown.channel,
            chat=shown.chat,
            recipient_id=shown.recipient_id,
            lane="edits",
            rank=LANES.index("edits"),
            kind=kind,
            ids={"import_id": import_id},
            key=key,
            edits=shown.message_id,
            locale=shown.locale,
            made_at=now,
            due_at=now,
        )
    )


def _find_shown(session: Session, import_id: int, kind: str) -> Message | None:
    """The message that answered the confirmation, once the channel has given it a number."""
    sent = session.scalars(
        select(Message)
        .where(Message.kind == kind, Message.lane == "answers", Message.message_id.is_not(None))
        .order_by(Message.id.desc())
        .limit(20)
    )
    return next((message for message in sent if message.ids.get("import_id") == import_id), None)

"""The outbox: one row, one message, one recipient, one failure domain. Rows keep kind and ids, never sentences."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, bindparam, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Facts, Id, bare, ref
from models.people import Person

LANES = ("answers", "urgent", "digests", "edits")
STATES = ("pending", "sending", "sent", "unknown", "retry", "dead", "cancelled", "suppressed")


class Message(Base):
    __tablename__ = "outbox"
    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(default="telegram")
    chat: Mapped[int] = mapped_column(BigInteger)
    recipient_id: Mapped[int | None] = ref("people")
    """None: an answer to somebody the roster does not know."""
    lane: Mapped[str]
    rank: Mapped[int]
    """The lane's place, kept for the claim's index: 0 answers, 1 urgent, 2 digests, 3 edits."""
    kind: Mapped[str]
    ids: Mapped[Facts]
    key: Mapped[str] = mapped_column(unique=True)
    """Makes it impossible twice: `a:<inbox>:<part>`, `d:<person>:<day>:<part>`, `u:<notice>:<person>`."""
    locale: Mapped[str | None]
    """The language of a reader whom the roster does not know; people have their own."""
    inbox_id: Mapped[int | None] = ref("inbox")
    local_day: Mapped[date | None]
    edits: Mapped[int | None] = mapped_column(BigInteger)
    """The channel's number of the message this one replaces, where it answers a tap."""
    state: Mapped[str] = mapped_column(default="pending")
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    """Sends whose result is unknown: after the first it goes out once more, marked 【重发】; never again."""
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    """The channel's number, once accepted."""
    choices: Mapped[list[Any] | None]
    """[[word, data], …] of the screen as sent: a typed number or word presses the button of the newest screen."""
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "due_at",
            "rank",
            "id",
            sqlite_where=text("state IN ('pending', 'retry')"),
            postgresql_where=text("state IN ('pending', 'retry')"),
        ),
        Index(
            "ix_outbox_sending",
            "claimed_at",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index("ix_outbox_chat_id", "chat", "id"),
    )


class Attempt(Base):
    """One try to send: written with the outcome; how a refusal was classed."""

    __tablename__ = "attempts"
    id: Mapped[Id]
    outbox_id: Mapped[int] = ref("outbox")
    at: Mapped[datetime]
    outcome: Mapped[str]
    cause: Mapped[str | None]
    retry_after: Mapped[int | None]


ADD_ANSWER = insert(bare(Message)).values(lane="answers", rank=0)


def answer(
    session: Session,
    *,
    channel: str,
    chat: int,
    recipient_id: int | None,
    kind: str,
    ids: dict[str, Any],
    inbox_id: int,
    part: int,
    edits: int | None,
    locale: str,
    now: datetime,
) -> None:
    """Adds an answer to what a person just did, in the same commit as its effect."""
    session.execute(
        ADD_ANSWER,
        {
            "channel": channel,
            "chat": chat,
            "recipient_id": recipient_id,
            "kind": kind,
            "ids": ids,
            "key": f"a:{inbox_id}:{part}",
            "inbox_id": inbox_id,
            "edits": edits,
            "locale": locale,
            "made_at": now,
            "due_at": now,
        },
    )


def tell(
    session: Session,
    *,
    person: Person,
    lane: str,
    kind: str,
    ids: dict[str, Any],
    key: str,
    due_at: datetime,
    now: datetime,
    local_day: date | None = None,
    edits: int | None = None,
) -> Message | None:
    """Adds an unsolicited message to somebody who joined; None where the person has no chat or the key exists.

    `edits`: the channel's number of an own message that it takes the place of.
    """
    if person.telegram_id is None or session.scalar(select(Message.id).where(Message.key == key)) is not None:
        return None
    message = Message(
        chat=person.telegram_id,
        recipient_id=person.id,
        lane=lane,
        rank=LANES.index(lane),
        kind=kind,
        ids=ids,
        key=key,
        local_day=local_day,
        edits=edits,
        locale=person.locale,
        made_at=now,
        due_at=due_at,
    )
    session.add(message)
    session.flush()
    return message


LAST_CHOICES = (
    select(Message.choices, Message.sent_at)
    .where(Message.chat == bindparam("chat"), Message.choices.is_not(None))
    .order_by(Message.sent_at.desc(), Message.id.desc())
    .limit(1)
)
LAST_WRITTEN = LAST_CHOICES.order_by(None).order_by(Message.id.desc())


def last_choices(session: Session, chat: int, *, now: datetime) -> list[Any]:
    """[[label, data, words…], …] of the newest screen sent to a chat that has any: what a typed number or word presses."""
    newest = session.execute(LAST_CHOICES, {"chat": chat}).first()
    if newest is not None and newest.sent_at is not None and newest.sent_at > now:
        # The clock was set back: times of before and after do not compare, the order of writing does.
        newest = session.execute(LAST_WRITTEN, {"chat": chat}).first()
    return (newest.choices if newest is not None else None) or []

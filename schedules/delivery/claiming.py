"""Claims due rows of the outbox: answers first, one row a chat at a time, with the facts of this moment."""

from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Integer, Row, bindparam, select, update
from sqlalchemy.orm import Session

from models.base import bare
from models.notices import Notice
from models.outbox import Message
from models.people import Person
from models.times import local_day

DUE = ("pending", "retry")
UNSOLICITED = ("urgent", "digests")
URGENT_FOR = timedelta(hours=24)
GONE: tuple[str, dict[str, Any]] = ("refused", {"code": "screen.gone", "values": {}})
ReadFacts = Callable[..., dict[str, Any] | None]
Due = Row[*tuple[Any, ...]]
"""A row of DUE_ROWS; the whole message is loaded only where it is not simply sent."""


def no_wait(chat: int, answer: bool) -> float:
    return 0.0


def same_moment(moment: datetime) -> datetime:
    return moment


@dataclass(frozen=True)
class Delivery:
    """One claimed row with the plain values of this moment; `again` marks a repeat after an unknown result."""

    id: int
    chat: int
    kind: str
    values: dict[str, Any]
    locale: str | None
    edits: int | None
    lane: str
    again: bool
    due_at: datetime


@dataclass(frozen=True)
class Claim:
    """What was taken, and whether due rows were left for a later turn."""

    deliveries: list[Delivery]
    left: bool


def claim_some(
    session: Session,
    read_facts: ReadFacts,
    *,
    now: datetime,
    node: str,
    limit: int,
    busy: Collection[int] = (),
    wait_until: Callable[[datetime], datetime] = same_moment,
    chat_wait: Callable[[int, bool], float] = no_wait,
) -> Claim:
    """Takes up to `limit` due rows for `node`, answers first, one a chat at a time so that nothing overtakes.

    `busy` are chats with a send in flight. `wait_until` moves a moment out of quiet hours: an unsolicited row that
    comes due in them waits for their end. `chat_wait(chat, answer)` are the seconds until a chat may be sent to: its
    rows come due then.
    """
    claimed: list[Delivery] = []
    chats = set(busy)
    left = False
    rows = session.execute(DUE_ROWS, {"now": now, "busy": list(busy), "most": limit * 4}).all()
    for row in rows:
        if row.chat in chats or len(claimed) >= limit:
            left = True
            continue
        chats.add(row.chat)
        if row.lane in UNSOLICITED and (later := wait_until(now)) > now:
            session.get_one(Message, row.id).due_at = later
        elif row.unreachable_at is not None and row.lane != "answers":
            _end(session, row, "suppressed", "unreachable")
        elif (seconds := chat_wait(row.chat, row.lane == "answers")) > 0:
            _postpone(session, row, now + timedelta(seconds=seconds))
        elif not _given_back(session, row, now) and (delivery := _claim(session, row, read_facts, now)):
            claimed.append(delivery)
    if claimed:
        taken = {"now": now, "node": node}
        session.execute(CLAIMED, [{"row_id": each.id, **taken} for each in claimed])
    return Claim(claimed, left or len(rows) == limit * 4)


DUE_ROWS = (
    select(
        Message.id, Message.chat, Message.recipient_id, Message.lane, Message.kind, Message.ids, Message.locale,
        Message.local_day, Message.edits, Message.repeats, Message.made_at, Message.due_at, Message.expires_at,
        Person.locale.label("speaks"), Person.unreachable_at,
    )
    .outerjoin(Person, Person.id == Message.recipient_id)
    .where(
        Message.state.in_(DUE),
        Message.due_at <= bindparam("now"),
        Message.chat.not_in(bindparam("busy", expanding=True)),
    )
    .order_by(Message.rank, Message.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=Message, skip_locked=True)
)  # fmt: skip
CLAIMED = (
    update(bare(Message))
    .where(Message.id == bindparam("row_id"))
    .values(state="sending", claimed_at=bindparam("now"), claimed_by=bindparam("node"), attempts=Message.attempts + 1)
)


def _postpone(session: Session, row: Due, until: datetime) -> None:
    """All that waits for this chat waits as long, so that the order stays; answers do not wait for the others."""
    waiting = [Message.chat == row.chat, Message.state.in_(DUE), Message.due_at < until]
    if row.lane != "answers":
        waiting.append(Message.lane != "answers")
    session.execute(update(Message).where(*waiting).values(due_at=until).execution_options(synchronize_session=False))


def _given_back(session: Session, row: Due, now: datetime) -> bool:
    """A digest that could not go on its day, or an urgent message within one, becomes part of the next digest: after
    an outage several days are one message. Whether it was so.
    """
    if row.lane == "digests":
        over = row.local_day is not None and row.local_day < local_day(now)
    else:
        over = row.lane == "urgent" and now - row.made_at > URGENT_FOR
    if not over:
        return False
    given = session.execute(
        update(Notice)
        .where(Notice.message_id == row.id, Notice.state == "gathered")
        .values(state="waiting", message_id=None, **({"form": "digest"} if row.lane == "urgent" else {}))
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", given).rowcount == 0:
        return False
    _end(session, row, "cancelled", "joins the next digest")
    return True


def _claim(session: Session, row: Due, read_facts: ReadFacts, now: datetime) -> Delivery | None:
    if row.expires_at is not None and row.expires_at < now:
        _end(session, row, "cancelled", "expired")
        return None
    # Only PostgreSQL gives up a whole transaction for one failed query.
    guard = session.begin_nested() if session.get_bind().dialect.name != "sqlite" else nullcontext()
    try:
        with guard:
            values = read_facts(session, row.kind, row.recipient_id, row.ids, now=now)
    except Exception as error:
        # One row that cannot be shown must not stop the others; it stays with its reason and raises an alarm.
        _end(session, row, "dead", f"facts: {type(error).__name__}")
        return None
    kind = row.kind
    if values is None and row.edits is not None:
        # Whoever taps is answered, also where what the screen showed is no longer there or no longer theirs.
        kind, values = GONE
        gone = session.get_one(Message, row.id)
        gone.kind, gone.ids = kind, values
    if values is None:
        _end(session, row, "suppressed", "nothing to say")
        return None
    locale, again = row.speaks or row.locale, row.repeats > 0
    return Delivery(row.id, row.chat, kind, values, locale, row.edits, row.lane, again, row.due_at)


def _end(session: Session, row: Due, state: str, reason: str) -> None:
    message = session.get_one(Message, row.id)
    message.state, message.reason = state, reason


def next_due_at(session: Session) -> datetime | None:
    """When the next row of the outbox comes due."""
    return session.scalar(select(Message.due_at).where(Message.state.in_(DUE)).order_by(Message.due_at).limit(1))

"""Claims due rows of the outbox: answers first, one row a chat at a time, with the facts of this moment."""

from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Integer, bindparam, select, update
from sqlalchemy.orm import Session

from models.notices import Notice
from models.outbox import Message
from models.people import Person
from models.times import local_day

DUE = ("pending", "retry")
UNSOLICITED = ("urgent", "digests")
URGENT_FOR = timedelta(hours=24)
GONE: tuple[str, dict[str, Any]] = ("refused", {"code": "screen.gone", "values": {}})
ReadFacts = Callable[..., dict[str, Any] | None]


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
    for row, locale, unreachable_at in _due_rows(session, now, busy, limit * 4):
        if row.chat in chats or len(claimed) >= limit:
            left = True
            continue
        chats.add(row.chat)
        if row.lane in UNSOLICITED and (later := wait_until(now)) > now:
            row.due_at = later
        elif unreachable_at is not None and row.lane != "answers":
            _end(row, "suppressed", "unreachable")
        elif (seconds := chat_wait(row.chat, row.lane == "answers")) > 0:
            _postpone(session, row, now + timedelta(seconds=seconds))
        elif not _given_back(session, row, now) and (delivery := _claim(session, row, locale, read_facts, now, node)):
            claimed.append(delivery)
    return Claim(claimed, left)


DUE_ROWS = (
    select(Message, Person.locale, Person.unreachable_at)
    .outerjoin(Person, Person.id == Message.recipient_id)
    .where(
        Message.state.in_(DUE),
        Message.due_at <= bindparam("now"),
        Message.chat.not_in(bindparam("busy", expanding=True)),
    )
    .order_by(Message.rank, Message.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=Message, skip_locked=True)
)


def _due_rows(
    session: Session, now: datetime, busy: Collection[int], limit: int
) -> list[tuple[Message, str | None, datetime | None]]:
    """Due rows with their reader's language and since when nobody is there; no more of the person is loaded."""
    rows = session.execute(DUE_ROWS, {"now": now, "busy": list(busy), "most": limit})
    return [(row.Message, row.locale, row.unreachable_at) for row in rows]


def _postpone(session: Session, row: Message, until: datetime) -> None:
    """All that waits for this chat waits as long, so that the order stays; answers do not wait for the others."""
    waiting = [Message.chat == row.chat, Message.state.in_(DUE), Message.due_at < until]
    if row.lane != "answers":
        waiting.append(Message.lane != "answers")
    session.execute(update(Message).where(*waiting).values(due_at=until).execution_options(synchronize_session=False))


def _given_back(session: Session, row: Message, now: datetime) -> bool:
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
    _end(row, "cancelled", "joins the next digest")
    return True


def _claim(
    session: Session, row: Message, locale: str | None, read_facts: ReadFacts, now: datetime, node: str
) -> Delivery | None:
    if row.expires_at is not None and row.expires_at < now:
        _end(row, "cancelled", "expired")
        return None
    # Only PostgreSQL gives up a whole transaction for one failed query.
    guard = session.begin_nested() if session.get_bind().dialect.name != "sqlite" else nullcontext()
    try:
        # What was claimed before is written at the end, all rows at once.
        with guard, session.no_autoflush:
            values = read_facts(session, row.kind, row.recipient_id, row.ids, now=now)
    except Exception as error:
        # One row that cannot be shown must not stop the others; it stays with its reason and raises an alarm.
        _end(row, "dead", f"facts: {type(error).__name__}")
        return None
    if values is None and row.edits is not None:
        # Whoever taps is answered, also where what the screen showed is no longer there or no longer theirs.
        row.kind, row.ids = GONE
        values = row.ids
    if values is None:
        _end(row, "suppressed", "nothing to say")
        return None
    row.state, row.claimed_at, row.claimed_by, row.attempts = "sending", now, node, row.attempts + 1
    return Delivery(
        row.id, row.chat, row.kind, values, locale or row.locale, row.edits, row.lane, row.repeats > 0, row.due_at
    )


def _end(row: Message, state: str, reason: str) -> None:
    row.state, row.reason = state, reason


def next_due_at(session: Session) -> datetime | None:
    """When the next row of the outbox comes due."""
    return session.scalar(select(Message.due_at).where(Message.state.in_(DUE)).order_by(Message.due_at).limit(1))

"""Claims due rows of the outbox and settles what became of them. The sending itself is bot/sender.py."""

import random
from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.orm import Session

from models.installation import set_fact
from models.outbox import Attempt, Message
from models.people import Person

DUE = ("pending", "retry")
RETRY_AT_MOST = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=72)
GONE: tuple[str, dict[str, Any]] = ("refused", {"code": "screen.gone", "values": {}})
ReadFacts = Callable[..., dict[str, Any] | None]


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


@dataclass(frozen=True)
class Claim:
    """What was taken, and whether due rows were left for a later turn."""

    deliveries: list[Delivery]
    left: bool


@dataclass(frozen=True)
class Outcome:
    """What became of one send: `sent` with the channel's number and the choices shown, or a cause of bot/channel.py."""

    id: int
    result: str
    message_id: int | None = None
    choices: list[Any] | None = None
    detail: str = ""
    retry_after: int = 0
    chat: int = 0


def claim_some(
    session: Session,
    read_facts: ReadFacts,
    *,
    now: datetime,
    node: str,
    limit: int,
    busy: Collection[int] = (),
    wait_until: Callable[[datetime], datetime] = lambda moment: moment,
) -> Claim:
    """Takes up to `limit` due rows, answers first, one a chat at a time so that nothing overtakes; reads their facts.

    `busy` are chats with a send in flight. `wait_until` moves a moment out of quiet hours: an unsolicited row that
    comes due in them waits for their end.
    """
    claimed: list[Delivery] = []
    chats = set(busy)
    left = False
    for row, locale, unreachable_at in _due_rows(session, now, limit * 4 + len(chats)):
        if row.chat in chats or len(claimed) >= limit:
            left = True
            continue
        chats.add(row.chat)
        if row.lane in ("urgent", "digests") and (later := wait_until(now)) > now:
            row.due_at = later
        elif unreachable_at is not None and row.lane != "answers":
            _end(row, "suppressed", "unreachable")
        elif (delivery := _claim(session, row, locale, read_facts, now, node)) is not None:
            claimed.append(delivery)
    return Claim(claimed, left)


DUE_ROWS = (
    select(Message, Person.locale, Person.unreachable_at)
    .outerjoin(Person, Person.id == Message.recipient_id)
    .where(Message.state.in_(DUE), Message.due_at <= bindparam("now"))
    .order_by(Message.rank, Message.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=Message, skip_locked=True)
)
SENT = (
    update(Message)
    .where(Message.id == bindparam("row_id"), Message.state == "sending")
    .values(state="sent", sent_at=bindparam("now"), message_id=bindparam("number"))
    .execution_options(synchronize_session=False)
)
SENT_WITH_CHOICES = SENT.values(choices=bindparam("shown"))


def _due_rows(session: Session, now: datetime, limit: int) -> list[tuple[Message, str | None, datetime | None]]:
    """Due rows with their reader's language and since when nobody is there; no more of the person is loaded."""
    rows = session.execute(DUE_ROWS, {"now": now, "most": limit})
    return [(row.Message, row.locale, row.unreachable_at) for row in rows]


def _claim(
    session: Session, row: Message, locale: str | None, read_facts: ReadFacts, now: datetime, node: str
) -> Delivery | None:
    if row.expires_at is not None and row.expires_at < now:
        _end(row, "cancelled", "expired")
        return None
    # Only PostgreSQL gives up a whole transaction for one failed query.
    guard = session.begin_nested() if session.get_bind().dialect.name != "sqlite" else nullcontext()
    try:
        with guard:
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
    return Delivery(row.id, row.chat, row.kind, values, locale or row.locale, row.edits, row.lane, row.repeats > 0)


def _end(row: Message, state: str, reason: str) -> None:
    row.state, row.reason = state, reason


def settle(session: Session, outcome: Outcome, *, now: datetime) -> None:
    """Writes what became of a send, and what follows from it: done, again, or dead with its reason."""
    if outcome.result == "sent":
        _sent(session, outcome, now)
        return
    row = session.get_one(Message, outcome.id)
    if row.state != "sending":
        return
    session.add(
        Attempt(
            outbox_id=row.id,
            at=now,
            outcome=outcome.result,
            cause=outcome.detail[:200],
            retry_after=outcome.retry_after,
        )
    )
    FOLLOW[outcome.result](session, row, outcome, now)


def _sent(session: Session, outcome: Outcome, now: datetime) -> None:
    """One statement, without reading the row: nearly every message ends here."""
    known = {"row_id": outcome.id, "now": now, "number": outcome.message_id}
    if outcome.choices is None:
        session.execute(SENT, known)
    else:
        session.execute(SENT_WITH_CHOICES, {**known, "shown": outcome.choices})


def _blocked(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    _end(row, "dead", "blocked")
    if row.recipient_id is not None:
        mark_unreachable(session, row.recipient_id, "blocked", now=now)


def mark_unreachable(session: Session, person_id: int, reason: str, *, now: datetime) -> None:
    """Until this person writes again nothing unsolicited is sent; ladders pass over them."""
    session.execute(
        update(Person)
        .where(Person.id == person_id, Person.unreachable_at.is_(None))
        .values(unreachable_at=now, unreachable_reason=reason)
    )


def _throttled(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    # The wait counts for the whole bot and must survive a restart: pushing on makes it longer.
    until = now + timedelta(seconds=outcome.retry_after)
    set_fact(session, "paused_until", at=until.isoformat())
    row.state, row.due_at = "retry", until


def _migrated(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    row.state, row.chat = "retry", outcome.chat


def _refused(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    _end(row, "dead", f"refused: {outcome.detail[:200]}")


def _edit_gone(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    row.state, row.edits = "retry", None


def _not_sent(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    if now - row.made_at > GIVE_UP_AFTER:
        _end(row, "dead", "no network")
    else:
        row.state, row.due_at = "retry", now + _wait(row.attempts)


def _unknown(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    if row.edits is not None:
        # An edit may be repeated as often as needed: the second is "not modified".
        row.state, row.due_at = "retry", now + _wait(row.attempts)
    elif row.repeats == 0:
        row.state, row.repeats, row.due_at = "retry", 1, now + _wait(row.attempts)
    else:
        _end(row, "unknown", "twice without an answer")


FOLLOW: dict[str, Callable[[Session, Message, Outcome, datetime], None]] = {
    "blocked": _blocked,
    "throttled": _throttled,
    "migrated": _migrated,
    "refused": _refused,
    "edit_gone": _edit_gone,
    "not_sent": _not_sent,
    "unknown": _unknown,
}


def _wait(attempts: int) -> timedelta:
    """Doubling from a second, at most five minutes, with jitter so that rows do not come back in step."""
    seconds = min(2.0 ** min(attempts, 10), RETRY_AT_MOST.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.5, 1.0))


def recover(session: Session, node: str, *, now: datetime) -> int:
    """At start: what this node was sending when it died has an unknown result. Gives the number of such rows."""
    rows = session.scalars(select(Message).where(Message.state == "sending", Message.claimed_by == node)).all()
    for row in rows:
        session.add(Attempt(outbox_id=row.id, at=now, outcome="unknown", cause="restart"))
        _unknown(session, row, Outcome(row.id, "unknown"), now)
        row.due_at = now
    return len(rows)


def next_due_at(session: Session) -> datetime | None:
    """When the next row of the outbox comes due."""
    return session.scalar(select(Message.due_at).where(Message.state.in_(DUE)).order_by(Message.due_at).limit(1))

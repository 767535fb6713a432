"""Settles what became of a send: done, again, or dead with its reason. Only the node that claimed a row settles it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.base import bare
from models.installation import paused_until, set_fact
from models.outbox import Attempt, Message
from models.people import Person
from schedules.delivery.claiming import DUE

RETRY_AT_MOST = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=72)


@dataclass(frozen=True)
class Outcome:
    """What became of one send: `sent` with the channel's number and the choices shown, `held` where it did not begin,
    or a cause of bot/channel.py."""

    id: int
    result: str
    message_id: int | None = None
    choices: list[Any] | None = None
    detail: str = ""
    retry_after: int = 0
    chat: int = 0


SENT = (
    update(bare(Message))
    .where(Message.id == bindparam("row_id"), Message.state == "sending", Message.claimed_by == bindparam("node"))
    .values(state="sent", sent_at=bindparam("now"), message_id=bindparam("number"))
)
SENT_WITH_CHOICES = SENT.values(choices=bindparam("shown"))


def settle(session: Session, outcome: Outcome, *, now: datetime, node: str) -> None:
    """Writes what became of a send, and what follows from it; nothing where another node has taken the row since."""
    if outcome.result == "sent":
        _sent(session, outcome, now, node)
        return
    row = session.get_one(Message, outcome.id, with_for_update=True)
    if row.state != "sending" or row.claimed_by != node:
        return
    if outcome.result == "held":
        row.state, row.attempts = "retry", row.attempts - 1
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


def _sent(session: Session, outcome: Outcome, now: datetime, node: str) -> None:
    """One statement, without reading the row: nearly every message ends here."""
    known = {"row_id": outcome.id, "node": node, "now": now, "number": outcome.message_id}
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
    before = paused_until(session)
    if before is None or before < until:
        set_fact(session, "paused_until", at=until.isoformat())
    row.state, row.due_at = "retry", until


def _migrated(session: Session, row: Message, outcome: Outcome, now: datetime) -> None:
    """The old number fails for ever: whatever waits for it goes to the new one."""
    session.execute(update(Message).where(Message.chat == row.chat, Message.state.in_(DUE)).values(chat=outcome.chat))
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
        _not_sent(session, row, outcome, now)
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


def _end(row: Message, state: str, reason: str) -> None:
    row.state, row.reason = state, reason


def _wait(attempts: int) -> timedelta:
    """Doubling from a second, at most five minutes, with jitter so that rows do not come back in step."""
    seconds = min(2.0 ** min(attempts, 10), RETRY_AT_MOST.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.5, 1.0))


def recover(session: Session, *, now: datetime) -> int:
    """Whoever begins to send calls this: what the one before was sending has an unknown result. The number of such rows."""
    rows = session.scalars(select(Message).where(Message.state == "sending").with_for_update()).all()
    for row in rows:
        session.add(Attempt(outbox_id=row.id, at=now, outcome="unknown", cause="restart"))
        _unknown(session, row, Outcome(row.id, "unknown"), now)
        row.due_at = now
    return len(rows)

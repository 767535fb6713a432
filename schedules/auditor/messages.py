"""What can be stuck on its way in or out: updates, notices, messages."""

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from models.inbox import InboxRow
from models.installation import paused_until
from models.notices import Notice
from models.outbox import LANES, STATES, Message
from models.times import is_quiet
from models.visits import Visit
from schedules.auditor.shapes import MOST, Check, Look, Stuck
from schedules.delivery import Outcome, settle
from schedules.digests import GATHERED_FORMS
from schedules.visits import UNSAID, mind_unconfirmed

SENDING_FOR = timedelta(seconds=40)
"""Longer than any send takes: its connection and its answer have limits of their own."""
LONGEST_WAIT = timedelta(minutes=10)
"""An answer is tried again within five minutes; one that is due later was dated by a clock that was wrong."""
REMEMBERED = timedelta(days=7)
ROWS = 2_000
"""Rows of one look, once the newest and once the next stretch of all the others."""
NOTICE_STATES = ("waiting", "gathered", "cancelled")
ENDED = ("dead", "cancelled", "suppressed")
UNSOLICITED = ("urgent", "digests")
DUE = Message.state.in_([literal(each, literal_execute=True) for each in ("pending", "retry")])


def find_sending(session: Session, look: Look) -> list[Stuck]:
    """Rows that somebody began to send and whose outcome nobody wrote: that process is gone."""
    if not look.patient:
        return []
    query = select(Message.id).where(Message.state == literal("sending", literal_execute=True))
    if (ids := look.ids("outbox")) is not None:
        query = query.where(Message.id.in_(ids))
    rows = session.scalars(query.where(Message.claimed_at < look.now - SENDING_FOR).limit(MOST))
    return [Stuck(f"outbox:{each}") for each in rows]


def give_back(session: Session, stuck: Stuck, now: datetime) -> None:
    """Its result is unknown: repeated once, marked as a repeat; an edit as often as needed."""
    node = session.get_one(Message, stuck.id).claimed_by or ""
    settle(session, Outcome(stuck.id, "unknown", detail="expired"), now=now, node=node)


def find_waiting(session: Session, look: Look) -> list[Stuck]:
    """Lanes whose oldest message should have gone and nothing goes; notices that no digest took up."""
    if not look.patient or (paused_until(session) or look.late) > look.late:
        return []
    found = [] if _is_sending(session, look) else [lane for lane in LANES if _is_late(session, look, lane)]
    if not is_quiet(look.now) and not is_quiet(look.late) and _notices_wait(session, look):
        found.append("notices")
    return [Stuck(f"lane:{lane}") for lane in found]


def _is_sending(session: Session, look: Look) -> bool:
    """A long queue that moves is no finding."""
    recent = exists().where(Message.state == literal("sending", literal_execute=True), Message.claimed_at > look.late)
    return bool(session.scalar(select(recent)))


def _is_late(session: Session, look: Look, lane: str) -> bool:
    if lane in UNSOLICITED and (is_quiet(look.now) or is_quiet(look.late)):
        return False
    oldest = select(func.min(Message.due_at)).where(DUE, Message.rank == LANES.index(lane), Message.due_at < look.late)
    return session.scalar(oldest) is not None


def _notices_wait(session: Session, look: Look) -> bool:
    waits = exists().where(
        Notice.state == literal("waiting", literal_execute=True),
        Notice.due_at < look.late,
        Notice.form.in_((*GATHERED_FORMS, "urgent")),
    )
    return bool(session.scalar(select(waits)))


def find_postponed(session: Session, look: Look) -> list[Stuck]:
    """Answers that would be tried again much later than any answer is."""
    latest = max(look.now, paused_until(session) or look.now) + LONGEST_WAIT
    query = select(Message.id).where(DUE, Message.rank == LANES.index("answers"), Message.due_at > latest)
    if (ids := look.ids("outbox")) is not None:
        query = query.where(Message.id.in_(ids))
    return [Stuck(f"outbox:{each}") for each in session.scalars(query.limit(MOST))]


def make_due(session: Session, stuck: Stuck, now: datetime) -> None:
    session.get_one(Message, stuck.id).due_at = now


def find_dead(session: Session, look: Look) -> list[Stuck]:
    """Messages that could not be made, or that the channel refused: a fault of ours."""
    of = look.where(session, Message.id, "outbox", ROWS, newest=ROWS)
    ours = or_(Message.reason.startswith("refused"), Message.reason.startswith("facts"))
    query = select(Message.id).where(of, Message.state == "dead", ours, Message.made_at > look.now - REMEMBERED)
    return [Stuck(f"outbox:{each}") for each in session.scalars(query.limit(MOST))]


def find_unhandled(session: Session, look: Look) -> list[Stuck]:
    """Updates that were stored and that nobody handled or parked."""
    if not look.patient:
        return []
    new = InboxRow.state == literal("new", literal_execute=True)
    query = select(InboxRow.id).where(new, InboxRow.received_at < look.late)
    if (ids := look.ids("inbox")) is not None:
        query = query.where(InboxRow.id.in_(ids))
    return [Stuck(f"inbox:{each}") for each in session.scalars(query.order_by(InboxRow.id).limit(MOST))]


def leave_to_process(session: Session, stuck: Stuck, now: datetime) -> None:
    """The running process takes these up itself (bot/watch): here is nothing to change."""


def find_unsaid(session: Session, look: Look) -> list[Stuck]:
    """Reports that wait for 确认 and that no digest will mention."""
    if not look.patient:
        return []
    query = select(Visit.id).where(*UNSAID, Visit.logged_at < look.late)
    if (ids := look.ids("visit")) is not None:
        query = query.where(Visit.id.in_(ids))
    return [Stuck(f"visit:{each}") for each in session.scalars(query.limit(MOST))]


def say(session: Session, stuck: Stuck, now: datetime) -> None:
    mind_unconfirmed(session, now=now)


def find_unaccounted(session: Session, look: Look) -> list[Stuck]:
    """What was planned and is neither waiting nor ended in a way that is recorded: planned = sum of end states."""
    notices = look.where(session, Notice.id, "notice", ROWS, newest=ROWS)
    lost = or_(
        Notice.state.not_in(NOTICE_STATES),
        and_(Notice.state == "gathered", Notice.message_id.is_(None)),
        and_(Notice.state == "cancelled", Notice.reason.is_(None)),
    )
    messages = look.where(session, Message.id, "outbox", ROWS, newest=ROWS)
    silent = or_(
        Message.state.not_in(STATES),
        and_(Message.state.in_(ENDED), Message.reason.is_(None)),
        and_(Message.state == "sent", Message.sent_at.is_(None)),
    )
    found = [Stuck(f"notice:{each}") for each in session.scalars(select(Notice.id).where(notices, lost).limit(MOST))]
    rows = session.scalars(select(Message.id).where(messages, silent).limit(MOST))
    return [*found, *(Stuck(f"outbox:{each}") for each in rows)]


def wait_again(session: Session, stuck: Stuck, now: datetime) -> None:
    """A notice that is in no message waits for one again; for everything else somebody must look."""
    if stuck.subject.startswith("notice:"):
        notice = session.get_one(Notice, stuck.id)
        if notice.message_id is None and notice.state == "gathered":
            notice.state = "waiting"


CHECKS = (
    Check("outbox.sending", find_sending, give_back),
    Check("outbox.waiting", find_waiting, leave_to_process),
    Check("outbox.postponed", find_postponed, make_due),
    Check("outbox.dead", find_dead),
    Check("inbox.waiting", find_unhandled, leave_to_process),
    Check("report.unsaid", find_unsaid, say),
)

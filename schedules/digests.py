"""Digests and urgent messages: waiting notices become rows of the outbox (product.md section 3a).

One digest a person and day at the person's own hour; nothing new, no digest. Urgent ones go at once, at most two a
day, the rest joins the digest. Nothing goes in quiet hours.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import func, literal, or_, select, update
from sqlalchemy.orm import Session

from models.notices import Notice, add_notices
from models.outbox import Message, tell
from models.people import Person
from models.recipients import Recipient, hour_on, load_recipients, next_hour
from models.times import after_quiet, hours, is_quiet, local_day
from models.visits import Visit

BATCH = 100
GATHERED_FORMS = ("digest", "monday", "rider")
UNSENT = ("cancelled", "suppressed")
URGENT_KINDS = {"handed": "case.handed_over", "deceased": "household.deceased", "level": "case.alert"}


def gather_some(session: Session, *, now: datetime) -> bool:
    """Makes the digests of people whose hour has come, a bounded number of them; True = call me again."""
    if is_quiet(now):
        return False
    due = session.scalars(
        select(Notice.recipient_id)
        .where(Notice.state == "waiting", Notice.due_at <= now, Notice.form.in_(GATHERED_FORMS))
        .group_by(Notice.recipient_id)
        .order_by(func.min(Notice.due_at), Notice.recipient_id)
        .limit(BATCH)
    ).all()
    people = load_recipients(session, due, local_day(now))
    for person_id in due:
        _gather(session, people.get(person_id), person_id, now)
    return bool(due)


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """When the next waiting notice is due; in quiet hours not before their end."""
    due = session.scalar(select(func.min(Notice.due_at)).where(Notice.state == "waiting"))
    return None if due is None else after_quiet(max(due, now))


def _gather(session: Session, person: Recipient | None, person_id: int, now: datetime) -> None:
    today = local_day(now)
    if person is None or not person.reachable:
        _end(session, person_id, "unreachable", now)
        return
    if _only_older(session, person, now) and hour_on(person, today) > now:
        _postpone(session, person_id, hour_on(person, today), now)
        return
    part = _part(session, person_id, today)
    if part is None:
        _postpone(session, person_id, next_hour(person, now), now)
        return
    kind = "digest.monday" if _is_monday_message(session, person_id, now) else "digest.daily"
    message = tell(
        session,
        person=session.get_one(Person, person_id),
        lane="digests",
        kind=kind,
        ids={"day": today.isoformat(), "part": part},
        key=digest_key(person_id, today, part),
        due_at=now,
        now=now,
        local_day=today,
    )
    if message is None:
        _end(session, person_id, "said before", now)
    else:
        _take_along(session, person_id, message.id, now)


def digest_key(person_id: int, day: date, part: int) -> str:
    return f"d:{person_id}:{day.isoformat()}:{part}"


def _waiting(person_id: int, now: datetime, *, riders: bool = False) -> list[object]:
    due = or_(Notice.due_at <= now, Notice.form == "rider") if riders else Notice.due_at <= now
    return [Notice.recipient_id == person_id, Notice.state == "waiting", Notice.form.in_(GATHERED_FORMS), due]


def _end(session: Session, person_id: int, reason: str, now: datetime) -> None:
    session.execute(
        update(Notice).where(*_waiting(person_id, now)).values(state="cancelled", reason=reason)  # type: ignore[arg-type]
    )


def _postpone(session: Session, person_id: int, until: datetime, now: datetime) -> None:
    session.execute(update(Notice).where(*_waiting(person_id, now)).values(due_at=until))  # type: ignore[arg-type]


def _take_along(session: Session, person_id: int, message_id: int, now: datetime) -> None:
    session.execute(
        update(Notice)
        .where(*_waiting(person_id, now, riders=True))  # type: ignore[arg-type]
        .values(state="gathered", message_id=message_id)
    )


def _only_older(session: Session, person: Recipient, now: datetime) -> bool:
    """Whether what is due was due on an earlier day: after a downtime it waits for the person's hour of today."""
    newest = session.scalar(select(func.max(Notice.due_at)).where(*_waiting(person.id, now)))  # type: ignore[arg-type]
    return newest is not None and local_day(newest) < local_day(now)


def _part(session: Session, person_id: int, day: date) -> int | None:
    """The number of the next digest of a day; None when the person has had as many as allowed."""
    states = session.scalars(
        select(Message.state).where(
            Message.recipient_id == person_id, Message.lane == "digests", Message.local_day == day
        )
    ).all()
    if sum(state not in UNSENT for state in states) >= hours().digest_per_day:
        return None
    return len(states) + 1


def _is_monday_message(session: Session, person_id: int, now: datetime) -> bool:
    forms = session.scalars(select(Notice.form).where(*_waiting(person_id, now)).distinct())  # type: ignore[arg-type]
    return "monday" in forms.all()


def alert_some(session: Session, *, now: datetime) -> bool:
    """Makes the urgent messages that are due, one for each act and recipient; True = call me again."""
    if is_quiet(now):
        return False
    due = session.scalars(
        select(Notice)
        .where(Notice.state == "waiting", Notice.due_at <= now, Notice.form == "urgent")
        .order_by(Notice.due_at, Notice.id)
        .limit(BATCH)
    ).all()
    acts: dict[tuple[int, str], list[Notice]] = defaultdict(list)
    for notice in due:
        acts[notice.recipient_id, notice.batch or str(notice.id)].append(notice)
    people = load_recipients(session, [notice.recipient_id for notice in due], local_day(now))
    for (person_id, _), notices in acts.items():
        _alert(session, people.get(person_id), notices, now)
    session.flush()
    return bool(due)


def _alert(session: Session, person: Recipient | None, notices: list[Notice], now: datetime) -> None:
    if person is None or not person.reachable:
        _mark(notices, state="cancelled", reason="unreachable")
        return
    today = local_day(now)
    if _urgent_today(session, person.id, today) >= hours().urgent_per_day:
        _mark(notices, form="digest", due_at=next_hour(person, now))
        return
    first = notices[0]
    message = tell(
        session,
        person=session.get_one(Person, person.id),
        lane="urgent",
        kind=URGENT_KINDS[first.kind],
        ids={"notice_ids": [notice.id for notice in notices]},
        key=f"u:{first.id}:{person.id}",
        due_at=now,
        now=now,
        local_day=today,
    )
    if message is None:
        _mark(notices, state="cancelled", reason="said before")
    else:
        _mark(notices, state="gathered", message_id=message.id)


def _mark(notices: Iterable[Notice], **values: object) -> None:
    for notice in notices:
        for name, value in values.items():
            setattr(notice, name, value)


def _urgent_today(session: Session, person_id: int, day: date) -> int:
    count = select(func.count()).where(
        Message.recipient_id == person_id,
        Message.lane == "urgent",
        Message.local_day == day,
        Message.state.not_in(UNSENT),
    )
    return session.scalar(count) or 0


def mind_unconfirmed(session: Session, *, now: datetime) -> bool:
    """A report that waits for 确认 heads its author's next digest; this makes sure that there is one."""
    said = select(literal(1)).where(Notice.visit_id == Visit.id, Notice.kind == "unconfirmed").exists()
    reports = session.execute(
        select(Visit.id, Visit.person_id).where(Visit.state == "unconfirmed", ~said).order_by(Visit.id).limit(BATCH)
    ).all()
    people = load_recipients(session, [row.person_id for row in reports], local_day(now))
    rows = [
        {
            "recipient_id": row.person_id,
            "visit_id": row.id,
            "kind": "unconfirmed",
            "step": "unconfirmed",
            "due_at": next_hour(people[row.person_id], now),
        }
        for row in reports
        if row.person_id in people
    ]
    add_notices(session, rows, now=now)
    return bool(reports)

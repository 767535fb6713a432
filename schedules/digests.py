"""Digests and urgent messages: waiting notices become rows of the outbox (product.md section 3a).

One digest a person and day at the person's own hour; nothing new, no digest. Urgent ones go at once, at most two a
day, the rest joins the digest. Nothing goes in quiet hours.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from models.base import bare
from models.news import READERS
from models.notices import CAP, Notice
from models.outbox import LANES, Message, tell
from models.people import Person
from models.recipients import Recipient, hour_on, load_recipients, next_hour
from models.times import after_quiet, hours, is_quiet, local_day
from models.visits.returns import close_told
from schedules.reminders import skip_late

BATCH = 100
NEWS_AT_ONCE = 10
"""Lines of news in one digest: answers, absences, hand-overs and the like."""
GATHERED_FORMS = ("digest", "monday", "rider")
UNSENT = ("cancelled", "suppressed")
_NoticeRow = Any
"""(id, recipient_id, form, due_at, kind, duty_id, step) of a waiting notice."""
URGENT_KINDS = {
    "deceased": "household.deceased",
    "handed": "case.handed_over",
    "cover_asked": "absence.asked",
    "attest": "visit.attest",
    "level": "case.alert",
}
"""Kind of a notice that goes alone → kind of its message; the most urgent first."""


def gather_some(session: Session, *, now: datetime) -> bool:
    """Makes the digests of people whose hour has come, a bounded number of them; True = call me again."""
    if is_quiet(now):
        return False
    waiting = _waiting_notices(session, now)
    if not waiting:
        return False
    today = local_day(now)
    late = skip_late(session, [each for notices in waiting.values() for each in notices], now=now)
    waiting = {
        person_id: left
        for person_id, notices in waiting.items()
        if (left := [each for each in notices if each.id not in late])
    }
    people = load_recipients(session, waiting, today)
    sent = _digests_of(session, waiting, today)
    digests: list[_Digest] = []
    for person_id, notices in waiting.items():
        person = people.get(person_id)
        if person is None or not person.reachable:
            _change(session, notices, state="cancelled", reason="unreachable")
        elif _has_had_enough(sent.get(person_id, [])):
            _put_off(session, person, notices, now)
        elif (until := _not_before(person, notices, now)) is not None:
            _change(session, [each for each in notices if each.form != "rider" or each.due_at < until], due_at=until)
        else:
            taken, left = _choose(notices)
            _put_off(session, person, left, now)
            digests.append(_Digest(person, taken, len(sent.get(person_id, [])) + 1, len(left), next_hour(person, now)))
    _send(session, digests, now)
    return True


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """When the next waiting notice is due; in quiet hours not before their end."""
    due = session.scalar(select(func.min(Notice.due_at)).where(Notice.state == "waiting"))
    return None if due is None else after_quiet(max(due, now))


@dataclass(frozen=True)
class _Digest:
    person: Recipient
    notices: list[_NoticeRow]
    part: int
    left: int
    """How many notices wait for the next one, at `next_at`."""
    next_at: datetime

    @property
    def ids(self) -> dict[str, object]:
        waits = {"waits": self.left, "waits_on": local_day(self.next_at).isoformat()} if self.left else {}
        return {"part": self.part, **waits}


_GATHERED = Notice.state == "waiting", Notice.form.in_(GATHERED_FORMS)
_DUE_PEOPLE = (
    select(Notice.recipient_id)
    .where(*_GATHERED, Notice.due_at <= bindparam("now"))
    .order_by(Notice.due_at)
    .limit(BATCH * 10)
)
_THEIR_NOTICES = (
    select(Notice.id, Notice.recipient_id, Notice.form, Notice.due_at, Notice.kind, Notice.duty_id, Notice.step)
    .where(
        *_GATHERED,
        Notice.recipient_id.in_(bindparam("people", expanding=True)),
        or_(Notice.due_at <= bindparam("now"), Notice.form == "rider"),
    )
    .order_by(Notice.id)
    .with_for_update(skip_locked=True)
)


def _waiting_notices(session: Session, now: datetime) -> dict[int, list[_NoticeRow]]:
    """What waits for the people whose hour has come, longest waiting first, with what rides along."""
    due = session.scalars(_DUE_PEOPLE, {"now": now})
    people = list(dict.fromkeys(due))[:BATCH]
    if not people:
        return {}
    rows = session.execute(_THEIR_NOTICES, {"now": now, "people": people})
    found: dict[int, list[_NoticeRow]] = {person_id: [] for person_id in people}
    for row in rows:
        found[row.recipient_id].append(row)
    return {person_id: notices for person_id, notices in found.items() if notices}


def _digests_of(session: Session, people: Iterable[int], day: date) -> dict[int, list[str]]:
    """The states of the digests each person has of a day."""
    states: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Message.recipient_id, Message.state).where(
            Message.recipient_id.in_(people), Message.lane == "digests", Message.local_day == day
        )
    )
    for person_id, state in rows:
        states[person_id or 0].append(state)
    return states


def _has_had_enough(sent: list[str]) -> bool:
    return sum(state not in UNSENT for state in sent) >= hours().digest_per_day


def _not_before(person: Recipient, notices: list[_NoticeRow], now: datetime) -> datetime | None:
    """What was due on an earlier day waits for the person's hour of today."""
    today = local_day(now)
    newest = max(notice.due_at for notice in notices if notice.due_at <= now)
    return hour_on(person, today) if local_day(newest) < today and hour_on(person, today) > now else None


def _choose(notices: list[_NoticeRow]) -> tuple[list[_NoticeRow], list[_NoticeRow]]:
    """What goes today and what waits: of news so many lines as one reads, those that were urgent first, then the oldest.
    What stands in 待办 or 上报 anyway is gathered into its lists and never waits."""
    news = [notice for notice in notices if notice.kind in READERS]
    first = sorted(news, key=lambda each: (each.kind not in URGENT_KINDS, each.due_at, each.id))
    left = {notice.id for notice in first[NEWS_AT_ONCE:]}
    return [each for each in notices if each.id not in left], [each for each in notices if each.id in left]


def _put_off(session: Session, person: Recipient, notices: Iterable[_NoticeRow], now: datetime) -> None:
    """Beyond the cap of a day: waits for the next digest, and 待办 says so. What only rides along goes on riding."""
    due = [each for each in notices if each.form != "rider" or each.due_at <= now]
    _change(session, due, due_at=next_hour(person, now), reason=CAP)


def _change(session: Session, notices: Iterable[_NoticeRow], **values: object) -> None:
    table = bare(Notice)
    session.execute(update(table).where(table.c.id.in_([each.id for each in notices])).values(**values))


def digest_key(person_id: int, day: date, part: int) -> str:
    return f"d:{person_id}:{day.isoformat()}:{part}"


def _send(session: Session, digests: list[_Digest], now: datetime) -> None:
    """One row of the outbox for each digest, and its notices under it."""
    today = local_day(now)
    rows = [
        {
            "channel": "telegram",
            "chat": each.person.chat,
            "recipient_id": each.person.id,
            "lane": "digests",
            "rank": LANES.index("digests"),
            "kind": "digest.monday" if any(notice.form == "monday" for notice in each.notices) else "digest.daily",
            "ids": {"day": today.isoformat(), **each.ids},
            "key": digest_key(each.person.id, today, each.part),
            "locale": each.person.locale,
            "local_day": today,
            "state": "pending",
            "attempts": 0,
            "repeats": 0,
            "made_at": now,
            "due_at": now,
        }
        for each in digests
    ]
    if not rows:
        return
    made = session.execute(insert(Message).returning(Message.recipient_id, Message.id), rows)
    ids = {row.recipient_id: row.id for row in made}
    gathered = [{"which": notice.id, "into": ids[each.person.id]} for each in digests for notice in each.notices]
    table = bare(Notice)
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("which"))
        .values(state="gathered", message_id=bindparam("into")),
        gathered,
    )
    close_told(session, [each["which"] for each in gathered])


_DUE_ALERTS = (
    select(Notice)
    .where(Notice.state == "waiting", Notice.due_at <= bindparam("now"), Notice.form == "urgent")
    .order_by(Notice.due_at, Notice.id)
    .limit(BATCH)
)


def alert_some(session: Session, *, now: datetime) -> bool:
    """Makes the urgent messages that are due, one for each act and recipient; True = call me again."""
    if is_quiet(now):
        return False
    due = session.scalars(_DUE_ALERTS, {"now": now}).all()
    if not due:
        return False
    acts: dict[tuple[int, str], list[Notice]] = defaultdict(list)
    for notice in due:
        acts[notice.recipient_id, notice.batch or str(notice.id)].append(notice)
    people = load_recipients(session, [notice.recipient_id for notice in due], local_day(now))
    for (person_id, _), notices in sorted(acts.items(), key=lambda act: _urgency(act[1])):
        _alert(session, people.get(person_id), notices, now)
    session.flush()
    return True


def _urgency(notices: list[Notice]) -> tuple[int, datetime, int]:
    """A death before a case, a case before a question; then the oldest first."""
    kinds = list(URGENT_KINDS)
    return min(kinds.index(notice.kind) for notice in notices), notices[0].due_at, notices[0].id


def _alert(session: Session, person: Recipient | None, notices: list[Notice], now: datetime) -> None:
    if person is None or not person.reachable:
        _mark(notices, state="cancelled", reason="unreachable")
        return
    today = local_day(now)
    if _urgent_today(session, person.id, today) >= hours().urgent_per_day:
        _mark(notices, form="digest", due_at=next_hour(person, now), reason=CAP)
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

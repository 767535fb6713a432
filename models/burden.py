"""What the bot costs people: unsolicited messages per person and week, steps and server time per visit (product.md 1,
principle 1). Totals, medians and the most for any one person; never a name, never an order of people.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.inbox import InboxRow
from models.installation import find_fact, set_fact
from models.outbox import Message
from models.people import Grant, Person, current_grants
from models.recipients import has_joined
from models.times import ONE_DAY, hours, moment_at
from models.visits import Visit

DAYS = 7
UNSOLICITED = ("urgent", "digests")
WENT_OUT = ("sent", "unknown", "sending")
NEWEST_UPDATES = 20_000
"""Steps are counted among so many updates at most."""
PAUSE = timedelta(minutes=10)
"""What a person sent before a longer pause than this was not a step of the visit after it."""
FACT = "burden"


@dataclass(frozen=True)
class Burden:
    """The seven days from `since` to `until`. `median` and `most` messages a person; `over` how often somebody got more
    in a day than the cap; `steps` messages and taps of a person, `seconds` of server time, both medians for one visit."""

    since: date
    until: date
    people: int
    messages: int
    median: float
    most: int
    over: int
    visits: int
    steps: float
    seconds: float


def read_burden(session: Session, today: date, paths: Collection[str] | None = None) -> Burden:
    """The last seven full days; of everybody, or of who has a grant under one of the paths."""
    since, until = today - ONE_DAY * DAYS, today - ONE_DAY
    people = _people(session, today, paths)
    week = (Message.local_day.between(since, until), Message.lane.in_(UNSOLICITED), Message.state.in_(WENT_OUT))
    got: dict[int, int] = defaultdict(int)
    over = 0
    rows = session.execute(
        select(Message.recipient_id, Message.lane, func.count())
        .where(*week)
        .group_by(Message.recipient_id, Message.local_day, Message.lane)
    )
    caps = {"digests": hours().digest_per_day, "urgent": hours().urgent_per_day}
    for person_id, lane, n in rows:
        if person_id in people:
            got[person_id] += n
            over += n > caps[lane]
    counts = [got.get(each, 0) for each in people]
    steps, seconds, visits = _visits(session, since, today, people)
    return Burden(
        since, until, len(people), sum(counts), float(median(counts or [0])), max(counts, default=0), over,
        visits, steps, seconds,
    )  # fmt: skip


def _people(session: Session, today: date, paths: Collection[str] | None) -> dict[int, int]:
    """Those who can be written to, with the channel's number of each."""
    query = select(Person.id, Person.telegram_id).where(has_joined())
    if paths is not None:
        under: list[ColumnElement[bool]] = [Area.path.startswith(path, autoescape=True) for path in paths]
        areas = select(Area.id).where(or_(*under))
        query = query.where(
            Person.id.in_(select(Grant.person_id).where(Grant.area_id.in_(areas), current_grants(today)))
        )
    return {row.id: row.telegram_id for row in session.execute(query)}


def _visits(session: Session, since: date, today: date, people: dict[int, int]) -> tuple[float, float, int]:
    """Median steps and seconds for one visit, and how many visits there were. One 确认 for several households is shared
    out among them."""
    begins, ends = moment_at(since), moment_at(today)
    acts: dict[int, dict[datetime, int]] = defaultdict(dict)
    confirmed = select(Visit.person_id, Visit.confirmed_at, func.count()).where(
        Visit.confirmed_at >= begins, Visit.confirmed_at < ends
    )
    for person_id, at, n in session.execute(confirmed.group_by(Visit.person_id, Visit.confirmed_at)):
        if person_id in people and at is not None:
            acts[person_id][at] = n
    if not acts:
        return 0.0, 0.0, 0
    sent = _updates(session, begins, {people[each]: each for each in acts})
    steps, seconds = [], []
    for person_id, moments in acts.items():
        for at, n in moments.items():
            own = _of_one(sent[person_id], at, [each for each in moments if each < at])
            if own:
                steps += [len(own) / n] * n
                seconds += [sum(took for _, took in own) / n] * n
    total = sum(n for moments in acts.values() for n in moments.values())
    return float(median(steps or [0])), float(median(seconds or [0])), total


def _updates(session: Session, begins: datetime, senders: dict[int, int]) -> dict[int, list[tuple[datetime, float]]]:
    """For each person when they sent something, and how long it took to be handled, oldest first."""
    newest = session.scalar(select(func.max(InboxRow.id))) or 0
    rows = session.execute(
        select(InboxRow.sender, InboxRow.received_at, InboxRow.handled_at)
        .where(
            InboxRow.id > newest - NEWEST_UPDATES,
            InboxRow.received_at >= begins - PAUSE,
            InboxRow.sender.in_(list(senders)),
        )
        .order_by(InboxRow.id)
    )
    found: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for sender, received_at, handled_at in rows:
        if handled_at is None:
            continue
        found[senders[sender]].append((received_at, max(0.0, (handled_at - received_at).total_seconds())))
    return found


def _of_one(
    sent: list[tuple[datetime, float]], at: datetime, before: list[datetime]
) -> list[tuple[datetime, float]]:
    """What a person sent for the visit confirmed at a moment: back to the visit before, or to a pause."""
    last, found = max(before, default=None), []
    newer = at
    for moment, took in reversed([each for each in sent if each[0] <= at]):
        if newer - moment > PAUSE or (last is not None and moment <= last):
            break
        found.append((moment, took))
        newer = moment
    return found


def keep_burden(session: Session, today: date) -> bool:
    """Notes the figures of everybody once a day, for the metrics; whether that was still to be done."""
    if (find_fact(session, FACT) or {}).get("on") == today.isoformat():
        return False
    found = asdict(read_burden(session, today))
    set_fact(
        session, FACT, on=today.isoformat(), **{name: each for name, each in found.items() if name not in ("since", "until")}
    )  # fmt: skip
    return True


def kept_burden(session: Session) -> dict[str, float]:
    """The figures noted last, by name; empty before the first day."""
    fact = find_fact(session, FACT) or {}
    return {name: float(each) for name, each in fact.items() if name != "on"}

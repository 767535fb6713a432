"""What leaders and the officer do with cases: 交办, 我来处理, 催办, 延期, 稍后, for one household or a village at once.

A deciding button carries the duty's version, or for a village the stamp of what was listed: an old press is refused
with `duty.changed`, never applied to what came later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import PersonView, access_area
from models.audit import record
from models.duties.owners import get_duty
from models.duties.pausing import pause_until
from models.duties.settling import note
from models.duties.steps import step_moment, stop
from models.duties.tables import Duty, DutyEvent
from models.errors import Refused
from models.notices import add_notices, cancel_waiting
from models.recipients import Recipient, hour_on, list_holders, load_recipients, next_hour
from models.rules import get_parameters
from models.times import after_quiet, calendar, local_day

STOPPED = "stopped"
LADDER_KINDS = ("level", "again", "repeat")


@dataclass(frozen=True)
class Decided:
    """What a decision did: to which duties, who has them now and until which day."""

    duty_ids: tuple[int, ...]
    to: tuple[int, ...] = ()
    until: date | None = None


def get_case(session: Session, person: PersonView, duty_id: int, version: int | None, right: str) -> Duty:
    """An open case over whose village the person holds the right.

    Raises Refused("duty.unknown"), ("duty.closed"), ("duty.changed"), ("area.not_yours").
    """
    duty = get_duty(session, duty_id, version)
    access_area(session, person, duty.village_id or 0, right)
    return duty


def list_village_cases(session: Session, village_id: int) -> list[Duty]:
    """The open cases of a village (level 1 and up), oldest first."""
    return list(
        session.scalars(
            select(Duty)
            .where(Duty.village_id == village_id, Duty.state == "open", Duty.level > 0)
            .order_by(Duty.ends_on, Duty.id)
        )
    )


def stamp(duties: Iterable[Duty]) -> int:
    """A number that changes when any of the listed cases changes, comes or goes."""
    total = 0
    for duty in duties:
        total = (total * 31 + duty.id * 7 + duty.version) % 1_000_000_007
    return total


def get_village_cases(
    session: Session, person: PersonView, village_id: int, village_stamp: int, right: str
) -> list[Duty]:
    """All open cases of a village as they were listed. Raises Refused("area.not_yours"), ("duty.changed")."""
    access_area(session, person, village_id, right)
    duties = list_village_cases(session, village_id)
    if not duties or stamp(duties) != village_stamp:
        raise Refused("duty.changed", village_id=village_id)
    return duties


def hand_over(session: Session, person: PersonView, duties: Sequence[Duty], *, now: datetime) -> Decided:
    """交办: the village's team head owns the cases until the answer day; the helper is copied.

    Raises Refused("case.no_team_head") where nobody holds that post or nobody of them can be reached.
    """
    today = local_day(now)
    villages = {duty.village_id for duty in duties if duty.village_id is not None}
    heads = list_holders(session, "team_head", villages, today)
    reach = load_recipients(session, [each for ids in heads.values() for each in ids], today)
    owners: dict[int | None, Recipient] = {}
    for village, ids in heads.items():
        able = [reach[each] for each in ids if each in reach and reach[each].reachable]
        if able:
            owners[village] = able[0]
    if any(duty.village_id not in owners for duty in duties):
        raise Refused("case.no_team_head")
    until = today
    for duty in duties:
        until = _take(session, duty, owners[duty.village_id].id, "handed", person, now)
    _tell_new_owners(session, person, duties, owners, until, now)
    to = tuple(dict.fromkeys(owners[duty.village_id].id for duty in duties))
    return _decided(session, "case.hand", person, duties, to, until, now)


def take(session: Session, person: PersonView, duties: Sequence[Duty], *, now: datetime) -> Decided:
    """我来处理: the person owns the cases until the answer day."""
    until = local_day(now)
    for duty in duties:
        until = _take(session, duty, person.id, "taken", person, now)
    return _decided(session, "case.take", person, duties, (person.id,), until, now)


def _take(session: Session, duty: Duty, owner_id: int, kind: str, person: PersonView, now: datetime) -> date:
    today = local_day(now)
    until = calendar().add_workdays(today, get_parameters(session, duty.rule_id).answer_workdays)
    duty.taken_by, duty.taken_until, duty.version = owner_id, until, duty.version + 1
    stop(duty, "answer", until, today=today)
    cancel_waiting(session, [duty.id], STOPPED, LADDER_KINDS)
    note(session, duty, kind, now=now, person_id=person.id, to=owner_id, until=until.isoformat())
    return until


def _tell_new_owners(
    session: Session,
    person: PersonView,
    duties: Sequence[Duty],
    owners: dict[int | None, Recipient],
    until: date,
    now: datetime,
) -> None:
    """Urgent to the new owner, one message for all; a line to the helper."""
    today = local_day(now)
    helpers = load_recipients(session, [duty.person_id for duty in duties if duty.person_id is not None], today)
    facts = {"by": person.id, "until": until.isoformat()}
    batch = f"handed:{person.id}:{int(now.timestamp())}"
    rows: list[dict[str, Any]] = []
    for duty in duties:
        owner, helper = owners[duty.village_id], helpers.get(duty.person_id or 0)
        common = {"duty_id": duty.id, "step": f"handed:{duty.version}", "cycle": duty.cycle, "facts": facts}
        urgent = {"kind": "handed", "form": "urgent", "batch": batch, "due_at": after_quiet(now)}
        rows.append({**common, **urgent, "recipient_id": owner.id})
        if helper is not None and helper.reachable and helper.id != owner.id:
            line = {"kind": "copied", "form": "digest", "due_at": next_hour(helper, now)}
            rows.append({**common, **line, "recipient_id": helper.id})
    add_notices(session, rows, now=now)


def answer(session: Session, person: PersonView, duty_id: int, words: str, *, now: datetime) -> Decided:
    """The new owner's written answer: who handed it over hears it, the ladder stands still for another answer time.

    Raises Refused("case.not_taken") for anybody else.
    """
    duty = get_duty(session, duty_id)
    if duty.taken_by != person.id:
        raise Refused("case.not_taken")
    today = local_day(now)
    until = calendar().add_workdays(today, get_parameters(session, duty.rule_id).answer_workdays)
    duty.taken_until, duty.next_action, duty.next_action_at = until, "answer", step_moment(until)
    note(session, duty, "answered", now=now, person_id=person.id, words=words, until=until.isoformat())
    _tell_giver(session, duty, person.id, now)
    return _decided(session, "case.answer", person, [duty], (person.id,), until, now)


def _tell_giver(session: Session, duty: Duty, answerer_id: int, now: datetime) -> None:
    """A line in the next digest of whoever gave the case away."""
    today = local_day(now)
    giver = session.scalar(
        select(DutyEvent.person_id)
        .where(DutyEvent.duty_id == duty.id, DutyEvent.kind == "handed")
        .order_by(DutyEvent.at.desc(), DutyEvent.id.desc())
        .limit(1)
    )
    rows = [
        {
            "recipient_id": each.id,
            "duty_id": duty.id,
            "kind": "answered",
            "step": f"answered:{today.isoformat()}",
            "cycle": duty.cycle,
            "due_at": next_hour(each, now),
            "facts": {"by": answerer_id},
        }
        for each in load_recipients(session, [giver] if giver else [], today).values()
        if each.reachable and each.id != answerer_id
    ]
    add_notices(session, rows, now=now)


def urge(session: Session, person: PersonView, duties: Sequence[Duty], *, now: datetime) -> Decided:
    """催办: a line in the next digest of the owner and of who has taken it, once a day. Changes nothing else."""
    today = local_day(now)
    wanted = {each for duty in duties for each in (duty.person_id, duty.taken_by) if each is not None}
    people = load_recipients(session, wanted - {person.id}, today)
    rows = [
        {
            "recipient_id": people[each].id,
            "duty_id": duty.id,
            "kind": "urged",
            "step": f"urged:{today.isoformat()}",
            "cycle": duty.cycle,
            "due_at": next_hour(people[each], now),
            "facts": {"by": person.id},
        }
        for duty in duties
        for each in dict.fromkeys((duty.taken_by, duty.person_id))
        if each in people and people[each].reachable
    ]
    if not rows:
        raise Refused("case.nobody_to_urge")
    add_notices(session, rows, now=now)
    for duty in duties:
        note(session, duty, "urged", now=now, person_id=person.id)
    to = tuple(dict.fromkeys(int(str(row["recipient_id"])) for row in rows))
    return _decided(session, "case.urge", person, duties, to, None, now)


def extend(
    session: Session,
    person: PersonView,
    duties: Sequence[Duty],
    workdays: int,
    *,
    reason: str,
    words: str | None = None,
    now: datetime,
) -> Decided:
    """延期 by working days, with a reason: the clock stops and goes on by itself. Raises as `pause_until`."""
    until = calendar().add_workdays(local_day(now), workdays)
    for duty in duties:
        pause_until(session, duty, until, reason, now=now)
        duty.version += 1
        note(
            session, duty, "extended", now=now, person_id=person.id, words=words,
            until=until.isoformat(), reason=reason,
        )  # fmt: skip
    return _decided(session, "case.extend", person, duties, (), until, now)


def later(session: Session, person: PersonView, duty: Duty, on: date, *, now: datetime) -> Decided:
    """稍后: the person hears of it again in the digest of that day; nobody else's clock stops.

    Raises Refused("duty.until_past").
    """
    today = local_day(now)
    if on <= today:
        raise Refused("duty.until_past", until=on.isoformat())
    me = load_recipients(session, [person.id], today)[person.id]
    row = {
        "recipient_id": person.id,
        "duty_id": duty.id,
        "kind": "later",
        "step": f"later:{on.isoformat()}",
        "cycle": duty.cycle,
        "due_at": hour_on(me, calendar().on_or_after(on)),
    }
    add_notices(session, [row], now=now)
    note(session, duty, "later", now=now, person_id=person.id, until=on.isoformat())
    return _decided(session, "case.later", person, [duty], (), on, now)


VERBS: dict[str, tuple[Callable[..., Decided], str]] = {
    "hand": (hand_over, "case.decide"),
    "take": (take, "case.decide"),
    "extend": (extend, "case.decide"),
    "urge": (urge, "case.urge"),
}
"""What can be done with one case or with all of a village, and the right it needs."""


def on_case(
    session: Session, person: PersonView, verb: str, duty_id: int, version: int | None, *, now: datetime, **named: Any
) -> Decided:
    """One of VERBS for one case, if it is still as it was when the button was sent."""
    act, right = VERBS[verb]
    return act(session, person, [get_case(session, person, duty_id, version, right)], now=now, **named)


def on_village(
    session: Session, person: PersonView, verb: str, village_id: int, village_stamp: int, *, now: datetime, **named: Any
) -> Decided:
    """One of VERBS for all cases of a village, if the list is still the one that was shown."""
    act, right = VERBS[verb]
    return act(session, person, get_village_cases(session, person, village_id, village_stamp, right), now=now, **named)


def _decided(
    session: Session,
    action: str,
    person: PersonView,
    duties: Sequence[Duty],
    to: tuple[int, ...],
    until: date | None,
    now: datetime,
) -> Decided:
    for duty in duties:
        record(session, action, now=now, person_id=person.id, subject=f"duty:{duty.id}")
    session.flush()
    return Decided(tuple(duty.id for duty in duties), to, until)

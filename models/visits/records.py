"""What is true of one visit's record: in which capacity it was made, its versions, what follows from it."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, func, insert, select
from sqlalchemy.orm import Session, load_only

from models import access, audit
from models.access import PersonView
from models.areas import Area
from models.base import bare
from models.duties import Change, Duty
from models.duties.counting import visit_counts
from models.duties.visits import Formerly, after_visit
from models.errors import Refused
from models.households import Assignment, Household
from models.periods import period_of
from models.rules import RuleParameters, parameters_of
from models.secrets import keyring
from models.times import ONE_DAY, calendar
from models.visits.tables import Visit, VisitVersion
from models.visits.telling import tell_about

UNDO_FOR = timedelta(hours=24)
NOT_SEEN_KINDS = ("phone", "courtesy")
POSITIONS = {"first": "helper", "second": "second"}
AREA_CAPACITIES = ("team_head", "deputy", "leader", "inspector")


def capacity_of(session: Session, person: PersonView, household_id: int, day: date) -> str:
    """How the person stood to the household on that day: helper, second, team_head, deputy, leader, inspector.

    `other` where there was no tie then (the assignment began later): such a visit is kept and adds nothing. A tie that
    ended on the day itself was one in its morning.
    """
    for held_on in (day, day - ONE_DAY):
        position = session.scalar(POSITION, {"household_id": household_id, "person_id": person.id, "day": held_on})
        if position is not None:
            return POSITIONS.get(position, position)
    path = _path_of(session, household_id)
    roles = {g.role for g in person.grants if g.path is not None and path.startswith(g.path)}
    return next((role for role in AREA_CAPACITIES if role in roles), "other")


def access_to_log(session: Session, person: PersonView, household_id: int, *, visited_on: date, today: date) -> None:
    """Lets through who may log a visit of that day: the tie may be of that day, of its morning, or of today.

    Raises Refused("household.not_yours").
    """
    for day in (today, visited_on):
        try:
            access.access_household(session, person, household_id, "visit.log", day=day)
            return
        except Refused:
            continue
    access.access_household(session, person, household_id, "visit.log", day=visited_on - ONE_DAY)


LIGHT_PERIOD = select(Duty.id).where(
    Duty.household_id == bindparam("household_id"),
    Duty.starts_on <= bindparam("day", type_=Date),
    Duty.ends_on >= bindparam("day", type_=Date),
    Duty.needed_home.is_not(None),
)
POSITION = (
    select(Assignment.position)
    .where(
        Assignment.household_id == bindparam("household_id"),
        access.holds(bindparam("person_id"), bindparam("day", type_=Date)),
    )
    .order_by(Assignment.position)
)
LAST_MET = select(func.max(Visit.visited_on)).where(
    Visit.household_id == bindparam("household_id"),
    Visit.state == "confirmed",
    Visit.outcome == "met",
    Visit.kind.not_in(NOT_SEEN_KINDS),
)


def oldest_day(session: Session, household_id: int, today: date) -> date:
    """The first day of the period before today's: what is older needs the officer's consent (engine.md 3)."""
    start_of = _period_starts(session, household_id, today)
    return start_of(start_of(today) - ONE_DAY)


def period_start(session: Session, household_id: int, day: date) -> date:
    """The first day of the household's period in which a day lies, by its village's rule of that day."""
    return _period_starts(session, household_id, day)(day)


def _period_starts(session: Session, household_id: int, by: date) -> Callable[[date], date]:
    parameters = parameters_of(session, household_id, by)
    kind = session.scalar(select(Household.kind).where(Household.id == household_id)) or "general"
    length = parameters.quota_for(kind).period
    due_day, grace, days = parameters.due_day, parameters.grace_workdays, calendar()
    return lambda day: period_of(day, length, due_day, grace, days).starts_on


def check_day(session: Session, household_id: int, visited_on: date, today: date) -> None:
    """Raises Refused("visit.future", day) or ("visit.too_old", day, first): a day no record can have now."""
    if visited_on > today:
        raise Refused("visit.future", day=visited_on.isoformat())
    if visited_on == today:
        return
    first = oldest_day(session, household_id, today)
    if visited_on < first:
        raise Refused("visit.too_old", day=visited_on.isoformat(), first=first.isoformat())


def confirm(session: Session, visit: Visit, person: PersonView, *, now: datetime) -> None:
    """Makes an unconfirmed visit, a row or not yet one, a record, with its first version and all that follows from it."""
    visit.capacity = capacity_of(session, person, visit.household_id, visit.visited_on)
    visit.state, visit.confirmed_at, visit.counts = "confirmed", now, does_count(session, visit)
    session.add(visit)
    follow_up(session, visit, now=now)
    # Once more: what it says of an absence may have made a call enough.
    visit.counts = does_count(session, visit)
    write_version(session, visit, person.id, None, now=now)
    audit.record(session, "visit.confirm", now=now, person_id=person.id, subject=f"visit:{visit.id}")


def does_count(session: Session, visit: Visit) -> bool:
    """Whether a confirmed visit is of the kind that counts; a phone call is while the family is away."""
    of = {"household_id": visit.household_id, "day": visit.visited_on}
    light = visit.kind == "phone" and session.scalar(LIGHT_PERIOD, of) is not None
    # What a rule says matters to calls alone.
    called = visit.kind == "phone"
    parameters = parameters_of(session, visit.household_id, visit.visited_on) if called else RuleParameters()
    return visit_counts(parameters, kind=visit.kind, outcome=visit.outcome, capacity=visit.capacity, light=light)


def withdraw(session: Session, visit: Visit, by: int, reason: str, *, now: datetime) -> None:
    """Takes a record back: it stays, with who, when and why, and stops counting."""
    visit.state, visit.counts = "withdrawn", False
    visit.withdrawn_at, visit.withdrawn_reason = now, reason
    visit.version += 1
    write_version(session, visit, by, reason, now=now)
    audit.record(session, "visit.withdraw", now=now, person_id=by, subject=f"visit:{visit.id}")
    follow_up(session, visit, now=now)


CACHED = [load_only(Household.last_met_on, Household.away_until, Household.paused_at)]


def follow_up(session: Session, visit: Visit, *, now: datetime, formerly: Formerly | None = None) -> list[Change]:
    """The household's newest day and its duties, after a visit came, changed or went; a death pauses everything there.

    `formerly`: what it said before a correction.
    """
    session.flush()
    for household_id in {visit.household_id, formerly.household_id if formerly else visit.household_id}:
        household = session.get_one(Household, household_id, options=CACHED)
        household.last_met_on = session.scalar(LAST_MET, {"household_id": household_id})
    changes = after_visit(session, visit, now=now, formerly=formerly)
    tell_about(session, visit, formerly.outcome if formerly else None, now=now)
    return changes


def facts_of(visit: Visit) -> dict[str, Any]:
    """What a version says, as plain values."""
    return {
        **({"away_until": visit.away_until.isoformat()} if visit.away_until else {}),
        "capacity": visit.capacity,
        "counts": visit.counts,
        "entered_by": visit.entered_by,
        "household_id": visit.household_id,
        "kind": visit.kind,
        "logged_at": visit.logged_at.isoformat(),
        "note": visit.note or "",
        "outcome": visit.outcome,
        "person_id": visit.person_id,
        "state": visit.state,
        "version": visit.version,
        "visited_on": visit.visited_on.isoformat(),
    }


def canonical_hash(facts: dict[str, Any]) -> str:
    """sha256 over the canonical JSON: sorted keys, no blanks, UTF-8."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


ADD_VERSION = insert(bare(VisitVersion))


def write_version(session: Session, visit: Visit, by: int | None, reason: str | None, *, now: datetime) -> None:
    """Adds what the visit says now; the hash is over the plain text, the note is kept encrypted."""
    session.flush()
    facts = facts_of(visit)
    kept = {**facts, "note": keyring().encrypt(facts["note"])} if facts["note"] else facts
    session.execute(
        ADD_VERSION,
        {
            "visit_id": visit.id, "version": visit.version, "facts": kept, "hash": canonical_hash(facts),
            "changed_by": by, "reason": reason, "at": now,
        },
    )  # fmt: skip


def _path_of(session: Session, household_id: int) -> str:
    """The path of ids of the area in which a household lives."""
    of = select(Area.path).join(Household, Household.area_id == Area.id).where(Household.id == household_id)
    return session.scalar(of) or ""

"""改派: a case's duty goes to somebody else who knows the village. The other verbs stand in models/duties/cases.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import PersonView
from models.audit import record
from models.duties import Duty
from models.duties.cases import Decided, get_case
from models.duties.settling import note
from models.errors import Refused
from models.households import Assignment, Household, current_assignments
from models.notices import add_notices, cancel_waiting
from models.people import Person
from models.recipients import list_holders, load_recipients, next_hour
from models.rules import get_parameters
from models.rules.dates import DateParameters
from models.times import local_day

T = TypeVar("T")
SHOWN = 10
OWNERS_KINDS = ("remind", "repeat", "urged")


@dataclass(frozen=True)
class Candidate:
    """Somebody a case could go to. `role`: second_helper, team_head, helper, for fixed dates any post."""

    id: int
    name: str
    role: str


def list_candidates(session: Session, duty: Duty, now: datetime) -> list[Candidate]:
    """Who could take a case: the second helper, the team head, helpers of the same village; all can be reached. Of a
    fixed date: others of the same post, and officers."""
    today = local_day(now)
    roles = _candidates(session, duty, today) if duty.household_id is not None else _holders(session, duty, today)
    roles.pop(duty.person_id or 0, None)
    able = {each.id for each in load_recipients(session, roles, today).values() if each.reachable}
    return _named(session, [(each, role) for each, role in roles.items() if each in able][:SHOWN])


def _holders(session: Session, duty: Duty, today: date) -> dict[int, str]:
    """For a fixed date: whoever holds the same post over the area, and its officers."""
    parameters = get_parameters(session, duty.rule_id)
    post = parameters.role if isinstance(parameters, DateParameters) else "officer"
    area = duty.village_id or 0
    return {
        person_id: role
        for role in ("officer", post)
        for person_id in list_holders(session, role, [area], today).get(area, [])
    }


def _candidates(session: Session, duty: Duty, today: date) -> dict[int, str]:
    roles: dict[int, str] = {}
    second = select(Assignment.person_id).where(
        Assignment.household_id == duty.household_id, Assignment.position == "second", current_assignments(today)
    )
    for person_id in session.scalars(second):
        roles.setdefault(person_id, "second_helper")
    for person_id in list_holders(session, "team_head", [duty.village_id or 0], today).get(duty.village_id or 0, []):
        roles.setdefault(person_id, "team_head")
    neighbours = (
        select(Assignment.person_id)
        .join(Household, Household.id == Assignment.household_id)
        .where(Household.village_id == duty.village_id, current_assignments(today))
        .distinct()
        .order_by(Assignment.person_id)
    )
    for person_id in session.scalars(neighbours):
        roles.setdefault(person_id, "helper")
    return roles


def _named(session: Session, roles: Sequence[tuple[int, str]]) -> list[Candidate]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_([each for each, _ in roles])))
    names = {row.id: row.name for row in rows}
    return [Candidate(each, names[each], role) for each, role in roles]


def reassign(session: Session, person: PersonView, duty_id: int, version: int, to_id: int, *, now: datetime) -> Decided:
    """Gives one case to somebody else, who hears it in the next digest; the assignment itself stays as it is.

    Raises as `get_case`, and Refused("case.not_a_candidate").
    """
    duty = get_case(session, person, duty_id, version, "case.urge")
    if to_id not in {each.id for each in list_candidates(session, duty, now)}:
        raise Refused("case.not_a_candidate")
    former, duty.person_id, duty.version = duty.person_id, to_id, duty.version + 1
    cancel_waiting(session, [duty.id], "reassigned", OWNERS_KINDS)
    note(session, duty, "reassigned", now=now, person_id=person.id, to=to_id, former=former)
    rows = [
        {
            "recipient_id": each.id,
            "duty_id": duty.id,
            "kind": "reassigned" if each.id == to_id else "copied",
            "step": f"reassigned:{duty.version}",
            "cycle": duty.cycle,
            "due_at": next_hour(each, now),
            "facts": {"by": person.id},
        }
        for each in load_recipients(session, [each for each in (to_id, former) if each], local_day(now)).values()
        if each.reachable and each.id != person.id
    ]
    add_notices(session, rows, now=now)
    record(session, "case.reassign", now=now, person_id=person.id, subject=f"duty:{duty.id}")
    session.flush()
    return Decided((duty.id,), (to_id,))


@dataclass(frozen=True)
class Stale:
    """A press that came too late. `note`: changed, or closed; nothing was done."""

    note: str


STALE = {"duty.changed": "changed", "duty.closed": "closed"}


def attempt(session: Session, action: Callable[..., T], *args: Any, now: datetime, **named: Any) -> T | Stale:
    """Does an action; where the duty has changed or ended meanwhile, says so instead of refusing."""
    try:
        with session.begin_nested():
            return action(session, *args, now=now, **named)
    except Refused as refused:
        if refused.code not in STALE:
            raise
        return Stale(STALE[refused.code])

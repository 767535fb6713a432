"""What is to change hands, and what it would do, before anybody confirms it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.absences.queries import list_own
from models.access import PersonView, access_household
from models.duties import Duty
from models.errors import Refused
from models.households import Assignment, Household, current_assignments
from models.people import Person
from models.people.queries import access_person
from models.rules import helper_load
from models.visits import Visit

ACTS = ("hand", "assign", "second", "recall", "leave")
"""移交, 定帮扶人 for a household without one, 第二帮扶人, 收回移交, 离岗."""
REASONS = ("transfer", "ill", "retired", "division", "mistake")
"""Reasons to be tapped: 工作调动, 长期病休, 退休, 分工调整, 移错了. Any other is written."""


@dataclass(frozen=True)
class Plan:
    """`act` is one of ACTS. `from_id`: who has the households; `to_id`: who gets them, None for nobody."""

    act: str
    households: tuple[int, ...]
    from_id: int | None = None
    to_id: int | None = None
    reason: str = ""

    @classmethod
    def read(cls, facts: Mapping[str, Any], reason: str | None = None) -> "Plan":
        """The plan that a draft or a request keeps; the reason is kept beside it, as words."""
        return cls(
            facts["act"], tuple(facts.get("households") or ()), facts.get("from_id"), facts.get("to_id"), reason or ""
        )

    def to_facts(self) -> dict[str, Any]:
        """Ids only: what may stand in a row as it is."""
        return {name: value for name, value in asdict(self).items() if name != "reason"}


@dataclass(frozen=True)
class Warned:
    """Something of the assignment rules, with names. `what`: too_many, too_few, not_exited, no_helper, not_joined, away."""

    what: str
    name: str
    n: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """Who gives, who gets, which households, how many open duties, cases and unconfirmed reports there are."""

    act: str
    giver: str
    taker: str
    names: tuple[str, ...]
    duties: int
    cases: int
    reports: int
    warnings: tuple[Warned, ...]


def check(session: Session, me: PersonView, plan: Plan, right: str, today: date) -> None:
    """Whether this may be done to these people and households now.

    Raises Refused: household.not_yours, person.not_yours, handover.no_household, handover.not_theirs (name),
    handover.no_helper, handover.same, handover.has_helper.
    """
    if not plan.households and plan.act != "leave":
        raise Refused("handover.no_household")
    for household_id in plan.households:
        access_household(session, me, household_id, right, day=today)
    if plan.from_id is not None:
        access_person(session, me, plan.from_id, right)
    if plan.to_id is not None:
        _check_taker(session, me, plan, right, today)
    firsts = first_helpers(session, plan.households, today)
    if plan.act == "hand":
        others = [each for each in plan.households if firsts.get(each) != plan.from_id]
        if others:
            raise Refused("handover.not_theirs", name=session.get_one(Household, others[0]).head_name)
        if plan.to_id is None:
            raise Refused("handover.no_helper")
    elif plan.act == "assign" and (firsts or plan.to_id is None):
        raise Refused("handover.has_helper" if firsts else "handover.no_helper")


def _check_taker(session: Session, me: PersonView, plan: Plan, right: str, today: date) -> None:
    from models.handovers.candidates import is_helper

    access_person(session, me, plan.to_id or 0, right)
    if not is_helper(session, plan.to_id or 0, today):
        raise Refused("handover.no_helper")
    if plan.to_id == plan.from_id:
        raise Refused("handover.same")


def first_helpers(session: Session, households: tuple[int, ...], today: date) -> dict[int, int]:
    """Who is first helper of each of these households today; those without one are left out."""
    return _helpers(session, households, "first", today)


def second_helpers(session: Session, households: tuple[int, ...], today: date) -> dict[int, int]:
    return _helpers(session, households, "second", today)


def _helpers(session: Session, households: tuple[int, ...], position: str, today: date) -> dict[int, int]:
    rows = session.execute(
        select(Assignment.household_id, Assignment.person_id).where(
            Assignment.household_id.in_(households), Assignment.position == position, current_assignments(today)
        )
    )
    return {row.household_id: row.person_id for row in rows}


def helped_by(session: Session, person_id: int, today: date, position: str = "first") -> tuple[int, ...]:
    """The households somebody helps today, in the order of the village lists."""
    rows = session.scalars(
        select(Household.id)
        .join(Assignment, Assignment.household_id == Household.id)
        .where(Assignment.person_id == person_id, Assignment.position == position, current_assignments(today))
        .order_by(Household.village_id, Household.id)
    )
    return tuple(rows)


def preview(session: Session, plan: Plan, today: date) -> Preview:
    """What the plan would do, in numbers and names. Nobody's rights are checked here."""
    names = names_of(session, plan.households)
    duties, cases = session.execute(
        select(func.count(), func.count().filter(Duty.level > 0)).where(
            Duty.household_id.in_(plan.households), Duty.state == "open"
        )
    ).one()
    reports = session.scalar(
        select(func.count()).where(
            Visit.household_id.in_(plan.households), Visit.person_id == plan.from_id, Visit.state == "unconfirmed"
        )
    )
    people = {each: name_of(session, each) for each in (plan.from_id, plan.to_id) if each is not None}
    return Preview(
        plan.act, people.get(plan.from_id or 0, ""), people.get(plan.to_id or 0, ""), names, duties, cases,
        reports or 0, tuple(_warnings(session, plan, people, today)),
    )  # fmt: skip


def _warnings(session: Session, plan: Plan, people: dict[int, str], today: date) -> list[Warned]:
    found = []
    if plan.act in ("hand", "assign", "recall") and plan.to_id is not None:
        total = len(set(helped_by(session, plan.to_id, today)) | set(plan.households))
        load = helper_load(session, today)
        if load is not None and total > load.most:
            found.append(Warned("too_many", people[plan.to_id], total))
    if plan.act == "hand" and plan.from_id is not None:
        left = set(helped_by(session, plan.from_id, today)) - set(plan.households)
        if not left:
            found.append(Warned("too_few", people[plan.from_id], 0))
    if plan.act in ("hand", "leave"):
        still = names_of(session, plan.households, Household.status == "active")
        if still:
            found.append(Warned("not_exited", "", len(still), still))
    if plan.act == "leave":
        seconds = second_helpers(session, plan.households, today)
        without = names_of(session, tuple(each for each in plan.households if each not in seconds))
        if without:
            found.append(Warned("no_helper", "", len(without), without))
    return [*found, *_about_taker(session, plan, people, today)]


def _about_taker(session: Session, plan: Plan, people: dict[int, str], today: date) -> list[Warned]:
    if plan.to_id is None:
        return []
    found = []
    if session.get_one(Person, plan.to_id).telegram_id is None:
        found.append(Warned("not_joined", people[plan.to_id], 0))
    if any(view.days[0] <= today for view in list_own(session, plan.to_id, today)):
        found.append(Warned("away", people[plan.to_id], 0))
    return found


def names_of(session: Session, households: tuple[int, ...], *conditions: Any) -> tuple[str, ...]:
    """The heads' names of these households."""
    rows = session.scalars(
        select(Household.head_name)
        .where(Household.id.in_(households), *conditions)
        .order_by(Household.village_id, Household.id)
    )
    return tuple(rows)


def name_of(session: Session, person_id: int) -> str:
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def open_assignment(session: Session, household_id: int, position: str, today: date) -> Assignment | None:
    """The household's assignment of that position that holds today."""
    return session.scalar(
        select(Assignment)
        .where(Assignment.household_id == household_id, Assignment.position == position, current_assignments(today))
        .order_by(Assignment.id.desc())
        .limit(1)
    )

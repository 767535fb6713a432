"""A bounded batch of due duties with everything a step needs to know, read in a few queries for all of them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.duties import Duty, DutyEvent
from models.duties.steps import plan_next
from models.households import Assignment, current_assignments
from models.notices import add_notices, cancel_older
from models.recipients import Recipient, hour_on, load_recipients
from models.rules import Parameters, Rule, read_parameters
from models.times import local_day

BATCH = 200


@dataclass
class Batch:
    """`firsts` and `seconds`: today's assignments by household; `notices` are written together at the end."""

    session: Session
    now: datetime
    duties: list[Duty]
    parameters: dict[int, Parameters] = field(default_factory=dict)
    firsts: dict[int, Assignment] = field(default_factory=dict)
    seconds: dict[int, Assignment] = field(default_factory=dict)
    people: dict[int, Recipient] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)
    today: date = field(init=False)

    def __post_init__(self) -> None:
        self.today = local_day(self.now)

    def rule(self, duty: Duty) -> Parameters:
        return self.parameters[duty.rule_id]

    def has_second(self, duty: Duty) -> bool:
        return duty.household_id in self.seconds

    def person(self, person_id: int | None) -> Recipient | None:
        return self.people.get(person_id or 0)

    def know(self, person_ids: Collection[int]) -> None:
        """Reads more people's hours and whether they can be reached."""
        self.people.update(load_recipients(self.session, set(person_ids) - self.people.keys(), self.today))

    def tell(self, duty: Duty, person: Recipient, kind: str, step: str, **more: Any) -> None:
        """A notice for the person's hour today; kept as cancelled, with the reason, where nobody can be reached."""
        row = {
            "recipient_id": person.id,
            "duty_id": duty.id,
            "kind": kind,
            "step": step,
            "cycle": duty.cycle,
            "form": "digest",
            "facts": {},
            "due_at": hour_on(person, self.today),
            "state": "waiting" if person.reachable else "cancelled",
            "reason": None if person.reachable else ("unreachable" if person.joined else "never_joined"),
        }
        self.notices.append({**row, **more})

    def unsay(self, duty: Duty) -> None:
        """Takes back what this batch was going to tell about a duty that has ended meanwhile."""
        self.notices = [notice for notice in self.notices if notice["duty_id"] != duty.id]

    def event(self, duty: Duty, kind: str, cause: str | None = None, **facts: Any) -> None:
        self.session.add(DutyEvent(duty_id=duty.id, at=self.now, kind=kind, cause=cause, facts=facts))

    def plan(self, duty: Duty) -> None:
        plan_next(duty, self.rule(duty), has_second=self.has_second(duty), today=self.today)

    def write(self) -> None:
        self.session.flush()
        cancel_older(self.session, self.notices)
        add_notices(self.session, self.notices, now=self.now)


_DUE = (
    select(Duty)
    .where(
        Duty.state == "open",
        Duty.next_action_at <= bindparam("now"),
        Duty.next_action.in_(bindparam("actions", expanding=True)),
    )
    .order_by(Duty.next_action_at, Duty.id)
    .with_for_update(skip_locked=True)
)
_DUE_SOME = _DUE.limit(BATCH)
_DUE_ONE = _DUE.where(Duty.id == bindparam("only"))


def due_batch(
    session: Session, actions: Collection[str], *, now: datetime, only: int | None = None
) -> Batch:
    """The duties whose next planned moment has come and is one of `actions`, oldest moment first; or `only` that one."""
    asked = {"now": now, "actions": actions, "only": only}
    batch = Batch(session, now, list(session.scalars(_DUE_SOME if only is None else _DUE_ONE, asked)))
    if batch.duties:
        _read_rules(batch)
        _read_helpers(batch)
        batch.know([duty.person_id for duty in batch.duties if duty.person_id is not None])
    return batch


def _read_rules(batch: Batch) -> None:
    wanted = {duty.rule_id for duty in batch.duties}
    for rule in batch.session.scalars(select(Rule).where(Rule.id.in_(wanted))):
        batch.parameters[rule.id] = read_parameters(rule)


def _read_helpers(batch: Batch) -> None:
    households = {duty.household_id for duty in batch.duties if duty.household_id is not None}
    held = select(Assignment).where(Assignment.household_id.in_(households), current_assignments(batch.today))
    for assignment in batch.session.scalars(held):
        if assignment.position != "cover":
            places = batch.seconds if assignment.position == "second" else batch.firsts
            places[assignment.household_id] = assignment

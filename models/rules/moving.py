"""Open duties follow a rule that changed from now on: all of them, in one go, with their timeline."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, insert, select, true, union
from sqlalchemy.orm import Session

from models.duties.counting import done_days
from models.duties.recasting import RULE_OFF, Standing, put_back, recast, to_plain
from models.duties.settling import CLOSED, close, settle
from models.duties.tables import Duty, DutyEvent
from models.households import Assignment, Household, current_assignments
from models.notices import cancel_waiting, revive_cancelled
from models.recipients import Recipient, hour_on, load_recipients
from models.rules.holding import villages_changed
from models.rules.parameters import RuleParameters
from models.rules.queries import Parameters, read_parameters
from models.rules.tables import Rule
from models.times import local_day
from models.visits import Visit

EVENT = "rule"
TOLD_LATER = ("remind", "repeat", "early", "level", "again", "answer", "resume")
MANY = 5_000
T = TypeVar("T")


@dataclass
class Moved:
    """What a change did to open duties: how many changed, became void or done, were opened again."""

    changed: int = 0
    void: int = 0
    done: int = 0
    reopened: int = 0


@dataclass
class Known:
    """What is read once for all duties: household facts, who has a second helper, the owners' hours."""

    households: dict[int, tuple[str, date | None]]
    seconds: dict[int, int]
    owners: dict[int, Recipient]
    now: datetime
    today: date = field(init=False)

    def __post_init__(self) -> None:
        self.today = local_day(self.now)

    def of(self, duty: Duty) -> Standing:
        """What a duty's steps follow from besides its rule."""
        kind, began_on = self.households.get(duty.household_id or 0, ("general", None))
        owner = self.owners.get(duty.person_id or 0)
        to_come = owner is not None and hour_on(owner, self.today) > self.now
        return Standing(kind, began_on, duty.household_id in self.seconds, to_come)


def know(session: Session, *, now: datetime) -> Known:
    """Reads what the new duties of all active households follow from, in a few statements."""
    today = local_day(now)
    rows = session.execute(
        select(Household.id, Household.kind, Household.registered_on, Assignment.starts_on)
        .outerjoin(
            Assignment,
            (Assignment.household_id == Household.id) & (Assignment.position == "first") & current_assignments(today),
        )
        .where(Household.status == "active")
    )
    households = {row.id: (row.kind, max(row.registered_on, row.starts_on or row.registered_on)) for row in rows}
    held = select(Assignment.household_id, Assignment.person_id).where(
        Assignment.position == "second", current_assignments(today)
    )
    seconds: dict[int, int] = {row.household_id: row.person_id for row in session.execute(held)}
    of_dates = select(Duty.person_id).where(
        Duty.state == "open", Duty.household_id.is_(None), Duty.person_id.is_not(None)
    )
    helpers = select(Assignment.person_id).where(current_assignments(today))
    owners = session.scalars(union(helpers, of_dates)).all()
    found: dict[int, Recipient] = {}
    for part in parts(owners):
        found.update(load_recipients(session, part, today))
    return Known(households, seconds, found, now)


def parts(each: Iterable[T]) -> Iterator[Sequence[T]]:
    """Ids or rows in portions that a statement can hold."""
    listed = list(each)
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]


def open_duties(code: str, inside: Select[int] | None = None) -> Select[Duty]:
    """The open duties of a rule, of these villages only or everywhere."""
    here = true() if inside is None else Duty.village_id.in_(inside)
    return select(Duty).where(Duty.rule_code == code, Duty.state == "open", here).order_by(Duty.id)


def move_open_duties(
    session: Session,
    rule: Rule,
    before: Parameters,
    *,
    made: Rule,
    person_id: int,
    undo_of: Sequence[int] = (),
    now: datetime,
) -> Moved:
    """Makes every open duty in the area of `made` one of this version; `before` held until now. `made` is the version
    itself, or the one that gives the area back to it. `undo_of`: the versions that it takes back, whose traces are
    wiped."""
    after, on, known = read_parameters(rule), rule.state == "on", know(session, now=now)
    former = select(Rule).where(Rule.code == rule.code)
    rules = {each.id: read_parameters(each) for each in session.scalars(former)}
    traces = _traces(session, undo_of)
    figures = _count_calls(session, rule.code, before, after)
    moved, events = Moved(), list[dict[str, Any]]()
    paused, going_on = list[int](), list[int]()
    here = villages_changed(session, rule.code, made.area_id, known.today)
    for duty in [*session.scalars(open_duties(rule.code, here)), *_closed_by(session, traces)]:
        trace, duty.done = traces.get(duty.id), figures.get(duty.id, duty.done)
        held, of = rules[duty.rule_id], known.of(duty)
        was = _wipe(duty, trace, held, after, of, now) if trace else recast(duty, held, after, of, on=on, now=now)
        duty.rule_id = rule.id
        if not was:
            continue
        events.append(_event(duty, was, made, person_id, now))
        moved.changed += 1
        if "paused_reason" in was:
            (paused if duty.paused_reason == RULE_OFF else going_on).append(duty.id)
        if "state" in was:
            _count_end(session, duty, moved, made, person_id, now)
    session.flush()
    for rows in parts(events):
        session.execute(insert(DutyEvent), rows)
    for part in parts(paused):
        cancel_waiting(session, part, RULE_OFF, TOLD_LATER)
    for part in parts(going_on):
        revive_cancelled(session, part, RULE_OFF, now=now)
    return moved


def _traces(session: Session, undo_of: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """By duty, what a version changed about it."""
    causes = [f"rule:{number}" for number in undo_of]
    if not causes:
        return {}
    rows = session.execute(
        select(DutyEvent.duty_id, DutyEvent.facts).where(DutyEvent.kind == EVENT, DutyEvent.cause.in_(causes))
    )
    return {row.duty_id: row.facts for row in rows}


def _closed_by(session: Session, traces: Mapping[int, Mapping[str, Any]]) -> list[Duty]:
    """Duties that the version itself made void or done, and that are so still."""
    ended = [number for number, facts in traces.items() if "state" in facts["was"]]
    found: list[Duty] = []
    for part in parts(ended):
        rows = session.scalars(select(Duty).where(Duty.id.in_(part), Duty.state.in_(("void", "done"))))
        found += [duty for duty in rows if duty.state == traces[duty.id]["became"]["state"]]
    return found


def _wipe(
    duty: Duty, trace: Mapping[str, Any], held: Parameters, after: Parameters, of: Standing, now: datetime
) -> dict[str, Any]:
    if duty.paused_reason == RULE_OFF and duty.stopped_on is not None and duty.stopped_on < local_day(now):
        # It was off for days: it goes on as after any stop, not as if that time had not been.
        return recast(duty, held, after, of, on=True, now=now)
    before = {name: getattr(duty, name) for name in trace["was"]}
    put_back(duty, trace["was"], trace["became"], held, after, of, now=now)
    return {name: value for name, value in before.items() if getattr(duty, name) != value}


def _event(duty: Duty, was: Mapping[str, Any], rule: Rule, person_id: int, now: datetime) -> dict[str, Any]:
    facts = {
        "was": {name: to_plain(value) for name, value in was.items()},
        "became": {name: to_plain(getattr(duty, name)) for name in was},
        "n": duty.needed,
        "until": duty.due_on.isoformat(),
    }
    if "paused_reason" in was:
        facts["reason"] = "off" if duty.paused_reason == RULE_OFF else "on"
    return {
        "duty_id": duty.id, "at": now, "kind": EVENT, "person_id": person_id, "cause": f"rule:{rule.id}",
        "facts": facts,
    }  # fmt: skip


def _count_end(session: Session, duty: Duty, moved: Moved, rule: Rule, person_id: int, now: datetime) -> None:
    """What ended is told to those who heard of it upward; what was taken back is asked for again."""
    duty.version += 1
    if duty.state == "open":
        moved.reopened += 1
        session.flush()
        settle(session, duty, now=now, person_id=person_id)
        revive_cancelled(session, [duty.id], CLOSED, now=now)
        return
    if duty.state == "void":
        moved.void += 1
    else:
        moved.done += 1
    if duty.level > 0:
        ended, duty.state = duty.state, "open"
        close(session, duty, ended, actor=person_id, cause=f"rule:{rule.id}", now=now)
    else:
        cancel_waiting(session, [duty.id], CLOSED)


def _count_calls(session: Session, code: str, before: Parameters, after: Parameters) -> dict[int, int]:
    """The figures by the new version of duties whose household was called on the phone, where calls begin or cease to
    count."""
    if not (isinstance(before, RuleParameters) and isinstance(after, RuleParameters)):
        return {}
    if before.phone_counts == after.phone_counts:
        return {}
    oldest = session.scalar(select(func.min(Duty.starts_on)).where(Duty.rule_code == code, Duty.state == "open"))
    called = select(Visit.household_id).where(Visit.kind == "phone", Visit.visited_on >= (oldest or date.max))
    figures = select(Duty.id, done_days(after)).where(
        Duty.rule_code == code, Duty.household_id.in_(called), Duty.starts_on >= (oldest or date.max)
    )
    return {row[0]: row[1] for row in session.execute(figures)}

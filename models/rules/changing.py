"""Changing a rule in chat: what a wish comes to in versions, whether it may be, and the one commit that does it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import audit
from models.access import PersonView, access_area
from models.areas import find_township
from models.duties.tables import Duty
from models.errors import Refused
from models.households import Household
from models.installation import Fact
from models.people import Grant
from models.people.queries import current_grants
from models.rules.actions import add_version
from models.rules.bounds import KINDS
from models.rules.dates import DateParameters
from models.rules.families import complete, family_of, read
from models.rules.holding import EVER, find_version
from models.rules.moving import Moved, move_open_duties
from models.rules.parameters import RuleParameters
from models.rules.queries import before_change, can_undo
from models.rules.starting import next_start, running_start
from models.rules.tables import Rule
from models.times import ONE_DAY, local_day

RIGHT = "rule.write"


@dataclass(frozen=True)
class Wish:
    """What somebody wants a rule to be. `base_id`: the newest version when it was begun; `undo_of`: the version that
    is to be taken back; `at_once`: from now on, else with the next period."""

    code: str
    base_id: int | None
    parameters: Mapping[str, Any]
    state: str
    at_once: bool = False
    undo_of: int | None = None


@dataclass(frozen=True)
class Version:
    """One version that a wish comes to."""

    parameters: dict[str, Any]
    state: str
    starts_on: date


def check_right(session: Session, person: PersonView) -> None:
    """Raises Refused("area.not_yours") for anybody who may not change the township's rules."""
    access_area(session, person, find_township(session) or 0, RIGHT)


def begin(session: Session, code: str, *, now: datetime) -> Wish:
    """The rule as it is to be from the newest version on, to be changed. Raises Refused("rule.unknown"),
    ("rule.locked")."""
    family, newest = family_of(code), find_version(session, code, EVER)
    if newest is None:
        return Wish(code, None, dict(complete(code, family.default)), family.default_state, not family.owed)
    if newest.locked:
        raise Refused("rule.locked")
    return Wish(code, newest.id, complete(code, newest.parameters), newest.state, not family.owed)


def begin_undo(session: Session, rule_id: int, *, now: datetime) -> Wish:
    """The rule as it was before a version, within seven days of it and only while it is the newest.

    What has not begun yet is taken back before it does; what holds already, from now on, unless the length of the
    periods changed. Raises Refused("rule.undo_late"), ("rule.changed").
    """
    rule = session.get(Rule, rule_id)
    if rule is None or not can_undo(rule, now):
        raise Refused("rule.undo_late")
    newest = find_version(session, rule.code, EVER)
    if newest is None or newest.id != rule.id:
        raise Refused("rule.changed")
    former = before_change(session, rule)
    family, today = family_of(rule.code), local_day(now)
    parameters = complete(rule.code, former.parameters if former else family.default)
    governing = find_version(session, rule.code, today)
    holds = governing is not None and governing.created_at == rule.created_at
    wish = Wish(
        rule.code, rule.id, parameters, former.state if former else family.default_state, holds or not family.owed,
        rule.id,
    )  # fmt: skip
    return wish if not wish.at_once or may_at_once(session, wish, now=now) else replace(wish, at_once=False)


def may_at_once(session: Session, wish: Wish, *, now: datetime) -> bool:
    """Whether running periods can follow: not where their length changes."""
    if not family_of(wish.code).plans:
        return True
    today = local_day(now)
    return _lengths(_governing(session, wish.code, today)) == _lengths(_from_now(session, wish, today))


def may_later(session: Session, wish: Wish, *, now: datetime) -> bool:
    """Whether it may begin with the next period. A fixed date that nobody is at has no time to wait for, nor has one
    that comes once; on and off are at once."""
    family = family_of(wish.code)
    if not family.dated:
        return family.plans
    switched = _state_now(session, wish.code) != wish.state
    return not switched and wish.parameters["every"] != "once" and _began(session, wish.code) is not None


def _state_now(session: Session, code: str) -> str:
    newest = find_version(session, code, EVER)
    return newest.state if newest else family_of(code).default_state


def _began(session: Session, code: str) -> date | None:
    """When the first of a rule's open duties began."""
    mine = Duty.rule_code == code, Duty.state == "open"
    return session.scalar(select(func.min(Duty.starts_on)).where(*mine))


def _governing(session: Session, code: str, today: date) -> dict[str, Any]:
    """What holds today, with nothing missing; before the first version begins, what it will say."""
    rule = find_version(session, code, today) or find_version(session, code, EVER)
    return complete(code, rule.parameters if rule is not None else family_of(code).default)


def _lengths(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: parameters["kinds"].get(kind, parameters)["period"] for kind in KINDS}


def _changes(session: Session, wish: Wish) -> dict[str, Any]:
    """The values that differ from the newest version's."""
    newest = find_version(session, wish.code, EVER)
    before = complete(wish.code, newest.parameters if newest else family_of(wish.code).default)
    return {name: value for name, value in wish.parameters.items() if before.get(name) != value}


def _from_now(session: Session, wish: Wish, today: date) -> dict[str, Any]:
    """What holds today with only what the wish changes: a version that is to come keeps its own day."""
    return {**_governing(session, wish.code, today), **_changes(session, wish)}


def plan_versions(session: Session, wish: Wish, *, now: datetime) -> tuple[Version, ...]:
    """The versions that a wish comes to, the one that governs running periods first.

    Raises Refused("rule.changed") where somebody else changed the rule meanwhile, ("rule.locked"), ("rule.no_change"),
    ("rule.next_only") and what the checks of models/rules/bounds.py and `check_here` refuse.
    """
    family, newest, today = family_of(wish.code), find_version(session, wish.code, EVER), local_day(now)
    if (newest.id if newest else None) != wish.base_id:
        raise Refused("rule.changed")
    if newest is not None and newest.locked:
        raise Refused("rule.locked")
    state = _state_now(session, wish.code)
    changes = _changes(session, wish)
    if not changes and state == wish.state:
        raise Refused("rule.no_change")
    family.check(read(wish.code, wish.parameters))
    if family.plans:
        check_here(session, wish, today)
    if family.dated and "days" in changes:
        _check_once(session, wish, today)
    if not wish.at_once:
        return (Version(dict(wish.parameters), wish.state, _next_start(wish, newest, today)),)
    now_parameters = _from_now(session, wish, today)
    family.check(read(wish.code, now_parameters))
    if not may_at_once(session, wish, now=now):
        raise Refused("rule.next_only")
    starts_on = today
    if family.plans:
        lengths = RuleParameters.from_dict(now_parameters).periods()
        starts_on = running_start(lengths, today, anew=state != "on")
    elif family.dated and state == "on":
        starts_on = min(_began(session, wish.code) or today, today)
    versions = [Version(now_parameters, wish.state, starts_on)]
    if newest is not None and newest.starts_on > today:
        versions.append(Version(dict(wish.parameters), wish.state, newest.starts_on))
    return tuple(versions)


def _check_once(session: Session, wish: Wish, today: date) -> None:
    """A day that comes once is still to come, and was not asked for before. Raises Refused("rule.date_past"),
    ("rule.date_taken", day)."""
    said = DateParameters.from_dict(wish.parameters)
    newest = find_version(session, wish.code, EVER)
    new = set(said.days) - set(newest.parameters["days"] if newest else ()) if said.every == "once" else set()
    if min(new, default="9") < today.isoformat():
        raise Refused("rule.date_past")
    asked = select(Duty.period).where(Duty.rule_code == wish.code, Duty.period.in_(new)).limit(1)
    if (day := session.scalar(asked)) is not None:
        raise Refused("rule.date_taken", day=day)


def _next_start(wish: Wish, newest: Rule | None, today: date) -> date:
    if family_of(wish.code).dated:
        return today + ONE_DAY
    after = RuleParameters.from_dict(wish.parameters).periods()
    before = RuleParameters.from_dict(newest.parameters).periods() if newest else after
    return next_start(before, after, today)


def check_here(session: Session, wish: Wish, today: date) -> None:
    """What a rule may not be in this township: nobody to be visited, a level nobody holds, a kind there is none of.

    Only what the wish changes is looked at. Raises Refused("rule.empty_scope"), ("rule.nobody_<role>"),
    ("rule.no_such_households").
    """
    changes = _changes(session, wish)
    parameters = RuleParameters.from_dict(wish.parameters)
    kinds = set(session.scalars(select(Household.kind).where(Household.status == "active").distinct()))
    if changes.keys() & {"needed", "kinds"} and not any(parameters.quota_for(kind).needed for kind in kinds):
        raise Refused("rule.empty_scope")
    if "kinds" in changes and set(changes["kinds"]) - _kinds_before(session, wish) - kinds:
        raise Refused("rule.no_such_households")
    if "ladder" in changes:
        _check_holders(session, wish, parameters, today)


def _kinds_before(session: Session, wish: Wish) -> set[str]:
    newest = find_version(session, wish.code, EVER)
    return set(newest.parameters.get("kinds") or ()) if newest else set()


def _check_holders(session: Session, wish: Wish, parameters: RuleParameters, today: date) -> None:
    newest = find_version(session, wish.code, EVER)
    before = RuleParameters.from_dict(newest.parameters).ladder if newest else ()
    held = set(session.scalars(select(Grant.role).where(Grant.on_ladder, current_grants(today)).distinct()))
    for who in dict.fromkeys(step.who for step in parameters.ladder if step not in before):
        if who != "second_helper" and who not in held:
            raise Refused(f"rule.nobody_{who}")


@dataclass(frozen=True)
class Changed:
    """A change that was made. `at_once`: `moved` says what became of open duties."""

    code: str
    rule_id: int
    starts_on: date
    at_once: bool
    moved: Moved | None = None


def change(session: Session, person: PersonView, wish: Wish, *, now: datetime) -> Changed:
    """Makes the versions of a wish and moves open duties where it is from now on. Raises as `plan_versions`, and
    Refused("area.not_yours")."""
    check_right(session, person)
    session.scalars(select(Rule.id).where(Rule.code == wish.code).with_for_update()).all()
    planned = plan_versions(session, wish, now=now)
    undone, before = _act_of(session, wish.undo_of), _governing(session, wish.code, local_day(now))
    made = [
        add_version(
            session, wish.code, each.parameters, each.state, starts_on=each.starts_on, source="chat",
            author_id=person.id, now=now,
        )
        for each in planned
    ]  # fmt: skip
    moved = None
    if wish.at_once and family_of(wish.code).owed:
        held = read(wish.code, before)
        moved = move_open_duties(session, made[0], held, person_id=person.id, undo_of=undone, now=now)
        _plan_again(session, wish.code)
    audit.record(
        session, "rule.undo" if wish.undo_of else "rule.change", now=now, person_id=person.id,
        subject=f"rule:{made[-1].id}", code=wish.code, version=made[-1].version,
    )  # fmt: skip
    return Changed(wish.code, made[-1].id, made[0].starts_on, wish.at_once, moved)


def _act_of(session: Session, rule_id: int | None) -> list[int]:
    """All versions that one act made."""
    rule = session.get(Rule, rule_id) if rule_id is not None else None
    if rule is None:
        return []
    same = select(Rule.id).where(Rule.code == rule.code, Rule.created_at == rule.created_at, Rule.source == "chat")
    return list(session.scalars(same))


def _plan_again(session: Session, code: str) -> None:
    """The planner looks at running periods once more: who owed nothing before may owe something now."""
    session.execute(delete(Fact).where(Fact.name.startswith(f"planned:{code}:", autoescape=True)))

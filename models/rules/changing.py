"""Changing a rule in chat: what a wish comes to in versions, whether it may be, and the one commit that does it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.access import PersonView, access_area
from models.areas import find_township
from models.duties.tables import Duty
from models.errors import Refused
from models.installation import Fact, drop_facts
from models.rules.actions import add_version
from models.rules.bounds import KINDS
from models.rules.checking import check_here, check_once
from models.rules.families import complete, family_of, read
from models.rules.holding import EVER, REMOVED, find_later_day, find_own_version, find_version, is_locked, lengths_until
from models.rules.moving import Moved, move_open_duties
from models.rules.parameters import RuleParameters
from models.rules.queries import before_change, can_undo
from models.rules.starting import next_start, running_start
from models.rules.tables import Rule
from models.rules.villages import check_village, has_own
from models.times import ONE_DAY, local_day

RIGHT = "rule.write"


@dataclass(frozen=True)
class Wish:
    """What somebody wants a rule to be. `base_id`: the newest version when it was begun; `undo_of`: the version that
    is to be taken back; `at_once`: from now on, else with the next period. `area_id`: the village it is for, None: the
    whole township; with the state `removed` the village goes back to the township's rule."""

    code: str
    base_id: int | None
    parameters: Mapping[str, Any]
    state: str
    at_once: bool = False
    undo_of: int | None = None
    area_id: int | None = None


@dataclass(frozen=True)
class Version:
    """One version that a wish comes to."""

    parameters: dict[str, Any]
    state: str
    starts_on: date


def check_right(session: Session, person: PersonView, area_id: int | None = None) -> None:
    """Raises Refused("area.not_yours") for anybody who may not change the rules of a village, of the whole township
    without one."""
    access_area(session, person, find_township(session) or 0 if area_id is None else area_id, RIGHT)


def begin(session: Session, code: str, area_id: int | None = None) -> Wish:
    """The rule as it is to be from the newest version on, to be changed for the township or one village; a village's
    own is on. Raises Refused("rule.unknown"), ("rule.no_village"), ("rule.locked")."""
    family, newest = family_of(code), find_version(session, code, EVER, area_id)
    if area_id is not None:
        check_village(session, code, area_id)
    if is_locked(session, code, area_id):
        raise Refused("rule.locked")
    if newest is None:
        default = dict(complete(code, family.default))
        return Wish(code, None, default, family.default_state, not family.owed, area_id=area_id)
    state = newest.state if area_id is None else "on"
    return Wish(code, newest.id, complete(code, newest.parameters), state, not family.owed, area_id=area_id)


def begin_removal(session: Session, code: str, area_id: int) -> Wish:
    """The village's own rule given up for the township's. Raises as `begin`, and Refused("rule.no_change") where it has
    none."""
    wish = begin(session, code, area_id)
    if not has_own(session, code, area_id):
        raise Refused("rule.no_change")
    return replace(wish, parameters=_of_township(session, code, EVER), state=REMOVED)


def _of_township(session: Session, code: str, day: date) -> dict[str, Any]:
    """What the whole township's rule says on a day, with nothing missing."""
    rule = find_version(session, code, day) or find_version(session, code, EVER)
    return complete(code, rule.parameters if rule is not None else family_of(code).default)


def begin_undo(session: Session, rule_id: int, *, now: datetime) -> Wish:
    """The rule as it was before a version, within seven days of it and only while it is the newest.

    What has not begun yet is taken back before it does; what holds already, from now on, unless the length of the
    periods changed. Raises Refused("rule.undo_late"), ("rule.changed").
    """
    rule = session.get(Rule, rule_id)
    if rule is None or not can_undo(rule, now):
        raise Refused("rule.undo_late")
    newest = find_own_version(session, rule.code, rule.area_id)
    if newest is None or newest.id != rule.id:
        raise Refused("rule.changed")
    parameters, state = _before(session, rule)
    family, base = family_of(rule.code), find_version(session, rule.code, EVER, rule.area_id)
    governing = find_own_version(session, rule.code, rule.area_id, local_day(now))
    holds = governing is not None and governing.created_at == rule.created_at
    wish = Wish(
        rule.code, base.id if base else None, parameters, state, holds or not family.owed, rule.id, rule.area_id
    )
    return wish if not wish.at_once or may_at_once(session, wish, now=now) else replace(wish, at_once=False)


def _before(session: Session, rule: Rule) -> tuple[dict[str, Any], str]:
    """What held before the act that made a version, and its state; before a village's first one the township's rule."""
    former, family = before_change(session, rule), family_of(rule.code)
    if rule.area_id is not None and (former is None or former.state == REMOVED):
        return _of_township(session, rule.code, EVER), REMOVED
    if former is None:
        return complete(rule.code, family.default), family.default_state
    return complete(rule.code, former.parameters), former.state


def may_at_once(session: Session, wish: Wish, *, now: datetime) -> bool:
    """Whether running periods can follow: not where their length changes."""
    if not family_of(wish.code).plans:
        return True
    today = local_day(now)
    return _lengths(_governing(session, wish, today)) == _lengths(_from_now(session, wish, today))


def may_later(session: Session, wish: Wish) -> bool:
    """Whether it may begin with the next period. A fixed date that nobody is at has no time to wait for, nor has one
    that comes once; on and off are at once."""
    family = family_of(wish.code)
    if not family.dated:
        return family.plans
    switched = _state_now(session, wish) != wish.state
    return not switched and wish.parameters["every"] != "once" and _began(session, wish.code) is not None


def _state_now(session: Session, wish: Wish) -> str:
    newest = find_version(session, wish.code, EVER, wish.area_id)
    return newest.state if newest else family_of(wish.code).default_state


def _began(session: Session, code: str) -> date | None:
    """When the first of a rule's open duties began."""
    mine = Duty.rule_code == code, Duty.state == "open"
    return session.scalar(select(func.min(Duty.starts_on)).where(*mine))


def _governing(session: Session, wish: Wish, today: date) -> dict[str, Any]:
    """What holds today where a wish is for, with nothing missing; before the first version begins, what it will say."""
    rule = find_version(session, wish.code, today, wish.area_id)
    return complete(wish.code, rule.parameters) if rule is not None else _of_township(session, wish.code, today)


def _lengths(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: parameters["kinds"].get(kind, parameters)["period"] for kind in KINDS}


def _changes(session: Session, wish: Wish) -> dict[str, Any]:
    """The values that differ from the newest version's."""
    newest = find_version(session, wish.code, EVER, wish.area_id)
    before = complete(wish.code, newest.parameters if newest else family_of(wish.code).default)
    return {name: value for name, value in wish.parameters.items() if before.get(name) != value}


def _from_now(session: Session, wish: Wish, today: date) -> dict[str, Any]:
    """What holds today with only what the wish changes: a version that is to come keeps its own day."""
    if wish.state == REMOVED:
        return _of_township(session, wish.code, today)
    return {**_governing(session, wish, today), **_changes(session, wish)}


def plan_versions(session: Session, wish: Wish, *, now: datetime) -> tuple[Version, ...]:
    """The versions that a wish comes to, the one that governs running periods first.

    Raises Refused("rule.changed") where somebody else changed the rule meanwhile, ("rule.locked"), ("rule.no_change"),
    ("rule.next_only") and what the checks of models/rules/bounds.py and checking.py refuse.
    """
    family, today = family_of(wish.code), local_day(now)
    newest = find_version(session, wish.code, EVER, wish.area_id)
    if (newest.id if newest else None) != wish.base_id:
        raise Refused("rule.changed")
    if wish.state == REMOVED and wish.parameters != _of_township(session, wish.code, EVER):
        raise Refused("rule.changed")
    if is_locked(session, wish.code, wish.area_id):
        raise Refused("rule.locked")
    state = _state_now(session, wish)
    changes = _changes(session, wish)
    if not changes and state == wish.state:
        raise Refused("rule.no_change")
    family.check(read(wish.code, wish.parameters))
    if family.plans and wish.state != REMOVED:
        check_here(session, newest, wish.parameters, changes, wish.area_id, today)
    if family.dated and "days" in changes:
        check_once(session, wish.code, newest, wish.parameters, today)
    if not wish.at_once:
        return (Version(dict(wish.parameters), wish.state, _next_start(session, wish, today)),)
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
    later_on = find_later_day(session, wish.code, wish.area_id, today)
    if later_on is not None and wish.state != REMOVED:
        versions.append(Version(dict(wish.parameters), wish.state, later_on))
    return tuple(versions)


def _next_start(session: Session, wish: Wish, today: date) -> date:
    if family_of(wish.code).dated:
        return today + ONE_DAY
    after = RuleParameters.from_dict(wish.parameters).periods()
    return next_start(lengths_until(session, wish.code, wish.area_id, today) or after, after, today)


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
    check_right(session, person, wish.area_id)
    session.scalars(select(Rule.id).where(Rule.code == wish.code).with_for_update()).all()
    planned = plan_versions(session, wish, now=now)
    undone, before = _act_of(session, wish.undo_of), _governing(session, wish, local_day(now))
    made = [
        add_version(
            session, wish.code, each.parameters, each.state, starts_on=each.starts_on, source="chat",
            author_id=person.id, area_id=wish.area_id, now=now,
        )
        for each in planned
    ]  # fmt: skip
    moved = None
    if wish.at_once and family_of(wish.code).owed:
        held, holding = read(wish.code, before), _holding(session, made[0], local_day(now))
        moved = move_open_duties(session, holding, held, made=made[0], person_id=person.id, undo_of=undone, now=now)
        _plan_again(session, wish.code)
    audit.record(
        session, "rule.undo" if wish.undo_of else "rule.change", now=now, person_id=person.id,
        subject=f"rule:{made[-1].id}", code=wish.code, version=made[-1].version,
    )  # fmt: skip
    return Changed(wish.code, made[-1].id, made[0].starts_on, wish.at_once, moved)


def _holding(session: Session, made: Rule, today: date) -> Rule:
    """The version that holds once one was made: itself, or the township's where it gives a village back to that."""
    if made.state != REMOVED:
        return made
    return find_version(session, made.code, today) or made


def _act_of(session: Session, rule_id: int | None) -> list[int]:
    """All versions that one act made."""
    rule = session.get(Rule, rule_id) if rule_id is not None else None
    if rule is None:
        return []
    same = select(Rule.id).where(Rule.code == rule.code, Rule.created_at == rule.created_at, Rule.source == "chat")
    return list(session.scalars(same))


def _plan_again(session: Session, code: str) -> None:
    """The planner looks at running periods once more: who owed nothing before may owe something now."""
    drop_facts(session, Fact.name.startswith(f"planned:{code}:", autoescape=True))

"""Questions about rules: which version governs, what it says, what came before it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.installation import find_fact, live_since
from models.pages import fit_page
from models.people import Person
from models.rules.dates import LOCAL_CODE, DateParameters, is_date_rule
from models.rules.families import FAMILIES, complete, differences, family_of
from models.rules.holding import (
    EVER,
    REMOVED,
    find_later_day,
    find_own_version,
    find_version,
    is_locked,
    list_versions_on,
)
from models.rules.parameters import HELPER_LOAD_RULE, HelperLoad, RuleParameters
from models.rules.tables import Rule
from models.rules.villages import village_name
from models.times import local_day

UNDO_FOR = timedelta(days=7)
SEEN = "rules_profile_seen"
"""Noted once the officer has confirmed the profile."""


def list_rules_for(session: Session, code: str, starts_on: date) -> list[Rule]:
    """The versions that govern a period beginning on `starts_on`: the newest one of each area that began by then.

    A rule's first version governs no period that began before the installation went live.
    """
    live = live_since(session)
    if live is None or live > starts_on:
        return []
    return [rule for rule in list_versions_on(session, code, starts_on) if rule.state == "on"]


Parameters = RuleParameters | DateParameters
"""What a version of a rule says that makes duties."""


def read_parameters(rule: Rule) -> Parameters:
    """What a version says, whichever kind of rule it is."""
    if is_date_rule(rule.code):
        return DateParameters.from_dict(rule.parameters)
    return RuleParameters.from_dict(rule.parameters)


def get_parameters(session: Session, rule_id: int) -> Parameters:
    """What a version says, whichever kind of rule it is; a version never changes, so it is read once in a
    transaction."""
    known: dict[int, Parameters] = session.info.setdefault(get_parameters, {})
    if rule_id not in known:
        known[rule_id] = read_parameters(session.get_one(Rule, rule_id))
    return known[rule_id]


def helper_load(session: Session, today: date) -> HelperLoad | None:
    """How many households a helper should have; None while that rule is off."""
    load: HelperLoad | None = find_in_force(session, HELPER_LOAD_RULE, today)
    return load


def find_in_force(session: Session, code: str, today: date) -> Any:
    """What a rule of the whole township says on a day, as its family reads it; what ships before its first version,
    None while it is off."""
    rule, family = find_version(session, code, today), family_of(code)
    state, said = (rule.state, rule.parameters) if rule is not None else (family.default_state, family.default)
    return family.read(said) if state == "on" else None


@dataclass(frozen=True)
class RuleView:
    """A rule as list and card show it: what holds today, and what is to hold from a later day.

    `state`: on, off. `by`: who made the version that holds, empty for the file and for what ships;
    `source`: file, chat, shipped. `later`: parameters of a version that begins on `later_on`.
    """

    code: str
    rule_id: int | None
    version: int
    state: str
    parameters: dict[str, Any]
    since: date | None
    by: str
    source: str
    locked: bool
    later_on: date | None = None
    later_state: str = ""
    later: dict[str, Any] | None = None
    undo_id: int | None = None
    """The newest version, while it may be taken back."""
    area_id: int | None = None
    """The village whose rule it is; None: the whole township's."""
    village: str = ""
    own: bool = True
    """Whether the village has a version of its own, or is to have one."""


def list_rules(session: Session, now: datetime) -> list[RuleView]:
    """Every rule there is a family for, in the order of their codes' numbers, then a township's own dates."""
    own = [code for code in session.scalars(select(Rule.code).distinct()) if LOCAL_CODE.fullmatch(code)]
    codes = [*sorted(FAMILIES, key=_place), *sorted(own, key=_place)]
    return [get_rule(session, code, now) for code in codes]


def _place(code: str) -> tuple[int, str]:
    return len(code), code


def get_rule(session: Session, code: str, now: datetime, area_id: int | None = None) -> RuleView:
    """One rule with what holds now and what is to come, in the township or in one village. Raises
    Refused("rule.unknown")."""
    family, today = family_of(code), local_day(now)
    newest, holds = (find_version(session, code, day, area_id) for day in (EVER, today))
    own, later_on = find_own_version(session, code, area_id), find_later_day(session, code, area_id, today)
    later = newest if later_on is not None else None
    says, state = (holds or later), "off" if later else family.default_state
    given_up = own is not None and own.state == REMOVED and holds is not None and holds.area_id == area_id
    return RuleView(
        code=code,
        rule_id=holds.id if holds else None,
        version=holds.version if holds else 0,
        state=holds.state if holds else state,
        parameters=complete(code, says.parameters if says else family.default),
        since=_since(holds) if holds else None,
        by=_author(session, holds),
        source=_source(holds),
        locked=is_locked(session, code, area_id),
        later_on=later_on,
        later_state=(REMOVED if given_up else later.state) if later else "",
        later=complete(code, later.parameters) if later else None,
        undo_id=own.id if own and can_undo(own, now) else None,
        area_id=area_id,
        village=village_name(session, area_id),
        own=any(rule is not None and rule.area_id == area_id for rule in (holds, newest)),
    )


def _author(session: Session, rule: Rule | None) -> str:
    author = session.get(Person, rule.author_id) if rule is not None and rule.author_id is not None else None
    return author.name if author else ""


def _source(rule: Rule | None) -> str:
    return "shipped" if rule is None else {"toml": "file"}.get(rule.source, rule.source)


def _since(rule: Rule) -> date:
    """A version that was made for running periods holds since it was made."""
    return max(rule.starts_on, local_day(rule.created_at))


def can_undo(rule: Rule, now: datetime) -> bool:
    """Whether a version may be taken back: made in chat within the last seven times 24 hours, and not locked."""
    return rule.source == "chat" and not rule.locked and now - rule.created_at <= UNDO_FOR


def before_change(session: Session, rule: Rule) -> Rule | None:
    """The newest version before the act that made `rule`; what one act made has one moment."""
    return session.scalar(
        select(Rule)
        .where(
            Rule.code == rule.code,
            Rule.area_id.is_not_distinct_from(rule.area_id),
            Rule.version < rule.version,
            or_(Rule.created_at != rule.created_at, Rule.source != rule.source),
        )
        .order_by(Rule.version.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class VersionView:
    """One immutable version. `changes`: the paths that differ from the one before, in `before` and `after`."""

    rule_id: int
    version: int
    made_on: date
    starts_on: date
    at_once: bool
    by: str
    source: str
    state: str
    state_before: str
    changes: tuple[str, ...]
    before: dict[str, Any]
    after: dict[str, Any]


VERSIONS_PAGE = 5


@dataclass(frozen=True)
class VersionPage:
    """Five versions of a rule, of the whole township's or one village's; `page` counts from 1, `total` is of all pages."""

    code: str
    items: tuple[VersionView, ...]
    total: int
    page: int
    pages: int
    area_id: int | None = None
    village: str = ""


def list_versions(session: Session, code: str, page: int, area_id: int | None = None) -> VersionPage:
    """Who changed what and when, newest first. Raises Refused("rule.unknown")."""
    family = family_of(code)
    own = Rule.area_id.is_not_distinct_from(area_id)
    rules = session.scalars(select(Rule).where(Rule.code == code, own).order_by(Rule.version)).all()
    people = {rule.author_id for rule in rules if rule.author_id is not None}
    named = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names: dict[int, str] = {row.id: row.name for row in named}
    views: list[VersionView] = []
    before, state = complete(code, family.default), family.default_state
    if area_id is not None and rules:
        above = find_version(session, code, rules[0].starts_on)
        before = complete(code, above.parameters) if above is not None else before
    for rule in rules:
        after, made_on = complete(code, rule.parameters), local_day(rule.created_at)
        changes = tuple(differences(before, after)) if views or rule.source == "chat" or area_id is not None else ()
        by = names.get(rule.author_id or 0, "")
        views.append(
            VersionView(
                rule.id, rule.version, made_on, rule.starts_on, rule.starts_on <= made_on, by, _source(rule),
                rule.state, state, changes, before, after,
            )
        )  # fmt: skip
        before, state = after, rule.state
    views.reverse()
    page, pages = fit_page(page, len(views), VERSIONS_PAGE)
    items = views[(page - 1) * VERSIONS_PAGE : page * VERSIONS_PAGE]
    return VersionPage(code, tuple(items), len(views), page, pages, area_id, village_name(session, area_id))


def profile_seen(session: Session) -> bool:
    """Whether the officer has confirmed how often households are visited here."""
    return find_fact(session, SEEN) is not None

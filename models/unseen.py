"""久未见: households nobody met for too long, a rule of its own (product.md section 5, engine.md section 3).

Counted from the latest of last visit, going live and registration. Decided here: days of 全家外出 are no days unseen, so
the count begins again with the family's return; what a household's interval is follows from the visit rule of its area
(a quota of two a month is an interval of 15 days). Nothing is kept: who is unseen follows from the rows of a moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models.access import PersonView
from models.areas import GROUP, VILLAGE, Area
from models.duties.planning import area_of
from models.errors import Refused
from models.households import Assignment, Household, current_assignments
from models.installation import live_since
from models.pages import fit_page
from models.people import Person
from models.rules import UNSEEN_RULE, VISIT_RULE, Quota, RuleParameters, Unseen, crons, list_rules_for
from models.rules.queries import find_in_force

PAGE = 10
RIGHT = "unseen.read"
PERIOD_DAYS = {"week": 7, "half_month": 15, "month": 30, "quarter": 91, "half_year": 182, "year": 365}


def find_rule(session: Session, today: date) -> Unseen | None:
    """What holds on a day; None while the rule is off."""
    rule: Unseen | None = find_in_force(session, UNSEEN_RULE, today)
    return rule


def limit_of(rule: Unseen, quota: Quota) -> int | None:
    """After how many days without a visit a household with this quota is unseen; None where nothing is owed."""
    if quota.needed < 1:
        return None
    return max(rule.least_days, rule.times * -(-_days_of(quota.period) // quota.needed))


def _days_of(period: str) -> int:
    """How many days a period has on average."""
    every, _, more = period.partition(":")
    if period.startswith(crons.PREFIX):
        lengths = crons.lengths_of(period)
        return round(sum(lengths) / len(lengths))
    return PERIOD_DAYS["month"] * int(more) if more else PERIOD_DAYS[every]


def unseen(session: Session, today: date, *, by_leader: bool = False) -> ColumnElement[bool]:
    """A condition on `Household`: nobody met it for too long; `by_leader`: for so long that the leader hears of it."""
    return unseen_by(session, find_rule(session, today), today, by_leader=by_leader)


def unseen_by(session: Session, rule: Unseen | None, today: date, *, by_leader: bool = False) -> ColumnElement[bool]:
    """The same by some version of the rule; None: it is off."""
    live = live_since(session)
    if rule is None or live is None:
        return false()
    versions = list_rules_for(session, VISIT_RULE, today)
    found = []
    for version in versions:
        parameters = RuleParameters.from_dict(version.parameters)
        area = area_of(session, version, versions)
        for kinds, limit in _limits(parameters, rule):
            cutoff = today - timedelta(days=limit + (rule.leader_days if by_leader else 0))
            if live <= cutoff:
                found.append(and_(area, kinds, _not_seen_since(cutoff)))
    active = and_(Household.status == "active", Household.paused_at.is_(None))
    return and_(active, or_(*found)) if found else false()


def _limits(parameters: RuleParameters, rule: Unseen) -> Iterable[tuple[ColumnElement[bool], int]]:
    own = {kind: limit_of(rule, quota) for kind, quota in parameters.kinds.items()}
    others = limit_of(rule, Quota(parameters.needed, parameters.period))
    if others is not None:
        yield (Household.kind.not_in(list(own)) if own else true()), others
    for kind, limit in own.items():
        if limit is not None:
            yield Household.kind == kind, limit


def _not_seen_since(cutoff: date) -> ColumnElement[bool]:
    return and_(
        Household.registered_on <= cutoff,
        or_(Household.last_met_on.is_(None), Household.last_met_on <= cutoff),
        or_(Household.away_until.is_(None), Household.away_until <= cutoff),
    )


def scope(session: Session, person: PersonView, today: date) -> ColumnElement[bool]:
    """A condition on `Household`: the unseen ones this person hears of. A leader hears of them later than the others."""
    sooner = [grant.path for grant in person.grants if grant.role != "leader" and grant.path in person.paths(RIGHT)]
    later = [grant.path for grant in person.grants if grant.role == "leader" and grant.path not in sooner]
    parts = []
    for paths, by_leader in ((sooner, False), (later, True)):
        under = [Area.path.startswith(path, autoescape=True) for path in paths if path]
        if under:
            inside = Household.village_id.in_(select(Area.id).where(or_(*under)))
            parts.append(and_(inside, unseen(session, today, by_leader=by_leader)))
    return or_(*parts) if parts else false()


@dataclass(frozen=True)
class UnseenHousehold:
    """`since`: the day it was last met; None: never, since `registered_on`."""

    household_id: int
    name: str
    village: str
    group: str | None
    helper: str | None
    since: date | None
    days: int


@dataclass(frozen=True)
class UnseenPage:
    items: tuple[UnseenHousehold, ...]
    total: int
    page: int
    pages: int


def count_unseen(session: Session, person: PersonView, today: date) -> int:
    """How many households a person would find in the list."""
    return session.scalar(select(func.count()).select_from(Household).where(scope(session, person, today))) or 0


def list_unseen(session: Session, person: PersonView, today: date, page: int = 1) -> UnseenPage:
    """Ten of them, longest unseen first. Raises Refused("not.allowed") without the right."""
    if not person.may(RIGHT):
        raise Refused("not.allowed")
    total = count_unseen(session, person, today)
    page, pages = fit_page(page, total, PAGE)
    live = live_since(session) or today
    rows = session.execute(
        select(
            Household.id, Household.head_name, Household.last_met_on, Household.registered_on,
            VILLAGE.name.label("village"), GROUP.name.label("area"), GROUP.level, Person.name.label("helper"),
        )
        .join(VILLAGE, VILLAGE.id == Household.village_id)
        .join(GROUP, GROUP.id == Household.area_id)
        .outerjoin(
            Assignment,
            and_(
                Assignment.household_id == Household.id, Assignment.position == "first", current_assignments(today)
            ),
        )
        .outerjoin(Person, Person.id == Assignment.person_id)
        .where(scope(session, person, today))
        .order_by(func.coalesce(Household.last_met_on, Household.registered_on), Household.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    items = tuple(
        UnseenHousehold(
            row.id, row.head_name, row.village, row.area if row.level == "group" else None, row.helper,
            row.last_met_on, (today - max(row.last_met_on or row.registered_on, row.registered_on, live)).days,
        )
        for row in rows
    )  # fmt: skip
    return UnseenPage(items, total, page, pages)


def next_villages(session: Session, after_id: int, most: int) -> list[int]:
    """The next villages by id."""
    villages = select(Area.id).where(Area.level == "village", Area.id > after_id).order_by(Area.id).limit(most)
    return list(session.scalars(villages))


def count_by_village(
    session: Session, rule: Unseen | None, today: date, villages: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """For those of these villages that have any: unseen households, and those of them a leader hears of."""
    long = unseen_by(session, rule, today, by_leader=True)
    rows = session.execute(
        select(Household.village_id, func.count(), func.count().filter(long))
        .where(Household.village_id.in_(villages), unseen_by(session, rule, today))
        .group_by(Household.village_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}

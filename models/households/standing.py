"""How households stand in their periods: 我的户, the list of 记走访, and what a visit counted for."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, bindparam, case, distinct, func, or_, select
from sqlalchemy.orm import Session

from models.access import PersonView, household_scope
from models.cases.views import DutyView, list_views
from models.duties import Duty
from models.duties.counting import counts
from models.households.queries import PAGE, Place, list_places
from models.households.tables import Household
from models.rules import VISIT_RULE, RuleParameters, parameters_of
from models.visits.tables import Visit


@dataclass(frozen=True)
class Standing:
    """One household in a list. `this`: the duty of the period that runs, none before the rule's first period;
    `older`: duties of past periods that are still open."""

    place: Place
    last_met_on: date | None
    this: DutyView | None
    older: tuple[DutyView, ...]
    month_days: int
    """Days of this calendar month that count, where there is no duty."""


@dataclass(frozen=True)
class StandingPage:
    items: tuple[Standing, ...]
    page: int
    pages: int
    total: int


def list_most_due(
    session: Session, person: PersonView, today: date, page: int = 1, right: str = "visit.log"
) -> StandingPage:
    """Ten households in the person's reach, those that need a visit most first; paused ones last."""
    scope = and_(household_scope(person, right, today), Household.status != "ended")
    page = max(page, 1)
    rows = _most_due(session, scope, today, page)
    total = len(rows)
    if page > 1 or total == PAGE:
        total = session.scalar(select(func.count()).select_from(Household).where(scope)) or 0
    pages = max(1, -(-total // PAGE))
    if page > pages:
        page = pages
        rows = _most_due(session, scope, today, page)
    return StandingPage(tuple(list_standing(session, rows, today)), page, pages, total)


def _most_due(session: Session, scope: ColumnElement[bool], today: date, page: int) -> Sequence[int]:
    is_open = and_(Duty.household_id == Household.id, Duty.state == "open", Duty.starts_on <= today)
    return session.scalars(
        select(Household.id)
        .outerjoin(Duty, is_open)
        .where(scope)
        .group_by(Household.id, Household.last_met_on, Household.paused_at)
        .order_by(
            case((Household.paused_at.is_(None), 0), else_=1),
            case((func.count(Duty.id) > 0, 0), else_=1),
            func.min(Duty.due_on),
            func.sum(Duty.needed - Duty.done).desc(),
            case((Household.last_met_on.is_(None), 0), else_=1),
            Household.last_met_on,
            Household.id,
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()


def list_standing(
    session: Session,
    household_ids: Sequence[int],
    today: date,
    day: date | None = None,
    places: dict[int, Place] | None = None,
) -> list[Standing]:
    """How these households stand in the period of `day` (today's unless given), in the order given.

    `places`: theirs, where the caller has read them already.
    """
    day = day or today
    if places is None:
        places = list_places(session, household_ids)
    views = _views(session, household_ids, today, day)
    running = {v.household_id: v for v in reversed(views) if v.cycle == 1 and v.starts_on <= day <= v.ends_on}
    days = count_month(session, [each for each in household_ids if each not in running], day)
    found = []
    for household in household_ids:
        this = running.get(household)
        older = tuple(v for v in views if v.household_id == household and v is not this and v.state == "open")
        place = places[household]
        found.append(Standing(place, place.last_met_on, this, older, days.get(household, 0)))
    return found


SHOWN = (
    select(Duty.id)
    .where(
        Duty.household_id.in_(bindparam("household_ids", expanding=True)),
        Duty.rule_code == VISIT_RULE,
        or_(
            and_(Duty.state == "open", Duty.starts_on <= bindparam("today")),
            and_(Duty.state != "void", Duty.starts_on <= bindparam("day"), Duty.ends_on >= bindparam("day")),
        ),
    )
    .order_by(Duty.household_id, Duty.starts_on, Duty.cycle)
)


def _views(session: Session, household_ids: Sequence[int], today: date, day: date) -> list[DutyView]:
    ids = session.scalars(SHOWN, {"household_ids": household_ids, "today": today, "day": day}).all()
    return list_views(session, ids, today)


def _days(phone_counts: bool) -> ColumnElement[int]:
    """The distinct days that count, by the one expression of what counts; nothing else of a rule matters to it."""
    return func.count(distinct(case((counts(RuleParameters(phone_counts=phone_counts)), Visit.visited_on))))


MONTH = (
    select(Visit.household_id, _days(False).label("met"), _days(True).label("met_or_called"))
    .where(
        Visit.household_id.in_(bindparam("household_ids", expanding=True)),
        Visit.visited_on >= bindparam("first", type_=Date),
        Visit.visited_on <= bindparam("last", type_=Date),
    )
    .group_by(Visit.household_id)
)


def count_month(session: Session, household_ids: Sequence[int], day: date) -> dict[int, int]:
    """By household the days of that calendar month that count; its rule is asked only where somebody called."""
    if not household_ids:
        return {}
    first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    found = {}
    for row in session.execute(MONTH, {"household_ids": household_ids, "first": first, "last": last}):
        calls_count = row.met != row.met_or_called and parameters_of(session, row.household_id, day).phone_counts
        found[row.household_id] = row.met_or_called if calls_count else row.met
    return found


ANY_DUTY = select(Duty.id).where(Duty.person_id == bindparam("person_id"), Duty.household_id.is_not(None)).limit(1)


def owes(session: Session, person_id: int) -> bool:
    """Whether the person has duties of households at all: team heads and leaders visit without owing."""
    return session.scalar(ANY_DUTY, {"person_id": person_id}) is not None

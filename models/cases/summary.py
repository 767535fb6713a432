"""Monday's figures: one period in numbers, reasons before names, for who decides."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from models.access import PersonView
from models.areas import Area
from models.cases.queries import VillageCases, area_cases, list_villages, name_scope, stamp_of
from models.cases.views import Coming, list_views
from models.duties import Duty
from models.duties.pausing import DECEASED
from models.people import Person
from models.recipients import has_joined


@dataclass(frozen=True)
class Summary:
    """One period in figures, for who decides. `villages`: those with open cases. Reasons are counted before names:
    `reasons` of what was explained, `stops` of what stands still. `held`: a death was reported, they are not `short`;
    `in_row`: short ones whose period before was missed too; `unjoined`: short ones that nobody is reminded of and that
    are not reported, because their helper never joined."""

    area: str
    starts_on: date
    owed: int
    done: int
    explained: int
    settled: int
    short: int
    taken: int
    waiting: int
    asked: int
    held: int
    in_row: int
    unjoined: int
    reasons: tuple[tuple[str, int], ...]
    stops: tuple[tuple[str, int], ...]
    villages: tuple[VillageCases, ...]
    next: Coming | None


OWNER_JOINED = exists().where(Person.id == Duty.person_id, has_joined())


def summarize(session: Session, person: PersonView, today: date) -> Summary | None:
    """Figures of the newest period whose 补录期 is over, over the person's area; None before any is: of a period that
    can still be typed nothing is reported either."""
    paths = person.paths("case.urge") or person.paths("case.read")
    under = or_(*(Area.path.startswith(path, autoescape=True) for path in paths)) if paths else false()
    inside = and_(Duty.village_id.in_(select(Area.id).where(under)), Duty.household_id.is_not(None))
    period = session.execute(
        select(Duty.ends_on, func.min(Duty.starts_on)).where(inside, Duty.grace_ends_on < today, Duty.cycle == 1)
        .group_by(Duty.ends_on).order_by(Duty.ends_on.desc()).limit(1)
    ).first()  # fmt: skip
    if period is None:
        return None
    of_period = and_(inside, Duty.ends_on == period.ends_on, Duty.state.not_in(("void", "waived")))
    rows = session.execute(select(Duty.state, func.count().label("n")).where(of_period).group_by(Duty.state))
    states = {row.state: row.n for row in rows}
    stops = _counted(session, Duty.paused_reason, of_period, Duty.state == "open", Duty.paused_reason.is_not(None))
    held = dict(stops).get(DECEASED, 0)
    still = select(func.count()).where(of_period, Duty.state == "open")
    villages = tuple(
        VillageCases(each.id, each.name, each.total, each.taken, stamp_of(session, each.id))
        for each in list_villages(session, person, households=True)
    )
    of_households = area_cases(person), Duty.household_id.is_not(None)
    open_ids = session.scalars(select(Duty.id).where(*of_households).order_by(Duty.id)).all()
    cases = list_views(session, open_ids, today)
    coming = [view.next for view in cases if view.next and view.taken_id is None and not view.paused]
    return Summary(
        area=name_scope(session, person),
        starts_on=period[1],
        owed=sum(states.values()),
        done=states.get("done", 0),
        explained=states.get("explained", 0),
        settled=states.get("settled", 0),
        short=states.get("open", 0) - held,
        held=held,
        in_row=session.scalar(still.where(Duty.in_row > 0)) or 0,
        unjoined=session.scalar(still.where(~OWNER_JOINED)) or 0,
        taken=sum(view.taken_id is not None for view in cases),
        waiting=sum(view.waiting > 0 for view in cases),
        asked=sum(view.taken_id is None and not view.paused for view in cases),
        reasons=_counted(session, Duty.reason, of_period, Duty.state == "explained"),
        stops=tuple(each for each in stops if each[0] != DECEASED),
        villages=villages,
        next=min(coming, key=lambda each: each.on, default=None),
    )


def _counted(session: Session, what: Any, *where: ColumnElement[bool]) -> tuple[tuple[str, int], ...]:
    """How many duties there are for each reason, the most frequent first."""
    rows = session.execute(
        select(what, func.count()).where(*where).group_by(what).order_by(func.count().desc(), what)
    )
    return tuple((row[0], row[1]) for row in rows)

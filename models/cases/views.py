"""A duty as a screen shows it: names, figures, what comes next. Read for many at once; nobody's rights are checked here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.areas import GROUP, VILLAGE
from models.dates import explained_from
from models.duties import Duty, DutyEvent
from models.duties.counting import POSTPONING, in_period
from models.duties.postponing import planned_period
from models.duties.steps import next_rung
from models.households import Assignment, Household, current_assignments
from models.people import Person
from models.reasons import name_reason
from models.recipients import has_joined
from models.rules import Parameters, get_parameters
from models.rules.dates import DateParameters
from models.times import ONE_DAY, calendar, local_day
from models.visits import Visit


@dataclass(frozen=True)
class Coming:
    """What happens next if nobody does anything. `what`: answer, resume, or who of the ladder is told."""

    what: str
    on: date


@dataclass(frozen=True)
class DutyView:
    """Days are local days. `waiting`: reports of that period that wait for 确认. `since`: the day it became a case."""

    duty_id: int
    version: int
    rule_code: str
    household_id: int | None
    name: str
    village_id: int | None
    village: str
    group: str | None
    every: str
    needed: int
    done: int
    late: int
    cycle: int
    starts_on: date
    due_on: date
    ends_on: date
    grace_ends_on: date
    today: date
    state: str
    closed_on: date | None
    level: int
    since: date | None
    owner_id: int | None
    owner: str | None
    unit: str | None
    taken_id: int | None
    taken_by: str | None
    taken_until: date | None
    paused: bool
    paused_until: date | None
    """None while paused: until the officer decides."""
    paused_zh: str
    paused_en: str
    reason: str | None
    reason_zh: str
    reason_en: str
    reason_text: str | None
    waiting: int
    can_explain: bool
    next: Coming | None
    postponed: str = ""
    """Why it is due later than usual: away, unreachable."""
    light: bool = False
    """全家外出: one phone call is enough."""
    away_until: date | None = None
    in_row: int = 0
    """How many periods right before this one were missed too."""
    stands_in: bool = False
    """The owner only covers for the helper, who is away: what is short is none of the cover's making."""
    wish_zh: str = ""
    """The reason of a 没去成 that waits for the officer's word."""
    wish_en: str = ""
    title_zh: str = ""
    """What a fixed-date duty is called; empty for households."""
    title_en: str = ""
    evidence: str = ""
    """What 办好了 asks for: none, note, file, note_and_file."""


def list_views(session: Session, duty_ids: Iterable[int], today: date) -> list[DutyView]:
    """The views of these duties, in the order given; unknown ids are left out."""
    wanted = list(dict.fromkeys(duty_ids))
    if not wanted:
        return []
    rows = session.execute(ROWS, {"ids": wanted, "today": today}).all()
    since = _case_days(session, [row.Duty.id for row in rows if row.Duty.level > 0])
    rules = {row.Duty.rule_id: get_parameters(session, row.Duty.rule_id) for row in rows}
    why = _postponed_by(session, [row.Duty.id for row in rows if row.Duty.postponed])
    views = {
        row.Duty.id: _view(row, rules[row.Duty.rule_id], since.get(row.Duty.id), why.get(row.Duty.id, ""), today)
        for row in rows
    }
    return [views[each] for each in wanted if each in views]


def find_view(session: Session, duty_id: int, today: date) -> DutyView | None:
    return next(iter(list_views(session, [duty_id], today)), None)


OWNER, TAKER = aliased(Person), aliased(Person)
WAITING = (
    select(func.count())
    .where(Visit.household_id == Duty.household_id, Visit.state == "unconfirmed", Visit.visited_on >= Duty.starts_on)
    .correlate(Duty)
    .scalar_subquery()
)
HAS_SECOND = exists().where(
    Assignment.household_id == Duty.household_id,
    Assignment.position == "second",
    current_assignments(bindparam("today", type_=Date)),
)
STANDS_IN = exists().where(
    Assignment.household_id == Duty.household_id,
    Assignment.person_id == Duty.person_id,
    Assignment.position == "cover",
    current_assignments(bindparam("today", type_=Date)),
)
ROWS = (
    select(
        Duty,
        Household.head_name.label("name"),
        Household.kind,
        Household.away_until,
        VILLAGE.name.label("village"),
        GROUP.name.label("area"),
        GROUP.level.label("area_level"),
        OWNER.name.label("owner"),
        OWNER.unit,
        has_joined(OWNER).label("joined"),
        TAKER.name.label("taker"),
        WAITING.label("waiting"),
        HAS_SECOND.label("has_second"),
        STANDS_IN.label("stands_in"),
    )
    .outerjoin(Household, Household.id == Duty.household_id)
    .outerjoin(VILLAGE, VILLAGE.id == Duty.village_id)
    .outerjoin(GROUP, GROUP.id == Household.area_id)
    .outerjoin(OWNER, OWNER.id == Duty.person_id)
    .outerjoin(TAKER, TAKER.id == Duty.taken_by)
    .where(Duty.id.in_(bindparam("ids", expanding=True)))
)
"""Duties `ids` as they are on the day `today`. Built once: it is made of four aliases."""


def _case_days(session: Session, duty_ids: Sequence[int]) -> dict[int, date]:
    """Since when each is a case: the first level told."""
    if not duty_ids:
        return {}
    rows = session.execute(
        select(DutyEvent.duty_id, func.min(DutyEvent.at).label("at"))
        .where(DutyEvent.duty_id.in_(duty_ids), DutyEvent.kind == "level")
        .group_by(DutyEvent.duty_id)
    )
    return {row.duty_id: local_day(row.at) for row in rows}


def _postponed_by(session: Session, duty_ids: Sequence[int]) -> dict[int, str]:
    """What moved the due day of each: the newest visit of the period that met nobody."""
    if not duty_ids:
        return {}
    rows = session.execute(
        select(Duty.id, Visit.outcome)
        .join(Visit, in_period(*POSTPONING))
        .where(Duty.id.in_(duty_ids))
        .order_by(Visit.visited_on, Visit.id)
    )
    return {row.id: row.outcome for row in rows}


def _view(row: Any, parameters: Parameters, since: date | None, postponed: str, today: date) -> DutyView:
    duty: Duty = row.Duty
    reason, pause = name_reason(duty.reason), name_reason(duty.paused_reason)
    offered = duty.cycle > 1 or today >= explained_from(planned_period(duty, parameters), parameters, calendar())
    return DutyView(
        duty_id=duty.id,
        version=duty.version,
        rule_code=duty.rule_code,
        household_id=duty.household_id,
        name=row.name or "",
        village_id=duty.village_id,
        village=row.village or "",
        group=row.area if row.area_level == "group" else None,
        every=_every(parameters, row.kind),
        needed=duty.needed,
        done=duty.done,
        late=duty.late,
        cycle=duty.cycle,
        starts_on=duty.starts_on,
        due_on=duty.due_on,
        ends_on=duty.ends_on,
        grace_ends_on=duty.grace_ends_on,
        today=today,
        state=duty.state,
        closed_on=local_day(duty.closed_at) if duty.closed_at else None,
        level=duty.level,
        since=since or (local_day(duty.level_at) if duty.level > 0 and duty.level_at else None),
        owner_id=duty.person_id,
        owner=row.owner,
        unit=row.unit,
        taken_id=duty.taken_by,
        taken_by=row.taker,
        taken_until=duty.taken_until,
        paused=duty.paused_reason is not None,
        paused_until=duty.paused_until,
        paused_zh=pause.zh,
        paused_en=pause.en,
        reason=duty.reason,
        reason_zh=reason.zh,
        reason_en=reason.en,
        reason_text=duty.reason_text,
        waiting=row.waiting,
        can_explain=duty.state == "open" and duty.wish is None and offered,
        next=_coming(duty, parameters, bool(row.has_second), joined=bool(row.joined)),
        postponed=postponed,
        light=duty.needed_home is not None,
        away_until=row.away_until if row.away_until and row.away_until >= today else None,
        in_row=duty.in_row,
        stands_in=row.stands_in,
        wish_zh=name_reason(duty.wish).zh,
        wish_en=name_reason(duty.wish).en,
        **_date_values(parameters),
    )


def _date_values(parameters: Parameters) -> dict[str, str]:
    if not isinstance(parameters, DateParameters):
        return {}
    return {
        "title_zh": parameters.title_zh, "title_en": parameters.title_en, "evidence": parameters.evidence,
    }  # fmt: skip


def _every(parameters: Parameters, kind: str | None) -> str:
    return parameters.every if isinstance(parameters, DateParameters) else parameters.quota_for(kind or "general").period


def _coming(duty: Duty, parameters: Parameters, has_second: bool, *, joined: bool) -> Coming | None:
    """A household whose helper never joined is listed for the officer and goes no further."""
    if duty.state != "open":
        return None
    if duty.taken_until is not None:
        return Coming("answer", duty.taken_until)
    if duty.paused_until is not None:
        return Coming("resume", duty.paused_until + ONE_DAY)
    if duty.paused_reason is not None:
        return None
    rung = next_rung(duty, parameters, has_second=has_second)
    if rung is None or (duty.household_id is not None and not joined and rung.step.who != "officer"):
        return None
    # A report that waits for 确认 holds a step beyond its day.
    if duty.next_action == "level" and duty.next_action_at is not None:
        return Coming(rung.step.who, max(rung.on, local_day(duty.next_action_at)))
    return Coming(rung.step.who, rung.on)

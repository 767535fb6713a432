"""Fixed-date duties: made for each subject of a due day, owned by whoever holds the post (product.md section 5).

A subject is `area:ID` (one for the township, or for each village) or `person:ID` (each holder of a role). Owners follow
grants: who takes a post over takes what is open over with it; what nobody can own goes on up its ladder, and the
officers are told that the post is empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, cast, exists, func, literal, or_, select, types
from sqlalchemy.orm import Session, aliased

from models.areas import Area
from models.base import BigId
from models.dates import DateVersion, list_due
from models.duties.owners import change_owner
from models.duties.planning import insert_planned, planned_values
from models.duties.recasting import OFF_UNTIL, RULE_OFF
from models.duties.replanning import replan
from models.duties.settling import close, note
from models.duties.steps import resume, stop
from models.duties.tables import Duty, DutyEvent
from models.installation import live_since
from models.notices import add_notices, cancel_waiting
from models.people import Grant, Person, current_grants
from models.periods import Period
from models.recipients import Recipient, list_holders, load_recipients, next_hour
from models.rules import Rule, get_parameters
from models.rules.dates import DateParameters, longest_lead
from models.rules.holding import list_date_versions
from models.times import calendar, local_day

LOOK_BACK = timedelta(days=62)
"""After a standstill, due days up to so long ago are still made."""
AT_ONCE = 500
POST_ENDED = "post_ended"
"""Why a person's own duty is waived who no longer holds the post while others do."""
MERGED = "merged"
NO_OWNER = "no_owner"


@dataclass(frozen=True)
class DuePeriod:
    """One due day of a rule's version that is to be planned today."""

    rule: Rule
    parameters: DateParameters
    period: Period


def list_due_periods(session: Session, today: date) -> list[DuePeriod]:
    """What is due in the time of its reminders, or was lately; nothing due before going live or being switched on."""
    live = live_since(session)
    if live is None:
        return []
    return [due for rules in list_date_versions(session, today).values() for due in _due_of(rules, live, today)]


def _due_of(rules: Sequence[Rule], live: date, today: date) -> Iterator[DuePeriod]:
    known = [date_version(rule) for rule in rules]
    last = today + max(longest_lead(version.parameters) for version in known)
    for due in list_due(known, live, today - LOOK_BACK, last, calendar()):
        if due.period.starts_on <= today:
            yield DuePeriod(rules[due.place], known[due.place].parameters, due.period)


def date_version(rule: Rule) -> DateVersion:
    """A version of a fixed date as the arithmetic of its days wants it."""
    parameters = DateParameters.from_dict(rule.parameters)
    return DateVersion(rule.starts_on, local_day(rule.created_at), rule.state == "on", parameters)


def plan_due(session: Session, due: DuePeriod, *, now: datetime) -> int:
    """Makes the duties of a due day that are missing, one statement; how many."""
    values, rows = _subjects(due, local_day(now))
    values = {
        **values,
        "household_id": literal(None, BigId),
        "needed": literal(1),
        **planned_values(due.rule, due.parameters, due.period, now),
    }
    return insert_planned(session, list(values), rows.with_only_columns(*(v.label(n) for n, v in values.items())))


def list_missing(session: Session, due: DuePeriod, today: date) -> list[str]:
    """Subjects that owe something by a due day and have no duty for it. For the auditor."""
    values, rows = _subjects(due, today)
    known = exists().where(
        Duty.rule_code == due.rule.code, Duty.subject == values["subject"], Duty.period == due.period.code
    )
    return list(session.scalars(rows.with_only_columns(values["subject"]).where(~known)))


@dataclass(frozen=True)
class Owing:
    """Who owes something by a due day. `owner` None: nobody holds the post."""

    subject: str
    owner: int | None
    area_id: int | None


def list_owing(session: Session, due: DuePeriod, today: date) -> list[Owing]:
    """Who would owe a due day as posts are held today, as `plan_due` and `follow_posts` have it."""
    values, rows = _subjects(due, today)
    names = ("subject", "person_id", "village_id")
    found = session.execute(rows.with_only_columns(*(values[name].label(name) for name in names))).all()
    held = list_holders(session, due.parameters.role, {row.village_id for row in found}, today)
    people = load_recipients(session, [each for ids in held.values() for each in ids], today)
    return [
        Owing(row.subject, row.person_id or next(iter(_by_reach(held.get(row.village_id, []), people)), None), row.village_id)
        for row in found
    ]


def _by_reach(holders: Sequence[int], people: Mapping[int, Recipient]) -> list[int]:
    """Who can be reached comes first."""
    return sorted(holders, key=lambda each: not people[each].reachable)


def _subjects(due: DuePeriod, today: date) -> tuple[dict[str, Any], Select[Any]]:
    """Who owes: columns for the duty, and the rows they come from. An area's owner is found afterwards."""
    if due.parameters.per != "person":
        rows: Select[Any] = select(Area.id).where(Area.level == due.parameters.per, Area.ended_on.is_(None))
        subject = literal("area:").concat(cast(Area.id, types.Text))
        return {"subject": subject, "person_id": literal(None, BigId), "village_id": Area.id}, rows
    held = (
        select(Grant.person_id, func.min(Grant.area_id).label("area_id"))
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.role == due.parameters.role, Grant.on_ladder, Grant.area_id.is_not(None), current_grants(today))
        .where(Person.ended_on.is_(None))
        .group_by(Grant.person_id)
        .subquery()
    )
    taken_over = exists().where(
        Duty.rule_code == due.rule.code, Duty.period == due.period.code, Duty.person_id == held.c.person_id
    )
    subject = literal("person:").concat(cast(held.c.person_id, types.Text))
    columns = {"subject": subject, "person_id": held.c.person_id, "village_id": held.c.area_id}
    return columns, select(held.c.person_id).where(~taken_over)


_OPEN_DATE = and_(Duty.state == "open", Duty.household_id.is_(None))
_OPEN_OF = select(Duty).where(_OPEN_DATE, Duty.rule_code.in_(bindparam("codes", expanding=True)))


def follow_rules(session: Session, *, now: datetime) -> None:
    """Open duties of a rule that was switched off stand still; switched on again they go on, but for those whose day
    went by meanwhile."""
    today = local_day(now)
    on = {code: rules[-1].state == "on" for code, rules in list_date_versions(session, today).items()}
    for duty in session.scalars(_OPEN_OF, {"codes": list(on)}).all() if on else ():
        if not on[duty.rule_code] and duty.paused_reason != RULE_OFF:
            duty.paused_reason, duty.paused_until, duty.taken_by, duty.taken_until = RULE_OFF, None, None, None
            duty.version += 1
            stop(duty, "resume", OFF_UNTIL, today=today)
            note(session, duty, "paused", now=now, cause=RULE_OFF, reason=RULE_OFF)
            cancel_waiting(session, [duty.id], RULE_OFF)
        elif on[duty.rule_code] and duty.paused_reason == RULE_OFF:
            if duty.stopped_on is not None and duty.stopped_on <= duty.due_on < today:
                close(session, duty, "void", actor=None, cause=RULE_OFF, now=now)
                continue
            resume(duty, get_parameters(session, duty.rule_id), has_second=False, today=today)
            duty.version += 1
            note(session, duty, "resumed", now=now, cause=RULE_OFF)
    session.flush()


def follow_posts(session: Session, *, now: datetime) -> bool:
    """Gives open duties to who holds their posts today; whether there may be more to give.

    Those that nobody can be given are looked at as well, but a turn ends by what it gave alone."""
    _end_doubles(session, now)
    today = local_day(now)
    given = 0
    for rule in session.scalars(_RULES_OF_OPEN).all():
        parameters, after = DateParameters.from_dict(rule.parameters), 0
        while duties := _without_holder(session, rule.id, parameters.role, today, after):
            given += _give(session, duties, parameters, now)
            if given >= AT_ONCE:
                return True
            after = duties[-1].id
    return False


_RULES_OF_OPEN = select(Rule).where(Rule.id.in_(select(Duty.rule_id).where(_OPEN_DATE).distinct()))
_OTHER, _OWN, _ABOVE = aliased(Duty), aliased(Area), aliased(Area)
_DOUBLES = select(Duty).where(
    _OPEN_DATE,
    Duty.subject.startswith("person:"),
    Duty.subject != literal("person:").concat(cast(Duty.person_id, types.Text)),
    exists().where(
        _OTHER.rule_code == Duty.rule_code,
        _OTHER.period == Duty.period,
        _OTHER.person_id == Duty.person_id,
        _OTHER.id != Duty.id,
    ),
)


def _end_doubles(session: Session, now: datetime) -> None:
    """Of two people who turned out to be one, what the row that is gone owed is no second duty of the one that stays."""
    for duty in session.scalars(_DOUBLES).all():
        close(session, duty, "waived", actor=None, cause=MERGED, now=now)
    session.flush()


def _without_holder(session: Session, rule_id: int, role: str, today: date, after: int) -> list[Duty]:
    """The next open duties whose owner does not hold the post over their area, or that have none."""
    holds = (
        exists()
        .where(Grant.person_id == Duty.person_id, Grant.role == role, Grant.on_ladder, current_grants(today))
        .where(_ABOVE.id == Grant.area_id, _OWN.id == Duty.village_id, _OWN.path.startswith(_ABOVE.path))
    )
    alone = or_(Duty.person_id.is_(None), ~holds)
    query = select(Duty).where(_OPEN_DATE, Duty.rule_id == rule_id, Duty.id > after, alone)
    return list(session.scalars(query.order_by(Duty.id).limit(AT_ONCE)))


def _give(session: Session, duties: Sequence[Duty], parameters: DateParameters, now: datetime) -> int:
    """How many of them are somebody else's now, or nobody's any more."""
    today = local_day(now)
    held = list_holders(session, parameters.role, {duty.village_id or 0 for duty in duties}, today)
    people = load_recipients(session, [each for ids in held.values() for each in ids], today)
    kept = _reassigned(session, duties, today)
    given = 0
    for duty in duties:
        if duty.id in kept:
            continue
        holders = _by_reach(held.get(duty.village_id or 0, []), people)
        free = holders if not duty.subject.startswith("person:") else _free(session, duty, holders)
        given += bool(free or holders or duty.person_id)
        if holders and not free:
            close(session, duty, "waived", actor=None, cause=POST_ENDED, now=now)
        elif free:
            _hand(session, duty, free[0], now)
        else:
            _nobody(session, duty, parameters.role, now)
    session.flush()
    return given


def _reassigned(session: Session, duties: Iterable[Duty], today: date) -> set[int]:
    """Duties that somebody gave to their owner by 改派: they stay there as long as the owner has any post."""
    owners = {duty.id: duty.person_id for duty in duties if duty.person_id is not None}
    events = session.scalars(
        select(DutyEvent).where(DutyEvent.duty_id.in_(owners), DutyEvent.kind == "reassigned").order_by(DutyEvent.id)
    )
    to = {event.duty_id: event.facts.get("to") for event in events}
    kept = {duty_id for duty_id, person_id in to.items() if person_id == owners[duty_id]}
    posted = set(session.scalars(select(Grant.person_id).where(Grant.person_id.in_(owners.values()), current_grants(today))))
    return {duty_id for duty_id in kept if owners[duty_id] in posted}


def _free(session: Session, duty: Duty, holders: Sequence[int]) -> list[int]:
    """Holders of the post who owe nothing of the same rule and period themselves."""
    same = Duty.rule_code == duty.rule_code, Duty.period == duty.period, Duty.id != duty.id
    busy = set(session.scalars(select(Duty.person_id).where(*same, Duty.person_id.in_(holders))))
    return [each for each in holders if each not in busy]


def _hand(session: Session, duty: Duty, person_id: int, now: datetime) -> None:
    """To a new owner; who takes it over from somebody hears of it in the next digest."""
    former = duty.person_id
    if former is None and duty.version == 1:
        duty.person_id = person_id
    else:
        change_owner(session, duty, person_id, now)
        _tell(session, duty, [person_id], "reassigned", f"owner:{duty.version}", {"by": None}, now)
    if duty.stopped_on is None:
        replan(session, duty, now=now)


def _nobody(session: Session, duty: Duty, role: str, now: datetime) -> None:
    """Nobody holds the post: the officers are told once (a version of 1: nobody ever did), the ladder goes on."""
    if duty.person_id is not None:
        change_owner(session, duty, None, now)
    elif duty.version > 1:
        return
    area = duty.village_id or 0
    officers = list_holders(session, "officer", [area], local_day(now)).get(area, [])
    _tell(session, duty, officers, "passed", f"{NO_OWNER}:{duty.version}", {"who": role, "why": NO_OWNER}, now)


def _tell(
    session: Session, duty: Duty, people: Iterable[int], kind: str, step: str, facts: dict[str, Any], now: datetime
) -> None:
    rows = [
        {
            "recipient_id": each.id, "duty_id": duty.id, "kind": kind, "step": step, "cycle": duty.cycle,
            "due_at": next_hour(each, now), "facts": facts,
        }
        for each in load_recipients(session, people, local_day(now)).values()
        if each.reachable
    ]  # fmt: skip
    session.flush()
    add_notices(session, rows, now=now)

"""移交, 定帮扶人, 第二帮扶人, 收回, 离岗: one act each, with its reason; both sides hear one plain line."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.absences import Absence
from models.absences.actions import end_absence, give_up_covers
from models.absences.running import extend_covers, pause_absent
from models.access import PersonView
from models.duties.owners import after_assignment, restore_quota
from models.errors import Refused
from models.handovers.plans import Plan, check, first_helpers, helped_by, open_assignment, second_helpers
from models.households import Assignment, nicknames
from models.notices import add_notices
from models.people import Grant, Invitation, Person, current_grants
from models.recipients import load_recipients, next_hour
from models.times import local_day

RECALL_FOR = timedelta(days=7)
FAR = date(9999, 12, 31)
FIRST = "first"
"""A second helper who became the first."""


@dataclass(frozen=True)
class Moved:
    """What an act did: households with a new helper, and those that now have none."""

    act: str
    household_ids: tuple[int, ...]
    without: tuple[int, ...] = ()


def carry_out(session: Session, me: PersonView, plan: Plan, right: str, *, now: datetime) -> Moved:
    """Does what the plan says. Raises as `check`, and Refused("handover.no_reason"), ("handover.nothing")."""
    if not plan.reason.strip():
        raise Refused("handover.no_reason")
    check(session, me, plan, right, local_day(now))
    moved = DO[plan.act](session, me, plan, now)
    audit.record(
        session, f"assignment.{plan.act}", now=now, person_id=me.id,
        subject=f"person:{plan.from_id or plan.to_id or 0}", **plan.to_facts(),
    )  # fmt: skip
    session.flush()
    return moved


def _hand(session: Session, me: PersonView, plan: Plan, now: datetime) -> Moved:
    for household_id in plan.households:
        give(session, household_id, plan.to_id, plan.reason, now=now)
    _move_duties(session, plan.households, now)
    _tell(session, me, plan.from_id, "handed_away", plan.households, plan.to_id, now)
    _tell(session, me, plan.to_id, "handed_to", plan.households, plan.from_id, now)
    return Moved(plan.act, plan.households)


def give(session: Session, household_id: int, to_id: int | None, reason: str, *, now: datetime) -> None:
    """The household's first helper from today: the former one, second helpers and covers in the way end today.

    The caller moves the duties (`_move_duties`) when all households are done.
    """
    today = local_day(now)
    _end_covers(session, household_id, now)
    before = open_assignment(session, household_id, "first", today)
    if before is not None:
        _end(before, today, reason)
    second = open_assignment(session, household_id, "second", today)
    if second is not None and second.person_id == to_id:
        _end(second, today, FIRST)
    session.flush()
    if to_id is not None:
        session.add(Assignment(household_id=household_id, person_id=to_id, starts_on=today, created_at=now))
        if before is not None:
            nicknames.hand_over(session, household_id, before.person_id, to_id, now=now)
    session.flush()


def _move_duties(session: Session, households: tuple[int, ...], now: datetime) -> None:
    """Open duties follow; who stands in for the new helper already does so there too, else they wait."""
    after_assignment(session, households, now=now)
    extend_covers(session, households, now=now)
    pause_absent(session, set(first_helpers(session, households, local_day(now)).values()), now=now)


def _end(row: Assignment, today: date, reason: str) -> None:
    """What was typed may tell of an illness: it is kept encrypted."""
    row.ends_on = max(today, row.starts_on or today)
    is_code = reason.startswith("code:") or reason == FIRST
    row.reason, row.words = (reason, None) if is_code else ("words", reason)


def _end_covers(session: Session, household_id: int, now: datetime) -> None:
    """Who stands in for the former helper stands in no longer; the duties are the former helper's for a moment."""
    today = local_day(now)
    covers = session.scalars(
        select(Assignment).where(
            Assignment.household_id == household_id, Assignment.position == "cover", Assignment.ends_on > today
        )
    ).all()
    for row in covers:
        row.ends_on = max(today, row.starts_on or today)
    if covers:
        session.flush()
        after_assignment(session, [household_id], now=now)


def _second(session: Session, me: PersonView, plan: Plan, now: datetime) -> Moved:
    """Sets, changes or (nobody) ends the second helper. Raises Refused("handover.is_first")."""
    today = local_day(now)
    if plan.to_id is not None and plan.to_id in first_helpers(session, plan.households, today).values():
        raise Refused("handover.is_first")
    for household_id in plan.households:
        before = open_assignment(session, household_id, "second", today)
        if before is not None:
            _end(before, today, plan.reason)
            session.flush()
        if plan.to_id is not None:
            session.add(
                Assignment(
                    household_id=household_id, person_id=plan.to_id, position="second", starts_on=today, created_at=now
                )
            )
    session.flush()
    _tell(session, me, plan.to_id, "second_to", plan.households, plan.from_id, now)
    return Moved(plan.act, plan.households)


def list_recallable(session: Session, person_id: int, today: date) -> dict[int, int]:
    """Households that somebody handed over in the last seven days and that are still where they went: household →
    who has it now."""
    after = Assignment.__table__.alias("after")
    rows = session.execute(
        select(Assignment.household_id, after.c.person_id)
        .join(after, (after.c.household_id == Assignment.household_id) & (after.c.starts_on == Assignment.ends_on))
        .where(
            Assignment.person_id == person_id,
            Assignment.position == "first",
            Assignment.ends_on > today - RECALL_FOR,
            Assignment.ends_on <= today,
            after.c.position == "first",
            after.c.person_id != person_id,
            after.c.ends_on.is_(None),
        )
        .order_by(Assignment.household_id)
    )
    return {row.household_id: row.person_id for row in rows}


def _recall(session: Session, me: PersonView, plan: Plan, now: datetime) -> Moved:
    """收回: the households go back as if nothing had been, their duties with the quota they had.

    `plan.to_id` is who gets them back. Raises Refused("handover.nothing").
    """
    today = local_day(now)
    held = list_recallable(session, plan.to_id or 0, today)
    if not held or set(plan.households) - set(held):
        raise Refused("handover.nothing")
    back: dict[int, list[int]] = defaultdict(list)
    for household_id in plan.households:
        _end_covers(session, household_id, now)
        now_with = open_assignment(session, household_id, "first", today)
        if now_with is not None:
            _end(now_with, today, plan.reason)
            session.flush()
        before = session.scalars(
            select(Assignment)
            .where(
                Assignment.household_id == household_id,
                Assignment.person_id == plan.to_id,
                Assignment.position == "first",
                Assignment.ends_on.is_not(None),
            )
            .order_by(Assignment.ends_on.desc(), Assignment.id.desc())
            .limit(1)
        ).one()
        before.ends_on = before.reason = before.words = None
        session.flush()
        back[held[household_id]].append(household_id)
    restore_quota(session, plan.households, now=now)
    _move_duties(session, plan.households, now)
    for person_id, theirs in back.items():
        _tell(session, me, person_id, "handed_away", tuple(theirs), plan.to_id, now)
    _tell(session, me, plan.to_id, "handed_to", plan.households, None, now)
    return Moved(plan.act, plan.households)


def _leave(session: Session, me: PersonView, plan: Plan, now: datetime) -> Moved:
    """离岗: grants in the officer's area end; households go to their second helper or have none, the officer sees which."""
    today, person_id = local_day(now), plan.from_id or 0
    households = helped_by(session, person_id, today)
    seconds = {each: who for each, who in second_helpers(session, households, today).items() if who != person_id}
    _end_absences(session, person_id, me.id, now)
    for household_id in households:
        give(session, household_id, seconds.get(household_id), plan.reason, now=now)
    for household_id in helped_by(session, person_id, today, "second"):
        row = open_assignment(session, household_id, "second", today)
        if row is not None:
            _end(row, today, plan.reason)
    session.flush()
    _move_duties(session, households, now)
    _end_grants(session, me, person_id, now)
    taken: dict[int, list[int]] = defaultdict(list)
    for household_id, who in seconds.items():
        taken[who].append(household_id)
    for who, theirs in taken.items():
        _tell(session, me, who, "handed_to", tuple(theirs), person_id, now)
    return Moved(plan.act, tuple(seconds), tuple(each for each in households if each not in seconds))


def _end_absences(session: Session, person_id: int, by: int, now: datetime) -> None:
    give_up_covers(session, person_id, local_day(now), FAR, now=now)
    own = session.scalars(select(Absence).where(Absence.person_id == person_id, Absence.state == "active")).all()
    for absence in own:
        end_absence(session, absence, now=now, by=by)


def _end_grants(session: Session, me: PersonView, person_id: int, now: datetime) -> None:
    """Grants in the officer's area end today; who has none left elsewhere leaves the roster and the bot."""
    from models.areas import Area

    today = local_day(now)
    grants = session.execute(
        select(Grant, Area.path)
        .outerjoin(Area, Area.id == Grant.area_id)
        .where(Grant.person_id == person_id, current_grants(today))
    ).all()
    mine = [grant for grant, path in grants if path and any(path.startswith(own) for own in me.paths("person.grant"))]
    for grant in mine:
        grant.ends_on = today
    if len(mine) == len(grants):
        session.get_one(Person, person_id).ended_on = today
        links = select(Invitation).where(Invitation.person_id == person_id, Invitation.revoked_at.is_(None))
        for link in session.scalars(links):
            link.revoked_at = link.revoked_at or now
    session.flush()


def _tell(
    session: Session,
    me: PersonView,
    person_id: int | None,
    kind: str,
    households: tuple[int, ...],
    other_id: int | None,
    now: datetime,
) -> None:
    """One line in somebody's next digest: which families, from or to whom."""
    people = load_recipients(session, [person_id] if person_id else [], local_day(now)).values()
    rows = [
        {
            "recipient_id": person.id,
            "kind": kind,
            "step": f"{kind}:{now.isoformat()}",
            "due_at": next_hour(person, now),
            "facts": {"households": list(households), "other_id": other_id},
        }
        for person in people
        if person.reachable and person.id != me.id
    ]
    add_notices(session, rows, now=now)


DO = {"hand": _hand, "assign": _hand, "second": _second, "recall": _recall, "leave": _leave}

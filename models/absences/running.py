"""What an absence does while it runs: it pauses the person's duties, or its cover owns them; and how both end.

Every step works out what should be so from the rows, so that it may be taken twice, late, or after a kill.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.absences.tables import Absence
from models.duties.owners import after_assignment
from models.duties.pausing import end_stop, pause_until
from models.duties.settling import note
from models.duties.tables import Duty
from models.households import Assignment, current_assignments
from models.notices import Notice
from models.reasons import NEW_ASSIGNMENT, OWNER_AWAY
from models.times import ONE_DAY, calendar, local_day, moment_at

LONGEST_ALONE = 7
"""Days without a cover for which the duties stand still; more is the officer's to agree."""
ENDING = (OWNER_AWAY, NEW_ASSIGNMENT)
"""Stops that end by themselves, and may end too early for somebody who is away."""
NOON = 12 * 60
BATCH = 200


def answer_by(absence: Absence) -> datetime:
    """Until when the cover's word is waited for: the next working day's noon, or the absence's beginning before it."""
    asked_at = absence.asked_at or absence.created_at
    noon = moment_at(calendar().next_workday(local_day(asked_at)), NOON)
    begins = moment_at(absence.starts_on)
    return min(noon, begins) if begins > asked_at else noon


def alone_since(session: Session, absence: Absence) -> date:
    """The day since when nobody stands in: absences that follow one another without a cover are one."""
    first = absence.starts_on
    while True:
        before = session.scalar(
            select(Absence.starts_on).where(
                Absence.person_id == absence.person_id,
                Absence.ends_on == first,
                Absence.starts_on < first,
                Absence.cover_state != "agreed",
            )
        )
        if before is None:
            return first
        first = before


def paused_up_to(session: Session, absence: Absence) -> date:
    """The last day on which the person's duties stand still without a cover."""
    if absence.agreed_by is not None:
        return absence.ends_on - ONE_DAY
    return min(absence.ends_on, alone_since(session, absence) + ONE_DAY * LONGEST_ALONE) - ONE_DAY


def pause_duties(session: Session, absence: Absence, *, now: datetime) -> int:
    """Pauses what the person owes and what came since; how many duties that were. A cover's duties are not the
    person's, and what somebody has taken or a death has stopped stands still anyway."""
    today, until = local_day(now), paused_up_to(session, absence)
    if absence.cover_state == "agreed" or not absence.starts_on <= today <= until:
        return 0
    rows = session.scalars(
        select(Duty)
        .where(
            Duty.person_id == absence.person_id,
            Duty.state == "open",
            or_(Duty.stopped_on.is_(None), Duty.paused_reason.in_(ENDING) & (Duty.paused_until < until)),
        )
        .limit(BATCH)
    ).all()
    for duty in rows:
        pause_until(session, duty, until, OWNER_AWAY, now=now)
        duty.version += 1
        note(session, duty, "paused", now=now, cause=OWNER_AWAY, reason=OWNER_AWAY, until=until.isoformat())
    session.flush()
    return len(rows)


def pause_absent(session: Session, person_ids: Collection[int], *, now: datetime) -> None:
    """Those of these people who are away, nobody standing in, are not asked for what has become theirs or goes on."""
    running = (Absence.state == "active", Absence.starts_on <= local_day(now), Absence.ends_on > local_day(now))
    for absence in session.scalars(select(Absence).where(Absence.person_id.in_(person_ids), *running)).all():
        pause_duties(session, absence, now=now)


def release_duties(session: Session, person_id: int, *, now: datetime) -> None:
    """Lets the person's paused duties go on from today."""
    rows = session.scalars(
        select(Duty).where(Duty.person_id == person_id, Duty.state == "open", Duty.paused_reason == OWNER_AWAY)
    )
    for duty in rows.all():
        end_stop(session, duty, now=now)
        duty.version += 1
        note(session, duty, "resumed", now=now, cause=OWNER_AWAY)
    session.flush()


def marked(absence_id: int) -> str:
    """The mark that the cover's assignments carry as their reason."""
    return f"absence:{absence_id}"


def households_of(session: Session, person_id: int, starts_on: date, ends_on: date) -> list[int]:
    """The households whose first helper the person is on any of these days."""
    rows = session.scalars(
        select(Assignment.household_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.position == "first",
            or_(Assignment.starts_on.is_(None), Assignment.starts_on < ends_on),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on > starts_on),
        )
        .order_by(Assignment.household_id)
    )
    return list(dict.fromkeys(rows))


def begin_cover(session: Session, absence: Absence, *, now: datetime) -> list[int]:
    """The cover who said 好 stands in for each household from today or the absence's first day; the households."""
    starts_on = max(absence.starts_on, local_day(now))
    covered = households_of(session, absence.person_id, starts_on, absence.ends_on)
    session.add_all(_cover(absence, household_id, now) for household_id in covered)
    session.flush()
    release_duties(session, absence.person_id, now=now)
    after_assignment(session, covered, now=now)
    return covered


def _cover(absence: Absence, household_id: int, now: datetime) -> Assignment:
    return Assignment(
        household_id=household_id, person_id=absence.cover_id, position="cover",
        starts_on=max(absence.starts_on, local_day(now)), ends_on=absence.ends_on, reason=marked(absence.id),
        created_at=now,
    )  # fmt: skip


def extend_covers(session: Session, household_ids: Collection[int], *, now: datetime) -> None:
    """Households that somebody has got who is away: who stands in for them does so there too."""
    today = local_day(now)
    rows = session.execute(
        select(Assignment.household_id, Absence)
        .join(Absence, Absence.person_id == Assignment.person_id)
        .where(
            Assignment.household_id.in_(household_ids), Assignment.position == "first", current_assignments(today),
            Absence.state == "active", Absence.cover_state == "agreed", Absence.ends_on > today,
        )
    ).all()  # fmt: skip
    if rows:
        session.add_all(_cover(absence, household_id, now) for household_id, absence in rows)
        session.flush()
        after_assignment(session, [household_id for household_id, _ in rows], now=now)


def end_cover(session: Session, absence: Absence, *, now: datetime, households: Iterable[int] | None = None) -> None:
    """The cover stands in no longer, for all households or some; what has not begun never was."""
    today = local_day(now)
    query = select(Assignment).where(Assignment.reason == marked(absence.id), Assignment.ends_on > today)
    if households is not None:
        query = query.where(Assignment.household_id.in_(list(households)))
    rows = session.scalars(query).all()
    for row in rows:
        row.ends_on = max(today, row.starts_on or today)
    session.flush()
    after_assignment(session, [row.household_id for row in rows], now=now)


def forget_questions(session: Session, absence_id: int, reason: str) -> None:
    """Takes back what nobody was asked or told yet about an absence."""
    waiting = session.scalars(select(Notice).where(Notice.state == "waiting", Notice.batch == marked(absence_id)))
    for notice in waiting:
        notice.state, notice.reason = "cancelled", reason
    session.flush()

"""What a duty's owner does: 没去成 with a reason; and what follows when a household changes hands."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import PersonView, access_household
from models.audit import record
from models.duties.pausing import end_stop
from models.duties.postponing import planned_period
from models.duties.replanning import SAID_WHILE_OPEN, replan
from models.duties.settling import Change, close, note, rungs_before_due, settle
from models.duties.steps import period_of_duty
from models.duties.tables import Duty, DutyEvent
from models.duties.telling import CARRIED
from models.duties.wishes import ALONE, explained_before, take_back_wish, wish
from models.errors import Refused
from models.households import Assignment, Household, current_assignments
from models.notices import cancel_waiting
from models.periods import explain_from, prorated
from models.reasons import OWNER_AWAY
from models.rules import RuleParameters, get_parameters
from models.times import calendar, local_day

HANDED_OVER = "handed_over"
"""Why a duty is waived whose new helper came too late in its period."""


def get_duty(session: Session, duty_id: int, version: int | None = None) -> Duty:
    """An open duty for a deciding button. Raises Refused("duty.unknown"), ("duty.closed", state), ("duty.changed")."""
    duty = session.get(Duty, duty_id)
    if duty is None:
        raise Refused("duty.unknown")
    if duty.state != "open":
        raise Refused("duty.closed", state=duty.state, duty_id=duty.id)
    if version is not None and version != duty.version:
        raise Refused("duty.changed", duty_id=duty.id)
    return duty


def explain(
    session: Session,
    person: PersonView,
    duty_id: int,
    version: int | None = None,
    *,
    reason: str,
    words: str | None = None,
    now: datetime,
) -> Change:
    """没去成: closes a duty as explained; a visit of its period still makes it done. The third in a row waits open for
    the officer (models/duties/wishes.py).

    Raises Refused("duty.too_early", from_day) before the last reminder before the due day, ("duty.wished") while the
    officer is being asked, else as `get_duty`.
    """
    duty = get_duty(session, duty_id, version)
    today = local_day(now)
    access_household(session, person, duty.household_id or 0, "duty.explain", day=today)
    offered = explain_from(planned_period(duty, get_parameters(session, duty.rule_id)), calendar())
    if today < offered:
        raise Refused("duty.too_early", from_day=offered.isoformat())
    if duty.wish is not None:
        raise Refused("duty.wished")
    if explained_before(session, duty) >= ALONE:
        wish(session, duty, person.id, reason, words, now=now)
        record(session, "duty.wish", now=now, person_id=person.id, subject=f"duty:{duty.id}", code=reason)
        return Change(duty.id, duty.period, duty.done, duty.late, duty.needed, "open", "open")
    duty.reason, duty.reason_text = reason, words
    close(session, duty, "explained", actor=person.id, cause=reason, now=now)
    record(session, "duty.explain", now=now, person_id=person.id, subject=f"duty:{duty.id}", code=reason)
    return Change(duty.id, duty.period, duty.done, duty.late, duty.needed, "open", "explained")


def take_back_explanation(session: Session, person: PersonView, duty_id: int, *, now: datetime) -> Change:
    """Undoes 没去成: the duty is again what the visits say. Raises Refused("duty.not_explained")."""
    duty = session.get(Duty, duty_id)
    if duty is not None and duty.wish is not None and duty.state == "open":
        access_household(session, person, duty.household_id or 0, "duty.explain", day=local_day(now))
        take_back_wish(session, duty, person.id, now=now)
        return Change(duty.id, duty.period, duty.done, duty.late, duty.needed, "open", "open")
    if duty is None or duty.reason in (None, CARRIED) or duty.state not in ("explained", "done"):
        raise Refused("duty.not_explained")
    access_household(session, person, duty.household_id or 0, "duty.explain", day=local_day(now))
    duty.reason = duty.reason_text = None
    record(session, "duty.unexplain", now=now, person_id=person.id, subject=f"duty:{duty.id}")
    return settle(session, duty, now=now, person_id=person.id)


def after_assignment(session: Session, household_ids: Collection[int], *, now: datetime) -> int:
    """Gives open duties to who has them today: the cover, else the first helper; returns how many changed hands.

    Call it after assignments began or ended. What was done moves along; somebody new in the middle of a period owes
    less (engine.md 3). A cover owes what the first helper did, and gives it back as it is then.
    """
    if not household_ids:
        return 0
    today = local_day(now)
    held = select(Assignment).where(
        Assignment.household_id.in_(household_ids),
        Assignment.position.in_(("first", "cover")),
        current_assignments(today),
    )
    # "cover" sorts before "first": written last, it is the one that stays.
    owners = {row.household_id: row for row in session.scalars(held.order_by(Assignment.position.desc()))}
    duties = session.scalars(select(Duty).where(Duty.household_id.in_(household_ids), Duty.state == "open"))
    moved = 0
    for duty in duties.all():
        row = owners.get(duty.household_id or 0)
        if duty.person_id != (row.person_id if row else None):
            if row is not None and (row.position == "cover" or _covers(session, duty, today)):
                _lend(session, duty, row.person_id, now)
            else:
                _give(session, duty, row.person_id if row else None, row.starts_on if row else None, now)
            moved += 1
    session.flush()
    return moved


def _covers(session: Session, duty: Duty, today: date) -> bool:
    """Whether the duty's owner so far only stood in, until today, and has not had the household since."""
    last = session.scalars(
        select(Assignment)
        .where(
            Assignment.household_id == duty.household_id,
            Assignment.person_id == duty.person_id,
            Assignment.position.in_(("first", "cover")),
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    ).first()
    return last is not None and last.position == "cover" and last.ends_on is not None and last.ends_on <= today


def change_owner(session: Session, duty: Duty, person_id: int | None, now: datetime) -> int | None:
    """The duty's new owner, with the timeline's line; what the former one was not told yet is no business any more."""
    former, duty.person_id = duty.person_id, person_id
    duty.version += 1
    note(session, duty, "owner", now=now, person_id=person_id, former=former)
    cancel_waiting(session, [duty.id], "owner", ("remind", "repeat", "nudge"))
    if former is not None:
        cancel_waiting(session, [duty.id], "owner", recipient_id=former)
    return former


def _lend(session: Session, duty: Duty, person_id: int, now: datetime) -> None:
    """To a cover and back: quota, level and ladder stay what they are."""
    change_owner(session, duty, person_id, now)
    if duty.stopped_on is None:
        replan(session, duty, now=now)


def _give(session: Session, duty: Duty, person_id: int | None, starts_on: date | None, now: datetime) -> None:
    former = change_owner(session, duty, person_id, now)
    if duty.paused_reason == OWNER_AWAY:
        end_stop(session, duty, now=now)
    if duty.taken_by is not None:
        return  # whoever has taken the case keeps it
    if local_day(now) > duty.due_on:
        # Past its day: the ladder begins again, level 1 waits until the assignment is old enough.
        duty.level = duty.repeats = 0
        duty.position = rungs_before_due(get_parameters(session, duty.rule_id))
        cancel_waiting(session, [duty.id], "owner", SAID_WHILE_OPEN)
    elif person_id is not None and former is not None and duty.cycle == 1:
        share = prorated(duty.needed, starts_on or local_day(now), period_of_duty(duty))
        duty.needed = min(duty.needed, duty.done + share)
        if duty.needed_home is not None:
            share = prorated(duty.needed_home, starts_on or local_day(now), period_of_duty(duty))
            duty.needed_home = min(duty.needed_home, duty.done + share)
    if duty.needed == 0:
        close(session, duty, "waived", actor=None, cause=HANDED_OVER, now=now)
        return
    settle(session, duty, now=now)
    if duty.state == "open" and duty.stopped_on is None:
        replan(session, duty, now=now)


def restore_quota(session: Session, household_ids: Collection[int], *, now: datetime) -> None:
    """A hand-over was taken back: the duties of the running period owe again what they did before it."""
    duties = session.scalars(
        select(Duty).where(
            Duty.household_id.in_(household_ids),
            Duty.state.in_(("open", "done", "waived")),
            Duty.cycle == 1,
            Duty.ends_on >= local_day(now),
        )
    )
    for duty in duties.all():
        whole = _whole_quota(session, duty)
        if duty.state == "waived" and _was_waived_by_hand_over(session, duty):
            duty.state, duty.closed_at = "open", None
            note(session, duty, "reopened", now=now, before="waived")
        if duty.state != "waived":
            if duty.needed_home is not None:
                duty.needed_home = max(duty.needed_home, whole)
            else:
                duty.needed = max(duty.needed, whole)
            settle(session, duty, now=now)
            if duty.state == "open" and duty.stopped_on is None:
                replan(session, duty, now=now)
    session.flush()


def _whole_quota(session: Session, duty: Duty) -> int:
    """What the rule asks of the present first helper for the household's kind in this period."""
    row = session.execute(
        select(Household.kind, Household.registered_on, Assignment.starts_on)
        .join(Assignment, Assignment.household_id == Household.id)
        .where(Household.id == duty.household_id, Assignment.position == "first", Assignment.ends_on.is_(None))
    ).first()
    if row is None:
        return duty.needed
    began_on = max(row.registered_on, row.starts_on or row.registered_on)
    parameters = get_parameters(session, duty.rule_id)
    assert isinstance(parameters, RuleParameters)
    return prorated(parameters.quota_for(row.kind).needed, began_on, period_of_duty(duty))


def _was_waived_by_hand_over(session: Session, duty: Duty) -> bool:
    event = select(DutyEvent.cause).where(DutyEvent.duty_id == duty.id, DutyEvent.kind == "waived")
    return session.scalar(event.order_by(DutyEvent.id.desc()).limit(1)) == HANDED_OVER

"""Reminders to the owner: before and after the due day, and again after level 1 (product.md section 5).

After a downtime only the newest missed reminder is sent; every skipped one leaves an event.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.duties import Duty, DutyEvent
from models.duties.steps import owed_reminders
from models.notices import cancel_waiting
from models.rules import get_parameters
from models.times import calendar, local_day
from schedules.batches import Batch, due_batch

ACTIONS = ("remind", "repeat")
REMIND = "remind:"
"""How the step of a reminder's notice begins; its planned day follows."""


def remind_some(session: Session, *, now: datetime, only: int | None = None) -> bool:
    """Takes the reminders that are due, a bounded number of them, or that of `only` one; True = call me again."""
    batch = due_batch(session, ACTIONS, now=now, only=only)
    for duty in batch.duties:
        take_step(batch, duty)
    batch.write()
    return bool(batch.duties)


def take_step(batch: Batch, duty: Duty) -> None:
    """Tells the owner what a duty has come to, and plans what is next."""
    if duty.next_action == "remind":
        _remind(batch, duty)
    else:
        _repeat(batch, duty)
    batch.plan(duty)


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """The next planned moment of any open duty, whatever the step is."""
    return session.scalar(select(func.min(Duty.next_action_at)).where(Duty.state == "open"))


def _remind(batch: Batch, duty: Duty) -> None:
    missed = [day for day in owed_reminders(duty, batch.rule(duty)) if day <= batch.today]
    if not missed:
        return
    newest = missed[-1]
    for day in missed[:-1]:
        batch.event(duty, "skipped", "late", step="remind", on=day.isoformat())
    if _too_late(newest, batch.today, batch.rule(duty).late_limit):
        batch.event(duty, "skipped", "late", step="remind", on=newest.isoformat())
        duty.mentioned_on = newest
        return
    _mention(batch, duty, "remind", f"{REMIND}{newest.isoformat()}")


def _too_late(planned: date, today: date, limit: int) -> bool:
    return calendar().workdays_between(planned, today) > limit


def skip_late(session: Session, notices: Iterable[Any], *, now: datetime) -> set[int]:
    """Of waiting notices (id, duty_id, step) takes back the reminders that no digest told while they would have helped;
    their ids."""
    today = local_day(now)
    planned = {each: date.fromisoformat(each.step.removeprefix(REMIND)) for each in notices if each.step.startswith(REMIND)}
    old = {each.duty_id: (each.id, day) for each, day in planned.items() if day < today}
    skipped = set()
    for duty in session.scalars(select(Duty).where(Duty.id.in_(old))) if old else ():
        notice_id, day = old[duty.id]
        if _too_late(day, today, get_parameters(session, duty.rule_id).late_limit):
            cancel_waiting(session, [duty.id], "late", ("remind",))
            facts = {"step": "remind", "on": day.isoformat()}
            session.add(DutyEvent(duty_id=duty.id, at=now, kind="skipped", cause="late", facts=facts))
            skipped.add(notice_id)
    return skipped


def _repeat(batch: Batch, duty: Duty) -> None:
    duty.repeats += 1
    _mention(batch, duty, "repeat", f"repeat:{batch.today.isoformat()}")


def _mention(batch: Batch, duty: Duty, kind: str, step: str) -> None:
    duty.mentioned_on = batch.today
    owner = batch.person(duty.person_id)
    if owner is not None:
        batch.tell(duty, owner, kind, step)

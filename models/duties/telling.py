"""Who was told of a duty that is past its day, and how they hear what became of it."""

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties.tables import Duty
from models.notices import add_notices, list_told
from models.recipients import hour_on, load_recipients, next_hour
from models.times import ONE_DAY, calendar, local_day

TOLD_KINDS = ("level", "again", "handed", "copied")
CARRIED = "carried"
"""Why a duty is settled that goes on with the household's next one."""


def told_before(session: Session, duty: Duty) -> list[int]:
    """Who heard of the duties before that this one goes on with; of those before an explained one that was the end."""
    older = session.execute(
        select(Duty.id, Duty.cycle, Duty.reason)
        .where(
            Duty.household_id == duty.household_id,
            Duty.rule_code == duty.rule_code,
            Duty.state != "void",
            Duty.starts_on < duty.starts_on,
        )
        .order_by(Duty.starts_on.desc())
        .limit(duty.in_row)
    )
    carried = takewhile(lambda row: row.reason == CARRIED, older)
    return [each for row in carried for each in list_told(session, row.id, row.cycle, TOLD_KINDS)]


def tell_outcome(session: Session, duty: Duty, kind: str, people: Iterable[int], now: datetime) -> None:
    """A line in the next digest that is sent anyway, at the latest on the next week's opening."""
    today = local_day(now)
    monday = calendar().week_opening(today + ONE_DAY)
    rows = [
        {
            "recipient_id": person.id,
            "duty_id": duty.id,
            "kind": kind,
            "step": f"{kind}:{duty.version}" + (f":{duty.done}" if kind == "fewer" else ""),
            "cycle": duty.cycle,
            "form": "digest" if kind == "reopened" else "rider",
            "due_at": next_hour(person, now) if kind == "reopened" else hour_on(person, monday),
            "facts": {"state": duty.state},
        }
        for person in load_recipients(session, people, today).values()
        if person.reachable
    ]
    add_notices(session, rows, now=now)

"""The county (level 5): what all levels below have heard and nobody has moved stands on the officer's list of things to be
raised at the next quarterly supervision. Where nobody holds the county's post there is no such level.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Duty
from models.duties.settling import note
from models.duties.steps import step_moment
from models.installation import find_fact, live_since, set_fact
from models.notices import add_notices
from models.recipients import hour_on, list_holders, load_recipients, next_hour
from models.times import calendar, local_day

NAME = "quarter"
KIND = "county"
DUTIES = 200
LEADER, COUNTY = 4, 5


def raise_some(session: Session, *, now: datetime) -> bool:
    """On a quarter's first working day puts the next cases on the list; True = call me again. `on` is the last day on
    which that was done, `duty` how far the day after it is."""
    due_at = next_due_at(session, now)
    if due_at is None or now < due_at:
        return False
    on, upto = _fact(session)
    duties = session.scalars(
        select(Duty)
        .where(Duty.state == "open", Duty.level == LEADER, Duty.stopped_on.is_(None), Duty.id > upto)
        .order_by(Duty.id)
        .limit(DUTIES)
    ).all()
    _raise(session, duties, now)
    if len(duties) == DUTIES:
        set_fact(session, NAME, on=on.isoformat(), duty=duties[-1].id)
        return True
    set_fact(session, NAME, on=local_day(now).isoformat(), duty=0)
    return False


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """The morning of the first working day of the quarter after the last one that was dealt with (UTC)."""
    if live_since(session) is None:
        return None
    last, _ = _fact(session)
    quarter = (last.year * 12 + last.month - 1) // 3 + 1
    return step_moment(calendar().on_or_after(date(quarter // 4, quarter % 4 * 3 + 1, 1)))


def _fact(session: Session) -> tuple[date, int]:
    fact = find_fact(session, NAME)
    if fact is None:
        return live_since(session) or date.min, 0
    return date.fromisoformat(fact["on"]), fact["duty"]


def _raise(session: Session, duties: Sequence[Duty], now: datetime) -> None:
    today = local_day(now)
    villages = {duty.village_id for duty in duties if duty.village_id is not None}
    county, officers = (list_holders(session, role, villages, today) for role in ("county", "officer"))
    people = load_recipients(session, {each for ids in officers.values() for each in ids}, today)
    rows = []
    for duty in duties:
        if not county.get(duty.village_id or 0):
            continue
        duty.level, duty.version = COUNTY, duty.version + 1
        note(session, duty, KIND, now=now)
        for person_id in officers.get(duty.village_id or 0, []):
            person = people[person_id]
            if person.reachable:
                at = hour_on(person, today)
                rows.append(
                    {
                        "recipient_id": person.id, "duty_id": duty.id, "kind": KIND, "cycle": duty.cycle,
                        "step": f"{KIND}:{today.isoformat()}", "due_at": at if at > now else next_hour(person, now),
                        "facts": {"who": KIND},
                    }
                )  # fmt: skip
    add_notices(session, rows, now=now)

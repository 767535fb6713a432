"""What the assignment rules newly find is told once, a line in the officer's digest; never again while it stays so."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.areas import Area
from models.handovers.rules import list_found
from models.installation import find_fact, live_since, set_fact
from models.notices import add_notices
from models.recipients import list_holders, load_recipients, next_hour
from models.times import local_day

NAME = "assignment_rules"


def check_some(session: Session, *, now: datetime) -> bool:
    """Looks at one township that has not been looked at today; True = call me again.

    Once a day: what is only so until the second of two rosters has come is nothing to tell.
    """
    if live_since(session) is None:
        return False
    today = local_day(now)
    townships = select(Area.id, Area.path).where(Area.level == "township", Area.ended_on.is_(None)).order_by(Area.id)
    for township in session.execute(townships):
        fact = find_fact(session, f"{NAME}:{township.id}")
        if fact is not None and fact["day"] == today.isoformat():
            continue
        found = [each.key for each in list_found(session, [township.path], today)]
        # What the first rosters brought with them their preview has said; it is no news.
        known = set(found if fact is None else fact["known"])
        new = [key for key in found if key not in known]
        if new:
            _tell(session, township.id, new, now)
        set_fact(session, f"{NAME}:{township.id}", day=today.isoformat(), known=found)
        return True
    return False


def _tell(session: Session, township_id: int, keys: list[str], now: datetime) -> None:
    today = local_day(now)
    officers = list_holders(session, "officer", [township_id], today)[township_id]
    rows = [
        {
            "recipient_id": person.id,
            "kind": "assignment_rules",
            "step": f"rules:{now.isoformat()}",
            "due_at": next_hour(person, now),
            "facts": {"keys": keys},
        }
        for person in load_recipients(session, officers, today).values()
        if person.reachable
    ]
    add_notices(session, rows, now=now)

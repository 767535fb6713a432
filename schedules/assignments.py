"""What the assignment rules newly find is told once, a line in the officer's digest; never again while it stays so."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.handovers.rules import list_found
from models.households import Assignment
from models.installation import find_fact, live_since, set_fact
from models.notices import add_notices
from models.recipients import list_holders, load_recipients, next_hour
from models.times import local_day

NAME = "assignment_rules"


def check_some(session: Session, *, now: datetime) -> bool:
    """Looks at one township that has not been looked at since a day or an assignment began; True = call me again."""
    if live_since(session) is None:
        return False
    today = local_day(now)
    newest = session.scalar(select(func.max(Assignment.id))) or 0
    mark = f"{today.isoformat()}:{newest}"
    townships = select(Area.id, Area.path).where(Area.level == "township", Area.ended_on.is_(None)).order_by(Area.id)
    for township in session.execute(townships):
        fact = find_fact(session, f"{NAME}:{township.id}") or {"mark": "", "known": []}
        if fact["mark"] == mark:
            continue
        found = [each.key for each in list_found(session, [township.path], today)]
        known = set(fact["known"])
        new = [key for key in found if key not in known]
        if new:
            _tell(session, township.id, new, now)
        set_fact(session, f"{NAME}:{township.id}", mark=mark, known=found)
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

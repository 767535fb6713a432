"""久未见: once a week officers and deputies are told how many households nobody met for too long, later leaders too."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.absences.queries import list_away
from models.duties.steps import step_moment
from models.installation import find_fact, live_since, set_fact
from models.notices import add_notices
from models.recipients import Recipient, hour_on, list_holders, load_recipients, next_hour
from models.rules import Unseen
from models.times import ONE_DAY, calendar, local_day
from models.unseen import count_by_village, find_rule, next_villages

NAME = "unseen"
VILLAGES = 50
ROLES = ("officer", "deputy")


def tell_some(session: Session, *, now: datetime) -> bool:
    """Tells of the next villages on the week's first working day; True = call me again. `on` is the last day that was
    told, `village` how far the day after it is."""
    due_at = next_due_at(session, now)
    if due_at is None or now < due_at:
        return False
    today, upto = local_day(now), _fact(session)[1]
    villages = next_villages(session, upto, VILLAGES)
    _tell(session, list_told(session, find_rule(session, today), today, villages), now)
    if len(villages) == VILLAGES:
        set_fact(session, NAME, on=_fact(session)[0].isoformat(), village=villages[-1])
        return True
    set_fact(session, NAME, on=today.isoformat(), village=0)
    return False


def next_due_at(session: Session, now: datetime) -> datetime | None:
    """The morning of the next week's opening after the last one that was told (UTC); None before going live."""
    if live_since(session) is None:
        return None
    return step_moment(calendar().week_opening(_fact(session)[0] + ONE_DAY))


def _fact(session: Session) -> tuple[date, int]:
    fact = find_fact(session, NAME)
    if fact is None:
        return live_since(session) or date.min, 0
    return date.fromisoformat(fact["on"]), fact["village"]


def list_told(session: Session, rule: Unseen | None, day: date, villages: Sequence[int]) -> list[Recipient]:
    """Whom a version of the rule (None: off) tells on a day about these villages, if nobody is met until then; nobody
    who is 暂不在."""
    found = count_by_village(session, rule, day, villages)
    wanted: set[int] = set()
    for role, where in (
        *((role, list(found)) for role in ROLES), ("leader", [village for village, (_, long) in found.items() if long])
    ):  # fmt: skip
        for people in list_holders(session, role, where, day).values():
            wanted.update(people)
    there = sorted(wanted - list_away(session, wanted, day))
    return [person for person in load_recipients(session, there, day).values() if person.reachable]


def _tell(session: Session, people: Sequence[Recipient], now: datetime) -> None:
    today = local_day(now)
    step = f"{NAME}:{today.isoformat()}"
    rows = [
        {"recipient_id": person.id, "kind": NAME, "step": step, "due_at": at if at > now else next_hour(person, now)}
        for person in people
        for at in [hour_on(person, today)]
    ]
    add_notices(session, rows, now=now)

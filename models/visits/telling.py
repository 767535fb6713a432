"""Who else hears of a visit: 联系不上 the team head, 不愿见面 the officer, a line in the next digest (engine.md 3)."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.households import Household
from models.news import News
from models.notices import Notice, add_notices, cancel_visit_notices
from models.people import Person
from models.recipients import list_holders, load_recipients, next_hour
from models.times import local_day
from models.visits.tables import Visit

HEARS = {"unreachable": "team_head", "declined": "officer"}
"""Outcome → who is told. It is help that is asked for, nobody's fault."""


def tell_about(session: Session, visit: Visit, formerly: str | None, *, now: datetime) -> None:
    """Adds the lines about a visit that was confirmed or corrected, takes back those that no longer hold.

    `formerly`: the outcome it had before a correction.
    """
    now_said = visit.outcome if visit.state == "confirmed" else None
    over = [kind for kind in ("unconfirmed", *HEARS) if kind not in (now_said, visit.state)]
    cancel_visit_notices(session, visit.id, *over, reason=visit.state)
    if now_said in HEARS and now_said != formerly:
        _tell(session, visit, HEARS[now_said], now)


def _tell(session: Session, visit: Visit, role: str, now: datetime) -> None:
    today = local_day(now)
    village = session.get_one(Household, visit.household_id).village_id
    people = load_recipients(session, list_holders(session, role, [village], today)[village], today)
    rows = [
        {
            "recipient_id": person.id,
            "visit_id": visit.id,
            "kind": visit.outcome,
            "step": f"{visit.outcome}:{visit.version}",
            "due_at": next_hour(person, now),
        }
        for person in people.values()
        if person.reachable and person.id != visit.person_id
    ]
    add_notices(session, rows, now=now)


def read_told(session: Session, notices: Iterable[Notice]) -> list[News]:
    """The lines of `tell_about`, for visits that still say so."""
    from models.households.queries import list_places

    wanted = {notice.visit_id: notice.kind for notice in notices}
    rows = session.execute(
        select(Visit, Person.name).join(Person, Person.id == Visit.person_id)
        .where(Visit.id.in_(wanted), Visit.state == "confirmed")
        .order_by(Visit.id)
    ).all()  # fmt: skip
    places = list_places(session, [row.Visit.household_id for row in rows])
    return [
        News(
            f"visit_{row.Visit.outcome}",
            {"place": asdict(places[row.Visit.household_id]), "by": row.name, "day": row.Visit.visited_on},
            (("news.see_household", f"household:open:{row.Visit.household_id}", ""),),
        )
        for row in rows
        if row.Visit.outcome == wanted[row.Visit.id]
    ]


def read_claims(session: Session, notices: Iterable[Notice]) -> list[News]:
    """To who entered a 代录: 属实, 不属实, or still no answer."""
    from models.households.queries import list_places

    said = {notice.visit_id: notice.kind for notice in notices}
    rows = session.execute(
        select(Visit, Person.name).join(Person, Person.id == Visit.person_id).where(Visit.id.in_(said))
        .order_by(Visit.id)
    ).all()  # fmt: skip
    places = list_places(session, [row.Visit.household_id for row in rows])
    return [
        News(
            f"claim_{said[row.Visit.id]}",
            {"place": asdict(places[row.Visit.household_id]), "by": row.name, "day": row.Visit.visited_on},
        )
        for row in rows
        if said[row.Visit.id] != "unanswered" or row.Visit.state == "unconfirmed"
    ]


def read_returns(session: Session, notices: Iterable[Notice]) -> list[News]:
    """To who sent a record back: the author's answer, or that it was corrected or withdrawn."""
    from models.visits.returns import list_returns

    views = list_returns(session, [int(notice.step.rpartition(":")[2]) for notice in notices])
    return [
        News(
            "return_answered" if view.answer else f"return_{view.visit_state}",
            {"place": asdict(view.place), "by": view.author, "day": view.visited_on, "answer": view.answer},
            (("news.see_record", f"visit:card:{view.visit_id}", ""),),
        )
        for view in views
    ]

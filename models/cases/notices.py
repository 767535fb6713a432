"""What the system tells an officer: levels with nobody to tell, deaths that wait for a decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from models.access import PersonView, area_scope
from models.areas import Area
from models.cases.views import list_views
from models.households import Household
from models.notices import Notice

SHOWN = 10
READ_BACK = 50
FOLDED = ("passed", "held")
"""Notices that fold into one line: 系统有N件事要您看."""


@dataclass(frozen=True)
class SystemNotice:
    """Something the officer should see: a level without anybody to tell, a death nobody has confirmed yet."""

    what: str
    who: str
    village: str
    name: str
    group: str | None
    household_id: int


def list_deaths(session: Session, notices: Iterable[Notice]) -> tuple[SystemNotice, ...]:
    """Households that are paused since somebody's death was reported, nobody having decided yet."""
    ids = {int(notice.facts["household_id"]) for notice in notices if notice.kind == "deceased"}
    return _undecided(session, Household.id.in_(ids))


def list_undecided(session: Session, person: PersonView) -> tuple[SystemNotice, ...]:
    """Households of the person's area that wait for the person to decide after a reported death."""
    paths = person.paths("assignment.write")
    return _undecided(session, area_scope(paths))[:SHOWN] if paths else ()


def _undecided(session: Session, condition: ColumnElement[bool]) -> tuple[SystemNotice, ...]:
    village, area = aliased(Area), aliased(Area)
    rows = session.execute(
        select(Household.id, Household.head_name, village.name.label("village"), area.name.label("area"), area.level)
        .join(village, village.id == Household.village_id)
        .join(area, area.id == Household.area_id)
        .where(condition, Household.paused_at.is_not(None), Household.status == "active")
        .order_by(Household.id)
    )
    return tuple(
        SystemNotice("held", "", row.village, row.head_name, row.area if row.level == "group" else None, row.id)
        for row in rows
    )


def list_system_notices(session: Session, person_id: int, today: date) -> list[SystemNotice]:
    """The newest folded notices of a person whose duties are still open, newest first."""
    rows = session.scalars(
        select(Notice)
        .where(Notice.recipient_id == person_id, Notice.kind.in_(FOLDED), Notice.state == "gathered")
        .order_by(Notice.id.desc())
        .limit(READ_BACK)
    ).all()
    views = {v.duty_id: v for v in list_views(session, [n.duty_id for n in rows if n.duty_id], today)}
    found = {}
    for notice in rows:
        view = views.get(notice.duty_id or 0)
        if view is not None and view.state == "open":
            what = "held" if notice.kind == "held" else str(notice.facts.get("why") or "nobody")
            key = (what, notice.facts.get("who"), view.duty_id)
            found[key] = SystemNotice(
                what, str(notice.facts.get("who") or ""), view.village, view.name, view.group, view.household_id or 0
            )
    return list(found.values())[:SHOWN]

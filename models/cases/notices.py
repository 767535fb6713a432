"""What the system tells an officer: levels with nobody to tell, deaths that wait for a decision."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.access import PersonView, area_scope
from models.areas import GROUP, VILLAGE
from models.cases.views import list_views
from models.households import Household
from models.notices import Notice

SHOWN = 10
READ_BACK = 200
POST_AWAY = "post_away"
FOLDED = ("passed", "held", "county", POST_AWAY)
"""Notices that fold into one line: 系统有N件事要您看."""


@dataclass(frozen=True)
class SystemNotice:
    """Something the officer should see: a level without anybody to tell, a death nobody has confirmed yet, a post whose
    holder is away. `what`: why a level was passed over (nobody, unreachable, never_joined, absent), held, post_away,
    county (to be raised at the quarterly supervision).

    `name` is the household's, or the first of several (`duties`), or the person's.
    """

    what: str
    who: str
    village: str
    name: str
    group: str | None
    household_id: int
    duties: tuple[int, ...] = ()
    until: date | None = None
    title_zh: str = ""
    title_en: str = ""


def list_deaths(session: Session, notices: Iterable[Notice]) -> tuple[SystemNotice, ...]:
    """Households that are paused since somebody's death was reported, nobody having decided yet."""
    ids = {int(notice.facts["household_id"]) for notice in notices if notice.kind == "deceased"}
    return _undecided(session, Household.id.in_(ids)) if ids else ()


def list_undecided(session: Session, person: PersonView) -> tuple[SystemNotice, ...]:
    """Households of the person's area that wait for the person to decide after a reported death."""
    paths = person.paths("assignment.write")
    return _undecided(session, area_scope(paths))[:SHOWN] if paths else ()


def _undecided(session: Session, condition: ColumnElement[bool]) -> tuple[SystemNotice, ...]:
    rows = session.execute(
        select(Household.id, Household.head_name, VILLAGE.name.label("village"), GROUP.name.label("area"), GROUP.level)
        .join(VILLAGE, VILLAGE.id == Household.village_id)
        .join(GROUP, GROUP.id == Household.area_id)
        .where(condition, Household.paused_at.is_not(None), Household.status == "active")
        .order_by(Household.id)
    )
    return tuple(
        SystemNotice("held", "", row.village, row.head_name, row.area if row.level == "group" else None, row.id)
        for row in rows
    )


def fold(session: Session, notices: Iterable[Notice], today: date) -> list[SystemNotice]:
    """What these notices still have to say, the first of a kind first: one for each village and level passed over, for
    each household paused by a death, for each post whose holder is away."""
    rows = [notice for notice in notices if notice.kind in FOLDED]
    views = {v.duty_id: v for v in list_views(session, [n.duty_id for n in rows if n.duty_id], today)}
    found: dict[tuple[object, ...], SystemNotice] = {}
    for notice in rows:
        view = views.get(notice.duty_id or 0)
        if notice.kind == POST_AWAY:
            found |= _posts_away(session, notice, today)
        elif view is not None and view.state == "open":
            held = notice.kind == "held"
            what = notice.kind if notice.kind != "passed" else str(notice.facts.get("why") or "nobody")
            who = str(notice.facts.get("who") or "")
            key = (what, who, view.village_id, view.household_id if held else 0, view.title_zh)
            new = SystemNotice(
                what, who, view.village, view.name, view.group, view.household_id or 0, duties=(view.duty_id,),
                title_zh=view.title_zh, title_en=view.title_en,
            )  # fmt: skip
            known = found.get(key, new)
            found[key] = replace(known, duties=tuple(dict.fromkeys((*known.duties, view.duty_id))))
    return list(found.values())


def _posts_away(session: Session, notice: Notice, today: date) -> dict[tuple[object, ...], SystemNotice]:
    from models.absences.queries import find_view

    view = find_view(session, int(notice.facts["absence_id"]))
    if view is None or view.state != "active" or view.days[1] < today:
        return {}
    who = str(notice.facts["role"])
    return {(POST_AWAY, view.id): SystemNotice(POST_AWAY, who, "", view.name, None, 0, until=view.days[1])}


def list_system_notices(session: Session, person_id: int, today: date) -> list[SystemNotice]:
    """The folded notices of a person that still hold, newest first."""
    rows = session.scalars(
        select(Notice)
        .where(Notice.recipient_id == person_id, Notice.kind.in_(FOLDED), Notice.state == "gathered")
        .order_by(Notice.id.desc())
        .limit(READ_BACK)
    ).all()
    return fold(session, rows, today)[:SHOWN]

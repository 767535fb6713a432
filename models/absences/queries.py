"""Questions about absences: whether somebody is away, what a message about an absence shows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models.absences.running import households_of, paused_up_to
from models.absences.tables import Absence
from models.areas import Area
from models.households import Household
from models.people import Grant, Person, current_grants
from models.times import ONE_DAY

COVER = aliased(Person)
POSTS = ("leader", "deputy", "officer", "team_head")


@dataclass(frozen=True)
class AbsenceView:
    """An absence as its messages show it. `days` are its first and last; `paused_until`: the last day without
    reminders where nobody stands in."""

    id: int
    person_id: int
    name: str
    cover_id: int | None
    cover: str
    cover_state: str
    state: str
    days: tuple[date, date]
    households: tuple[str, ...]
    household_ids: tuple[int, ...]
    villages: tuple[str, ...]
    paused_until: date
    longer: bool
    """More than a week without a cover, which the officer has not agreed to."""
    post: str = ""
    """The highest post on the ladder that the person holds in these days."""


def list_views(session: Session, ids: Iterable[int], households: Collection[int] | None = None) -> list[AbsenceView]:
    """Absences by id, in the order given; of all the person's households or only some."""
    wanted = list(ids)
    rows = session.execute(
        select(Absence, Person.name, COVER.name.label("cover"))
        .join(Person, Person.id == Absence.person_id)
        .outerjoin(COVER, COVER.id == Absence.cover_id)
        .where(Absence.id.in_(wanted))
    )
    found = {row.Absence.id: _view(session, row, households) for row in rows}
    return [found[each] for each in wanted if each in found]


def _view(session: Session, row: Any, households: Collection[int] | None) -> AbsenceView:
    absence: Absence = row.Absence
    theirs = households_of(session, absence.person_id, absence.starts_on, absence.ends_on)
    if households is not None:
        theirs = [each for each in theirs if each in households]
    named = session.execute(
        select(Household.id, Household.head_name, Area.name)
        .join(Area, Area.id == Household.village_id)
        .where(Household.id.in_(theirs))
        .order_by(Household.village_id, Household.id)
    ).all()
    last = max(absence.ends_on - ONE_DAY, absence.starts_on)
    paused = paused_up_to(session, absence)
    return AbsenceView(
        id=absence.id, person_id=absence.person_id, name=row.name, cover_id=absence.cover_id, cover=row.cover or "",
        cover_state=absence.cover_state, state=absence.state, days=(absence.starts_on, last),
        households=tuple(each.head_name for each in named), household_ids=tuple(each.id for each in named),
        villages=tuple(dict.fromkeys(each.name for each in named)), paused_until=max(paused, absence.starts_on),
        longer=bool(theirs) and absence.cover_state != "agreed" and paused < last,
        post=next(iter(list_posts(session, absence.person_id, absence.starts_on)), ""),
    )  # fmt: skip


def list_posts(session: Session, person_id: int, day: date) -> dict[str, int]:
    """The posts on the ladder that a person holds on a day, the highest first, each with its area."""
    rows = session.execute(
        select(Grant.role, Grant.area_id).where(
            Grant.person_id == person_id, Grant.on_ladder, Grant.role.in_(POSTS), Grant.area_id.is_not(None),
            current_grants(day),
        )
    )  # fmt: skip
    held = {row.role: row.area_id for row in rows}
    return {role: held[role] for role in POSTS if role in held}


def list_away(session: Session, person_ids: Collection[int], day: date) -> set[int]:
    """Those of these people who are 暂不在 on a day."""
    rows = session.scalars(
        select(Absence.person_id).where(
            Absence.person_id.in_(person_ids),
            Absence.state == "active",
            Absence.starts_on <= day,
            Absence.ends_on > day,
        )
    )
    return set(rows)


def list_own(session: Session, person_id: int, today: date) -> list[AbsenceView]:
    """The person's absences that run or are still to come."""
    ids = session.scalars(
        select(Absence.id)
        .where(Absence.person_id == person_id, Absence.state == "active", Absence.ends_on > today)
        .order_by(Absence.starts_on)
    )
    return list_views(session, list(ids))


def find_view(session: Session, absence_id: int) -> AbsenceView | None:
    return next(iter(list_views(session, [absence_id])), None)


def list_given_up(session: Session, absence_id: int) -> list[str]:
    """Whom the person had agreed to stand in for, or was asked to, when this absence ended that."""
    own = session.get_one(Absence, absence_id)
    rows = session.scalars(
        select(Person.name)
        .join(Absence, Absence.person_id == Person.id)
        .where(
            Absence.cover_id == own.person_id, Absence.cover_state == "declined", Absence.answered_at == own.created_at
        )
        .order_by(Absence.id)
    )
    return list(rows)

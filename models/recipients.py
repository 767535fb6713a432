"""Who is told: holders of a post over a village, whether they can be reached, and at which hour."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.people import Grant, Person, current_grants
from models.times import calendar, hours, local_day, moment_at


@dataclass(frozen=True)
class Recipient:
    """`minute`: the digest's hour in minutes after local midnight."""

    id: int
    minute: int
    joined: bool
    reachable: bool
    chat: int | None
    locale: str | None


def has_joined(person: type[Person] = Person) -> ColumnElement[bool]:
    """That somebody has an account and has not left; `person` may be an alias."""
    return and_(person.joined_at.is_not(None), person.telegram_id.is_not(None), person.ended_on.is_(None))


def load_recipients(session: Session, person_ids: Iterable[int], day: date) -> dict[int, Recipient]:
    """The people with their hours: their own choice, else the helpers' hour or that of everybody with another post."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    other_post = exists().where(Grant.person_id == Person.id, Grant.role != "helper", current_grants(day))
    rows = session.execute(
        select(
            Person.id,
            Person.digest_minute,
            has_joined().label("joined"),
            Person.unreachable_at,
            Person.telegram_id,
            Person.locale,
            other_post.label("other_post"),
        ).where(Person.id.in_(wanted))
    )
    usual = hours()
    found = {}
    for row in rows:
        default = usual.other_minute if row.other_post else usual.helper_minute
        minute = default if row.digest_minute is None else row.digest_minute
        reachable = row.joined and row.unreachable_at is None
        found[row.id] = Recipient(row.id, minute, row.joined, reachable, row.telegram_id, row.locale)
    return found


def list_holders(session: Session, role: str, village_ids: Collection[int], day: date) -> dict[int, list[int]]:
    """For each village the people who hold a role over it, taken from the nearest area that has any on the ladder."""
    paths = {
        row.id: [int(part) for part in row.path.strip("/").split("/")]
        for row in session.execute(select(Area.id, Area.path).where(Area.id.in_(village_ids)))
    }
    areas = {area for path in paths.values() for area in path}
    by_area: dict[int, list[int]] = {}
    grants = (
        select(Grant.area_id, Grant.person_id)
        .where(Grant.role == role, Grant.on_ladder, Grant.area_id.in_(areas), current_grants(day))
        .order_by(Grant.id)
    )
    for area_id, person_id in session.execute(grants):
        if area_id is not None and person_id not in by_area.setdefault(area_id, []):
            by_area[area_id].append(person_id)
    return {
        village: next((by_area[area] for area in reversed(path) if area in by_area), [])
        for village, path in paths.items()
    }


def hour_on(recipient: Recipient, day: date) -> datetime:
    """The UTC moment of somebody's digest on a day."""
    return moment_at(day, recipient.minute)


def next_hour(recipient: Recipient, now: datetime) -> datetime:
    """Somebody's next digest hour on a working day, today's if it is still to come."""
    day = calendar().on_or_after(local_day(now))
    at = hour_on(recipient, day)
    return at if at > now else hour_on(recipient, calendar().next_workday(day))

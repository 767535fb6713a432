"""Who hears of an absence: the cover is asked; second helper, else team head, hear of one without a cover."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.absences.queries import list_posts
from models.absences.running import LONGEST_ALONE, alone_since, households_of, marked
from models.absences.tables import Absence
from models.households import Assignment, Household, current_assignments
from models.notices import Notice, add_notices
from models.recipients import hour_on, list_holders, load_recipients, next_hour
from models.requests import make_request
from models.times import ONE_DAY, calendar, is_quiet, local_day

POST_AWAY = "post_away"


def ask_cover(session: Session, absence: Absence, *, now: datetime) -> None:
    """代班好不好: at once in daytime, else in the cover's next digest."""
    absence.cover_state, absence.asked_at, absence.answered_at = "asked", now, None
    urgent: dict[str, Any] = {} if is_quiet(now) else {"form": "urgent", "due_at": now}
    _tell(session, absence, [absence.cover_id], "cover_asked", now, **urgent)


def tell_alone(session: Session, absence: Absence, *, now: datetime, second_first: bool) -> None:
    """Nobody stands in: the team heads hear it; after a cover's no or silence the second helpers, else the team heads.

    More than a week without a cover is asked of the officer.
    """
    households = households_of(session, absence.person_id, absence.starts_on, absence.ends_on)
    seconds = _seconds(session, absence, households, now) if second_first else {}
    for person_id, theirs in seconds.items():
        _tell(session, absence, [person_id], "absence", now, role="second", households=theirs)
    left = set(households) - {each for theirs in seconds.values() for each in theirs}
    for person_id, theirs in _team_heads(session, left, now).items():
        _tell(session, absence, [person_id], "absence", now, role="team_head", households=theirs)
    days = (absence.ends_on - alone_since(session, absence)).days
    if households and days > LONGEST_ALONE and absence.agreed_by is None:
        make_request(
            session, "absence", person_id=absence.person_id, absence_id=absence.id, words=absence.words, now=now,
            starts=absence.starts_on.isoformat(), until=(absence.ends_on - ONE_DAY).isoformat(),
        )  # fmt: skip


def _seconds(session: Session, absence: Absence, households: Collection[int], now: datetime) -> dict[int, list[int]]:
    today = local_day(now)
    rows = session.execute(
        select(Assignment.person_id, Assignment.household_id)
        .where(
            Assignment.household_id.in_(households),
            Assignment.position == "second",
            Assignment.person_id.not_in([absence.person_id, absence.cover_id or 0]),
            current_assignments(today),
        )
        .order_by(Assignment.household_id)
    ).all()
    able = {p.id for p in load_recipients(session, {row.person_id for row in rows}, today).values() if p.reachable}
    found: dict[int, list[int]] = defaultdict(list)
    for person_id, household_id in rows:
        if person_id in able:
            found[person_id].append(household_id)
    return found


def _team_heads(session: Session, households: Collection[int], now: datetime) -> dict[int, list[int]]:
    rows = session.execute(
        select(Household.id, Household.village_id).where(Household.id.in_(households)).order_by(Household.id)
    ).all()
    heads = list_holders(session, "team_head", {row.village_id for row in rows}, local_day(now))
    found: dict[int, list[int]] = defaultdict(list)
    for household_id, village_id in rows:
        for person_id in heads[village_id]:
            found[person_id].append(household_id)
    return found


def tell_officers(session: Session, absence: Absence, *, now: datetime) -> None:
    """Somebody with a post on the ladder is away: the officers know that its levels go to others meanwhile."""
    for role, area_id in list_posts(session, absence.person_id, absence.starts_on).items():
        officers = list_holders(session, "officer", [area_id], local_day(now))[area_id]
        others = [each for each in officers if each != absence.person_id]
        _tell(session, absence, others, POST_AWAY, now, role=role)
        return


def tell_absent(session: Session, absence: Absence, *, now: datetime) -> None:
    """The absent person hears what the cover said, or that nothing was said."""
    _tell(session, absence, [absence.person_id], "cover_answered", now, state=absence.cover_state)


def tell_end(session: Session, absence: Absence, *, now: datetime) -> None:
    """Back again: the cover, and who was told that nobody stands in, hear it with the next digest that is sent."""
    told = session.scalars(
        select(Notice.recipient_id).where(
            Notice.kind == "absence", Notice.batch == marked(absence.id), Notice.state == "gathered"
        )
    )
    people = [*told, *([absence.cover_id] if absence.cover_state == "agreed" else [])]
    monday = calendar().week_opening(local_day(now) + ONE_DAY)
    _tell(session, absence, people, "absence_ended", now, form="rider", on=monday)


def _tell(
    session: Session, absence: Absence, people: Collection[int | None], kind: str, now: datetime, **more: Any
) -> None:
    """`more`: form, due_at, on (a day, at the recipient's hour) of the notice; the rest are its facts."""
    form = {name: more.pop(name) for name in ("form", "due_at") if name in more}
    on = more.pop("on", None)
    rows = [
        {
            "recipient_id": person.id,
            "kind": kind,
            "step": f"{kind}:{absence.id}:{absence.version}",
            "batch": marked(absence.id),
            "due_at": hour_on(person, on) if on else next_hour(person, now),
            "facts": {"absence_id": absence.id, **more},
            **form,
        }
        for person in load_recipients(session, [each for each in people if each], local_day(now)).values()
        if person.reachable
    ]
    add_notices(session, rows, now=now)

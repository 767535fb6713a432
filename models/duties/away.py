"""全家外出 until a day: a period that lies mostly inside needs one visit only, and a phone call is one.

Decided here: "mostly" is more than half of the period's days. A family that comes back earlier than said changes the
periods that begin after its return; the one that runs keeps what was enough, so that nobody loses by saying 回来了 or
by going there. An absence ends by its last day, by a visit that met the family at home, or by the helper's 回来了.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.duties.tables import Duty
from models.households import Household
from models.visits import Visit

NEEDED_AWAY = 1
HOME_KINDS = ("phone", "courtesy")
"""Kinds of visits that do not tell whether the family is at home again."""


@dataclass(frozen=True)
class Span:
    """Local days. `ended_on`: the first day on which the family was known to be back before `until`."""

    since: date
    until: date
    ended_on: date | None = None

    def covers_most_of(self, starts_on: date, ends_on: date) -> bool:
        """Whether more than half of a period lies inside; a return within the period itself does not matter to it."""
        if self.ended_on is not None and self.ended_on <= starts_on:
            return False
        inside = (min(self.until, ends_on) - max(self.since, starts_on)).days + 1
        return inside * 2 > (ends_on - starts_on).days + 1


SAID_AWAY = (
    select(Visit.household_id, Visit.visited_on, Visit.away_until, Visit.away_ended_on)
    .where(
        Visit.household_id.in_(bindparam("household_ids", expanding=True)),
        Visit.state == "confirmed",
        Visit.away_until.is_not(None),
    )
    .order_by(Visit.visited_on, Visit.id)
)


def list_spans(session: Session, household_ids: Collection[int]) -> dict[int, list[Span]]:
    """The absences of these households as their confirmed visits tell them, oldest first."""
    said = session.execute(SAID_AWAY, {"household_ids": list(household_ids)}).all()
    if not said:
        return {}
    home: dict[int, list[date]] = {}
    met = session.execute(
        select(Visit.household_id, Visit.visited_on)
        .where(
            Visit.household_id.in_({row.household_id for row in said}),
            Visit.state == "confirmed",
            Visit.outcome == "met",
            Visit.kind.not_in(HOME_KINDS),
        )
        .order_by(Visit.visited_on)
    )
    for household_id, day in met:
        home.setdefault(household_id, []).append(day)
    spans: dict[int, list[Span]] = {}
    for row in said:
        ends = [day for day in home.get(row.household_id, ()) if day > row.visited_on]
        ends += [row.away_ended_on] if row.away_ended_on else []
        ended_on = min(ends, default=None)
        if ended_on is not None and ended_on > row.away_until:
            ended_on = None
        spans.setdefault(row.household_id, []).append(Span(row.visited_on, row.away_until, ended_on))
    return spans


def is_light(spans: Iterable[Span], starts_on: date, ends_on: date) -> bool:
    """Whether one call is enough for a period."""
    return any(span.covers_most_of(starts_on, ends_on) for span in spans)


def lighten(duty: Duty, spans: Iterable[Span]) -> bool:
    """Makes one call enough for a duty, or the former quota needed again; whether that changed anything."""
    light = is_light(spans, duty.starts_on, duty.ends_on)
    if light == (duty.needed_home is not None):
        return False
    if light:
        duty.needed_home, duty.needed = duty.needed, min(duty.needed, NEEDED_AWAY)
    else:
        duty.needed, duty.needed_home = duty.needed_home or duty.needed, None
    return True


def lighten_planned(
    session: Session, rule_id: int, period: str, starts_on: date, ends_on: date, first_id: int, last_id: int
) -> None:
    """The same for duties just planned, households with ids in a range: one statement for all that are away."""
    away = session.scalars(
        select(Household.id).where(Household.id.between(first_id, last_id), Household.away_until >= starts_on)
    ).all()
    spans = list_spans(session, away) if away else {}
    light = [household for household, own in spans.items() if is_light(own, starts_on, ends_on)]
    session.execute(
        update(Duty)
        .where(
            Duty.household_id.in_(light),
            Duty.rule_id == rule_id,
            Duty.period == period,
            Duty.state == "open",
            Duty.needed_home.is_(None),
        )
        .values(needed_home=Duty.needed, needed=NEEDED_AWAY),
        execution_options={"synchronize_session": False},
    )


def keep_away_until(session: Session, household_id: int, spans: Iterable[Span]) -> None:
    """The household's own day, a cache for lists and plans: until when it is away as far as anybody knows."""
    lasting = [span.until for span in spans if span.ended_on is None]
    household, until = session.get_one(Household, household_id), max(lasting, default=None)
    if household.away_until != until:
        household.away_until = until


def end_absence(session: Session, household_id: int, *, today: date) -> bool:
    """回来了: every absence that still lasts ends today; whether there was one."""
    rows = session.scalars(
        select(Visit).where(
            Visit.household_id == household_id,
            Visit.state == "confirmed",
            Visit.away_until >= today,
            Visit.away_ended_on.is_(None),
        )
    ).all()
    for row in rows:
        row.away_ended_on = today
    session.flush()
    return bool(rows)

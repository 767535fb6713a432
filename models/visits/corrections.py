"""更正: an own record says something else from now on. The former version stays, what was changed is written down.

Decided here: `logged_at`, which decides between in time and 补记, stays as long as the record claims the same: it is the
moment of the correction once household, outcome, kind or the period of the day are others. What a record was returned
for (退回) counts as answered by its correction.
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, audit
from models.duties.visits import Formerly
from models.errors import Refused
from models.households import Household
from models.secrets import keyring
from models.times import local_day
from models.visits import records
from models.visits.records import capacity_of, does_count, follow_up, write_version
from models.visits.returns import answer_by_change
from models.visits.tables import KINDS, OUTCOMES, Visit, VisitVersion

MEANT_FOR = timedelta(days=62)
LATELY = timedelta(days=7)
CANDIDATES = 8
LONGEST_NOTE = 2000
LONGEST_ABSENCE = timedelta(days=366)
REASONS = ("correction", "addition", "away_until")
"""What a version's reason says when the record was changed and not taken back."""


@dataclass(frozen=True)
class Wanted:
    """What a record is to say instead; None: as it is."""

    visited_on: date | None = None
    outcome: str | None = None
    kind: str | None = None
    household_id: int | None = None
    note: str | None = None
    away_until: date | None = None

    def to_facts(self) -> dict[str, Any]:
        """Plain values without the note, which is kept encrypted elsewhere."""
        given = {name: value for name, value in asdict(self).items() if value is not None and name != "note"}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}

    @classmethod
    def from_facts(cls, facts: dict[str, Any], note: str | None = None) -> "Wanted":
        days = ("visited_on", "away_until")
        given: dict[str, Any] = {
            name: date.fromisoformat(value) if name in days else value for name, value in facts.items()
        }
        return cls(**given, note=note)


@dataclass(frozen=True)
class Corrected:
    visit_id: int


def correct_visit(
    session: Session,
    person_id: int,
    visit_id: int,
    version: int,
    wanted: Wanted,
    *,
    reason: str = "correction",
    now: datetime,
) -> Corrected:
    """Makes a new version of an own record, with all that follows for the duties of before and after.

    Raises Refused("visit.not_yours"), ("visit.changed") when it has another version by now, ("visit.same") where
    nothing changes, ("visit.future"), ("visit.too_old"), ("visit.away_past"), ("household.not_yours").
    """
    visit = get_own(session, person_id, visit_id, version)
    wanted = check(session, person_id, visit_id, version, wanted, now=now)
    before = (visit.household_id, visit.outcome, visit.kind, _period(session, visit))
    formerly = Formerly(visit.household_id, visit.visited_on, visit.outcome, visit.away_until)
    _apply(visit, wanted)
    today = local_day(now)
    if before != (visit.household_id, visit.outcome, visit.kind, _period(session, visit)) or (
        visit.visited_on > local_day(visit.logged_at)
    ):
        visit.logged_at = now
    visit.capacity = capacity_of(session, access.view(session, person_id, today), visit.household_id, visit.visited_on)
    visit.version += 1
    follow_up(session, visit, now=now, formerly=formerly)
    answer_by_change(session, visit, now=now)
    visit.counts = does_count(session, visit)
    write_version(session, visit, person_id, reason, now=now)
    audit.record(session, "visit.correct", now=now, person_id=person_id, subject=f"visit:{visit.id}")
    return Corrected(visit.id)


def get_own(session: Session, person_id: int, visit_id: int, version: int | None = None) -> Visit:
    """An own record that stands. Raises Refused("visit.not_yours") and ("visit.changed")."""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.person_id != person_id or visit.state != "confirmed":
        raise Refused("visit.not_yours")
    if version is not None and visit.version != version:
        raise Refused("visit.changed")
    return visit


def _only_new(visit: Visit, wanted: Wanted) -> Wanted:
    """What is wanted, without what the record says already; an absence ends with the outcome it belonged to."""
    same = {
        each.name: None
        for each in fields(wanted)
        if getattr(wanted, each.name) == (getattr(visit, each.name) or ("" if each.name == "note" else None))
    }
    return replace(wanted, **same)


def check(session: Session, person_id: int, visit_id: int, version: int, wanted: Wanted, *, now: datetime) -> Wanted:
    """What really is to be changed; raises as `correct_visit` where it cannot be."""
    visit, today = get_own(session, person_id, visit_id, version), local_day(now)
    wanted = _only_new(visit, wanted)
    if wanted == Wanted():
        raise Refused("visit.same")
    day = wanted.visited_on or visit.visited_on
    household_id = wanted.household_id or visit.household_id
    if wanted.outcome not in (None, *OUTCOMES) or wanted.kind not in (None, *KINDS):
        raise Refused("button.broken")
    if wanted.household_id or wanted.visited_on:
        person = access.view(session, person_id, today)
        records.access_to_log(session, person, household_id, visited_on=day, today=today)
        records.check_day(session, household_id, day, today)
    if wanted.away_until and not day < wanted.away_until <= day + LONGEST_ABSENCE:
        raise Refused("visit.away_past", day=wanted.away_until.isoformat())
    return wanted


def _apply(visit: Visit, wanted: Wanted) -> None:
    visit.household_id = wanted.household_id or visit.household_id
    visit.visited_on = wanted.visited_on or visit.visited_on
    visit.kind = wanted.kind or visit.kind
    if wanted.outcome is not None:
        visit.outcome, visit.away_until, visit.away_ended_on = wanted.outcome, None, None
    if wanted.away_until is not None:
        visit.away_until, visit.away_ended_on = wanted.away_until, None
    if wanted.note is not None:
        visit.note = wanted.note[:LONGEST_NOTE] or None


def _period(session: Session, visit: Visit) -> date:
    """The first day of the period that the visit's day lies in."""
    return records.period_start(session, visit.household_id, visit.visited_on)


def add_words(session: Session, person_id: int, visit_id: int, words: str, *, now: datetime) -> Corrected:
    """补充一句: the words go behind what the record says. Raises Refused("visit.not_yours", "visit.write_words")."""
    visit = get_own(session, person_id, visit_id)
    if not words.strip():
        raise Refused("visit.write_words")
    note = ";".join(part for part in (visit.note or "", words.strip()) if part)
    return correct_visit(session, person_id, visit_id, visit.version, Wanted(note=note), reason="addition", now=now)


def say_until(session: Session, person_id: int, visit_id: int, until: date, *, now: datetime) -> Corrected:
    """到什么时候回来: the last day on which the family is away. Raises Refused("visit.not_yours", "visit.away_past")."""
    visit = get_own(session, person_id, visit_id)
    if visit.away_until == until:
        return Corrected(visit_id)
    wanted = Wanted(away_until=until)
    return correct_visit(session, person_id, visit_id, visit.version, wanted, reason="away_until", now=now)


def find_meant(
    session: Session, person_id: int, household_id: int | None, day: date | None, *, now: datetime
) -> list[int]:
    """Which own record a message corrects: that of the day, else the newest; several where it is not clear."""
    rows = session.execute(
        select(Visit.id, Visit.household_id, Visit.visited_on, Visit.confirmed_at, Visit.draft_id)
        .where(
            Visit.person_id == person_id,
            Visit.state == "confirmed",
            Visit.visited_on >= local_day(now) - MEANT_FOR,
            *([Visit.household_id == household_id] if household_id else []),
        )
        .order_by(Visit.confirmed_at.desc(), Visit.id.desc())
    ).all()
    if not rows:
        return []
    if day is not None and (that_day := [row.id for row in rows if row.visited_on == day]):
        return that_day[:CANDIDATES]
    newest = rows[0]
    if household_id is None:
        return [row.id for row in rows if row.draft_id == newest.draft_id][:CANDIDATES]
    return [row.id for row in rows if row is newest or row.confirmed_at >= now - LATELY][:CANDIDATES]


# --- what was changed --------------------------------------------------------------------------------------

SHOWN = ("household_id", "visited_on", "outcome", "kind", "away_until", "note")


@dataclass(frozen=True)
class Difference:
    """One thing that a version says otherwise than the one before; days as days, households by their head's name."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class VersionView:
    version: int
    on: date
    reason: str
    differences: tuple[Difference, ...]


def list_changes(session: Session, visit_id: int) -> list[VersionView]:
    """How often a record was changed and what, oldest first; not its withdrawal."""
    rows = session.scalars(
        select(VisitVersion).where(VisitVersion.visit_id == visit_id).order_by(VisitVersion.version)
    ).all()
    said = [_said(session, row.facts) for row in rows]
    found = []
    for before, after, row in zip(said, said[1:], rows[1:], strict=False):
        if row.reason in REASONS:
            differences = [Difference(name, before[name], after[name]) for name in SHOWN if before[name] != after[name]]
            found.append(VersionView(row.version, local_day(row.at), row.reason, tuple(differences)))
    return found


def _said(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    """A version's facts as people read them."""
    values: dict[str, Any] = {name: facts.get(name) for name in SHOWN}
    for name in ("visited_on", "away_until"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    household = session.get(Household, values["household_id"]) if values["household_id"] else None
    values["household_id"] = household.head_name if household else ""
    values["note"] = keyring().decrypt(values["note"]) if values["note"] else ""
    return values

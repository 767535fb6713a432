"""A duty's timeline: what happened, who did it, in names and reasons."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import DutyEvent
from models.people import Person
from models.reasons import name_reason
from models.times import local_day

EVENTS_SHOWN = 8
OWN_EVENTS = ("later",)
"""What only concerns who did it."""


@dataclass(frozen=True)
class EventView:
    on: date
    kind: str
    who: str | None
    facts: dict[str, Any]
    words: str | None


def list_events(session: Session, duty_id: int, limit: int = EVENTS_SHOWN) -> list[EventView]:
    """The newest lines of a duty's timeline that others may see, oldest of them first."""
    rows = session.execute(
        select(DutyEvent, Person.name)
        .outerjoin(Person, Person.id == DutyEvent.person_id)
        .where(DutyEvent.duty_id == duty_id, DutyEvent.kind.not_in(OWN_EVENTS))
        .order_by(DutyEvent.at.desc(), DutyEvent.id.desc())
        .limit(limit)
    ).all()
    return [
        EventView(local_day(row.DutyEvent.at), row.DutyEvent.kind, row.name, _event_facts(session, row.DutyEvent),
                  row.DutyEvent.words)
        for row in reversed(rows)
    ]  # fmt: skip


def _event_facts(session: Session, event: DutyEvent) -> dict[str, Any]:
    """An event's facts with names for its person ids, days as days, reasons in words."""
    facts = dict(event.facts or {})
    cause = event.cause if event.cause and ":" not in event.cause else None
    reason = name_reason(facts.get("reason") or cause)
    facts |= {"reason": reason.code, "reason_zh": reason.zh, "reason_en": reason.en}
    people = facts.get("to")
    ids = tuple(each for each in (people if isinstance(people, list) else [people]) if isinstance(each, int))
    facts["to"] = list_names(session, ids)
    return {
        name: date.fromisoformat(value) if name in ("until", "day", "on") and isinstance(value, str) else value
        for name, value in facts.items()
    }


def list_names(session: Session, person_ids: tuple[int, ...]) -> list[str]:
    """The names of these people, in the order given."""
    found = {
        row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    }
    return [found[each] for each in person_ids if each in found]

"""What was logged on top of an import: rows about which something happened since cannot be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, cast, func, literal, or_, select, types
from sqlalchemy.orm import Session

from models.audit import AuditRow
from models.duties.tables import Duty
from models.households import Assignment, Household
from models.imports.tables import Import, ImportRow
from models.people import Person
from models.requests import Request
from models.times import local_day
from models.trails import Trail
from models.visits.tables import Visit

SAID = ("household.head", "household.split", "household.merge", "household.move", "household.resume", "household.end")
REASONS = ("visit", "handover", "explained", "request", "import", "changed", "joined", "assigned")
"""Why a row stays: a visit, another helper or a cover, 没去成, a request, a later import, an officer's word; of a
person: has joined, helps households of another import."""


@dataclass(frozen=True)
class Blocked:
    """A sheet row that stays as it was imported, who it is about and why."""

    row: int
    subject_id: int
    name: str
    reason: str


def since(found: Import) -> datetime:
    """The moment from which on everything was done on top of this import."""
    confirmed = found.counts.get("confirmed_at")
    return datetime.fromisoformat(confirmed) if confirmed else found.created_at


def list_blocked(session: Session, found: Import) -> list[Blocked]:
    """Every written row of an import that cannot be taken back now, in the order of the sheet."""
    reasons = find_reasons(session, found, _written(found))
    table, name = (Household, Household.head_name) if found.kind == "households" else (Person, Person.name)
    rows = session.execute(
        select(ImportRow.sheet_row, ImportRow.subject_id, name)
        .join(table, table.id == ImportRow.subject_id)
        .where(ImportRow.import_id == found.id, ImportRow.state == "applied", ImportRow.subject_id.in_(reasons))
        .order_by(ImportRow.sheet_row)
    )
    return [Blocked(row, subject, name, reasons[subject]) for row, subject, name in rows if subject is not None]


def _written(found: Import) -> Select[Any]:
    return select(ImportRow.subject_id).where(ImportRow.import_id == found.id, ImportRow.state == "applied")


def find_reasons(session: Session, found: Import, subjects: Select[Any] | Iterable[int]) -> dict[int, str]:
    """Household or person id → why its row cannot be taken back."""
    ids = subjects if isinstance(subjects, Select) else list(subjects)
    if found.kind == "people":
        return _of_people(session, found, ids)
    after, day = since(found), local_day(since(found))
    other = func.coalesce(Assignment.reason, "") != "import"
    queries = {
        "changed": _said(after),
        "import": _imported_later(found),
        "request": select(Request.household_id).where(Request.created_at >= after, Request.state != "withdrawn"),
        "explained": select(Duty.household_id).where(Duty.closed_at >= after, Duty.state == "explained"),
        "handover": select(Assignment.household_id).where(
            other,
            Assignment.reason.is_distinct_from("split"),
            or_(Assignment.created_at >= after, Assignment.ends_on >= day),
        ),
        "visit": select(Visit.household_id).where(
            Visit.logged_at >= after, Visit.state.not_in(("withdrawn", "dropped"))
        ),
    }
    return _first_reasons(session, queries, ids)


def _first_reasons(session: Session, queries: dict[str, Select[Any]], ids: Any) -> dict[int, str]:
    found: dict[int, str] = {}
    for reason, query in queries.items():
        (column,) = query.selected_columns
        found |= dict.fromkeys(session.scalars(query.where(column.in_(ids)).distinct()), reason)
    return found


def _said(after: datetime) -> Select[Any]:
    """Households that an officer changed by word; the same changes by an import name the import."""
    subject = literal("household:").concat(cast(Household.id, types.Text))
    return (
        select(Household.id)
        .join(AuditRow, AuditRow.subject == subject)
        .where(AuditRow.at >= after, AuditRow.action.in_(SAID), AuditRow.facts["import_id"].as_string().is_(None))
    )


def _imported_later(found: Import) -> Select[Any]:
    return (
        select(ImportRow.subject_id)
        .join(Import, Import.id == ImportRow.import_id)
        .where(ImportRow.import_id > found.id, Import.kind == found.kind, ImportRow.state == "applied")
    )


def _of_people(session: Session, found: Import, ids: Any) -> dict[int, str]:
    """Who was made by the import and has begun to use the account, or is used by others."""
    after = since(found)
    later = _first_reasons(session, {"import": _imported_later(found)}, ids)
    used = _first_reasons(
        session,
        {
            "assigned": select(Assignment.person_id).where(
                Assignment.created_at >= after, Assignment.ends_on.is_(None)
            ),
            "joined": select(Person.id).where(Person.joined_at >= after),
            "visit": select(Visit.person_id).where(
                Visit.logged_at >= after, Visit.state.not_in(("withdrawn", "dropped"))
            ),
        },
        ids,
    )
    rows = session.execute(
        select(ImportRow.subject_id, ImportRow.before).where(
            ImportRow.import_id == found.id, ImportRow.subject_id.in_(used), ImportRow.before.is_not(None)
        )
    )
    made = {subject for subject, before in rows if before and subject in Trail.load(before).ids("people")}
    return {person: reason for person, reason in used.items() if person in made} | later

"""Applying a confirmed import, one short commit a batch.
A row is compared again in the commit that writes it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.duties.owners import after_assignment
from models.duties.restoring import DUTY_FIELDS
from models.households import Household
from models.households.changing import open_duties
from models.imports.actions import locked, scope_for, tell_author
from models.imports.applying import add_households, change_household, merge_households
from models.imports.comparing import Compared
from models.imports.rows import compare_rows
from models.imports.tables import Import, ImportRow
from models.imports.values import SheetRow, load_household, load_person
from models.imports.writing import Writing, add_helpers, write_people
from models.sheets.households import HouseholdRow
from models.sheets.people import PersonRow
from models.times import local_day

BATCH = 200
"""Rows of one commit: short enough that taps are answered meanwhile."""
WRITABLE = ("new", "changed")


def apply_batch(session: Session, import_id: int, *, now: datetime, limit: int = BATCH) -> bool:
    """Writes up to `limit` rows of a confirmed import; True while there may be more.

    What was staged as new may be known by now, and the other way round:
    only what is true in this commit is written.
    A row that has become doubtful or forbidden meanwhile is kept as such, with its reason, and not written.
    """
    found = locked(session, import_id, "applying", "done")
    if found.state == "done":
        return False
    staged = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.state.in_(WRITABLE))
        .order_by(ImportRow.sheet_row)
        .limit(limit)
    ).all()
    if not staged:
        _finish(session, found, now)
        return False
    load = load_household if found.kind == "households" else load_person
    rows: list[SheetRow] = [load(row.values) for row in staged]
    decided = {row.sheet_row: row.changes["decided"] for row in staged if "decided" in row.changes}
    known, compared = compare_rows(session, scope_for(session, found), rows, import_id=import_id, decided=decided)
    writing = Writing(session, known, now, local_day(now), import_id, found.person_id)
    _write(writing, list(zip(staged, rows, compared, strict=True)))
    if writing.areas_made:
        found.counts = {**found.counts, "areas": [*found.counts.get("areas", ()), *writing.areas_made]}
    return True


def _write(writing: Writing, batch: list[tuple[ImportRow, SheetRow, Compared]]) -> None:
    for staged, _, result in batch:
        if result.state in ("ask", "fault"):
            _keep_back(staged, result)
    wanted = [entry for entry in batch if entry[2].state not in ("ask", "fault")]
    people = [(staged, row) for staged, row, _ in wanted if isinstance(row, PersonRow)]
    homes = [(staged, row, result) for staged, row, result in wanted if isinstance(row, HouseholdRow)]
    subjects = write_people(writing, [row for _, row in people])
    for (staged, _), person_id in zip(people, subjects, strict=True):
        staged.subject_id, staged.state = person_id, "applied"
    add_helpers(writing, [row for _, row, result in homes if result.state != "unchanged"])
    # Where a new household comes from is known from the whole sheet; rows before this one may have been written.
    new = [
        (staged, row, replace(result, origin=staged.changes.get("origin", result.origin)))
        for staged, row, result in homes
        if result.state == "new"
    ]
    ids = add_households(writing, [(row, result) for _, row, result in new])
    for (staged, _, _), household_id in zip(new, ids, strict=True):
        staged.subject_id, staged.state = household_id, "applied"
    _change(writing, [entry for entry in homes if entry[2].subject_id is not None])
    writing.flush()
    for staged, row, _ in wanted:
        trail = writing.hand(row.row).trail
        staged.before = trail.dump() if trail else None


def _change(writing: Writing, batch: list[tuple[ImportRow, HouseholdRow, Compared]]) -> None:
    handed: dict[int, int] = {}
    for staged, row, result in batch:
        household = writing.session.get_one(Household, result.subject_id)
        change_household(writing, household, row, result)
        merge_households(writing, household, row, staged.changes.get("merge", []))
        staged.subject_id, staged.state = household.id, "applied"
        if "helper" in result.changes:
            handed[household.id] = row.row
    if handed:
        writing.session.flush()
        for duty in open_duties(writing.session, handed):
            writing.hand(handed[duty.household_id or 0]).trail.keep(duty, *DUTY_FIELDS)
        after_assignment(writing.session, list(handed), now=writing.now)


def _keep_back(staged: ImportRow, result: Compared) -> None:
    staged.state = result.state
    staged.changes = {"candidates": list(result.candidates)} if result.candidates else {}
    faults: list[dict[str, Any]] = [
        {"letter": "", "header": column, "code": code, "values": {}, "blocks": blocks}
        for column, code, blocks in result.problems
    ]
    if faults:
        staged.faults, staged.flawed = faults, True


def _finish(session: Session, found: Import, now: datetime) -> None:
    """All rows are written: the import is done, its author is told with `import.done`."""
    counted = select(func.count()).where(ImportRow.import_id == found.id, ImportRow.state == "applied")
    applied = session.scalar(counted) or 0
    found.state, found.finished_at, found.version = "done", now, found.version + 1
    found.counts = {**found.counts, "applied": applied}
    audit.record(
        session, "import.done", now=now, person_id=found.person_id, subject=f"import:{found.id}", applied=applied
    )
    tell_author(session, found, "import.done", now)

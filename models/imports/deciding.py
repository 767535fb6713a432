"""What the officer says about doubtful rows: whom a row means, which place a name is, whether two households are one."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.access import PersonView
from models.areas import Area
from models.errors import Refused
from models.imports.actions import access_import, scope_for
from models.imports.comparing import KEEP, MERGE, NEW, SKIP
from models.imports.missing import count_missing
from models.imports.settling import (
    compare_again,
    compare_anew,
    count_kinds,
    list_asked,
    say_merge,
    settle_merges,
    settle_sheet,
)
from models.imports.tables import Import, ImportRow


def decide(
    session: Session, me: PersonView | None, import_id: int, sheet_row: int, said: int | str, *, now: datetime
) -> int:
    """Says whom a doubtful row means: one of its candidates by id, "new", or "skip"; of a doubtful merge "merge" or
    "keep" (only people moved). How many doubts are left.

    Raises Refused: import.unknown, import.over, import.no_doubt, import.not_a_candidate.
    """
    found = access_import(session, me, import_id)
    row = session.scalar(select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.sheet_row == sheet_row))
    if row is None or not ({"candidates", "merge_asked"} & set(row.changes)):
        raise Refused("import.no_doubt", row=sheet_row)
    if said not in allowed_words(found, row):
        raise Refused("import.not_a_candidate", row=sheet_row)
    if "place" in row.changes:
        _decide_place(session, found, row.changes["place"], said)
    elif said == SKIP:
        row.state, row.subject_id = "skipped", None
        row.changes = {**row.changes, "decided": SKIP}
    elif said in (MERGE, KEEP):
        say_merge(row, merged=said == MERGE)
    else:
        _decide_who(session, found, row, said)
    if found.kind == "households":
        count_kinds(session, found)
        found.counts = {**found.counts, "missing": count_missing(session, found)}
    session.flush()
    left = select(func.count()).where(ImportRow.import_id == import_id, ImportRow.state == "ask")
    return session.scalar(left) or 0


def allowed_words(found: Import, row: ImportRow) -> list[int | str]:
    """What may be said about a doubtful row."""
    if "merge_asked" in row.changes:
        return [SKIP, MERGE, KEEP]
    new_village = "place" in row.changes and found.township_id not in row.changes["candidates"]
    return [SKIP, *row.changes["candidates"], *([NEW] if found.kind == "households" or new_village else [])]


def _decide_place(session: Session, found: Import, name: str, said: int | str) -> None:
    """What a name of a place means, for all rows that have it at once."""
    rows = [row for row in list_asked(session, found.id) if row.changes.get("place") == name]
    if said == SKIP:
        for row in rows:
            row.state = "skipped"
        return
    found.counts = {**found.counts, "places": {**found.counts.get("places", {}), name: said}}
    scope = scope_for(session, found)
    for start in range(0, len(rows), 250):
        compare_anew(session, found, scope, rows[start : start + 250])
    if found.kind != "households":
        return
    area = session.get(Area, said) if isinstance(said, int) else None
    here = {area.name if area else name}
    found.counts = {**found.counts, "villages": sorted(here | set(found.counts["villages"]))}
    if area is None:
        found.counts = {**found.counts, "new_villages": sorted(here | set(found.counts.get("new_villages", ())))}
    settle_sheet(session, found, scope)


def _decide_who(session: Session, found: Import, row: ImportRow, said: int | str) -> None:
    candidates = row.changes["candidates"]
    if found.kind == "households":
        compare_again(session, found, scope_for(session, found), row, said)
        if row.state == "unchanged":
            row.state = "changed"
        settle_merges(session, found, row)
    else:
        row.state, row.subject_id = "changed", int(said)
    row.changes = {**row.changes, "candidates": candidates, "decided": said}

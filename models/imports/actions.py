"""The verbs of an import: start, stage in batches, finish, decide, confirm or cancel, apply in short commits.

States: staging → previewed → applying → done; or cancelled.
Every batch is one commit and may be repeated: a row that
was staged or applied already is left alone, so a kill at any point costs nothing but the batch it was in.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from models import audit, outbox
from models.access import PersonView
from models.areas import Area
from models.errors import Refused
from models.imports.comparing import NEW, Compared
from models.imports.helping import is_new_helper
from models.imports.known import Known, Scope, scope_of
from models.imports.missing import count_missing
from models.imports.queries import find_open, get_import
from models.imports.rows import DataLine, Line, compare_rows, faults_of, line_number, row_of
from models.imports.settling import (
    facts_of,
    settle_sheet,
)
from models.imports.tables import Import, ImportRow
from models.imports.values import SheetRow, dump, dump_faults
from models.jobs import ask_for
from models.people import Person
from models.sheets.households import HouseholdRow
from models.sheets.lines import Skipped
from models.sheets.mapping import Mapping
from models.sheets.people import PersonRow

RIGHT = "roster.import"


def township_of(session: Session, me: PersonView) -> int:
    """The one township that somebody imports for. Raises Refused("import.not_yours",
    "import.which_township").
    """
    paths = me.paths(RIGHT)
    if not paths:
        raise Refused("import.not_yours")
    inside = [Area.path.startswith(path, autoescape=True) for path in paths]
    found = session.scalars(select(Area.id).where(Area.level == "township").where(or_(*inside))).all()
    if len(found) != 1:
        raise Refused("import.which_township", count=len(found))
    return found[0]


def start(
    session: Session,
    me: PersonView | None,
    *,
    filename: str,
    sha256: str,
    mapping: Mapping,
    now: datetime,
    township_id: int | None = None,
) -> int:
    """A new import, ready for its rows; its id. `me` None is the operator, who names the township.

    An older import of the same person that was not confirmed is cancelled. Raises Refused: sheet.columns_missing
    (fields), import.not_yours, import.which_township.
    """
    mapping.need_all()
    if me is not None:
        township_id = township_of(session, me)
    if township_id is None:
        raise Refused("import.which_township", count=0)
    person_id = me.id if me else None
    for older in find_open(session, person_id):
        older.state, older.version, older.finished_at = "cancelled", older.version + 1, now
    started = Import(
        person_id=person_id,
        township_id=township_id,
        filename=filename[:200],
        sha256=sha256,
        kind=mapping.kind,
        state="staging",
        mapping=_mapping_facts(mapping),
        counts={"paths": list(me.paths(RIGHT)) if me else None, "villages": [], "skipped": {}, "left_out": 0},
        created_at=now,
    )
    session.add(started)
    session.flush()
    audit.record(session, "import.start", now=now, person_id=person_id, subject=f"import:{started.id}")
    return started.id


def _mapping_facts(mapping: Mapping) -> dict[str, Any]:
    facts = asdict(mapping)
    facts["signature"] = mapping.signature
    return facts


def stage(session: Session, import_id: int, lines: Sequence[Line], *, now: datetime) -> None:
    """Compares a batch of sheet rows with what is known and keeps them; rows staged before are left alone."""
    found = locked(session, import_id, "staging")
    staged = set(
        session.scalars(
            select(ImportRow.sheet_row).where(
                ImportRow.import_id == import_id,
                ImportRow.sheet_row.in_([line_number(line) for line in lines]),
            )
        )
    )
    counts = dict(found.counts)
    fresh = [line for line in lines if line_number(line) not in staged]
    for line in fresh:
        if isinstance(line, Skipped):
            counts["skipped"] = {**counts["skipped"], str(line.row): line.why}
    rows = [line for line in fresh if not isinstance(line, Skipped)]
    scope = scope_for(session, found)
    known, compared = compare_rows(session, scope, [row_of(line) for line in rows], import_id=import_id)
    if rows:
        made = [_staged(import_id, line, result) for line, result in zip(rows, compared, strict=True)]
        session.execute(insert(ImportRow), made)
    counts["left_out"] += sum(not fault.blocks for line in rows for fault in line.faults)
    _count_places(counts, known, [row for line in rows if (row := row_of(line)) is not None])
    found.counts = counts


def _count_places(counts: dict[str, Any], known: Known, rows: list[SheetRow]) -> None:
    """Villages by the names they have here, new ones, and rows whose helper no people sheet has brought."""
    homes = [row for row in rows if isinstance(row, HouseholdRow)]
    granted = {row.area for row in rows if isinstance(row, PersonRow) and any(p.scope == "village" for p in row.posts)}
    names = {name: known.village(name) for name in {row.village for row in homes} | granted}
    new = {name for name, area in names.items() if area is None and not known.doubtful(name)}
    here = {area.name if area else name for name, area in names.items()} - granted
    counts["villages"] = sorted(here | set(counts["villages"]))
    counts["new_villages"] = sorted(new | set(counts.get("new_villages", ())))
    counts["new_helpers"] = counts.get("new_helpers", 0) + sum(is_new_helper(known, row, "first") for row in homes)


def _staged(import_id: int, line: DataLine, compared: Compared) -> dict[str, Any]:
    faults = faults_of(line, compared)
    return {
        "import_id": import_id,
        "sheet_row": line.number,
        "state": compared.state,
        "subject_id": compared.subject_id,
        "values": dump(row_of(line), faults),
        "changes": facts_of(compared),
        "faults": dump_faults(faults),
        "flawed": bool(faults),
    }


def scope_for(session: Session, found: Import) -> Scope:
    """Where this import may write: the area paths its author had when it was started; what is known of its names.

    A village that was new when the sheet was read is not doubtful because a similar one has been made since.
    """
    paths = found.counts["paths"]
    places = {**dict.fromkeys(found.counts.get("new_villages", ()), NEW), **found.counts.get("places", {})}
    return scope_of(session, get_township_id(found), tuple(paths) if paths is not None else None, places)


def get_township_id(found: Import) -> int:
    if found.township_id is None:
        raise Refused("import.which_township", count=0)
    return found.township_id


def locked(session: Session, import_id: int, *states: str) -> Import:
    """The import, held against a second worker until the commit. Raises Refused("import.unknown",
    "import.over").
    """
    found = session.scalar(
        select(Import).where(Import.id == import_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise Refused("import.unknown")
    if found.state not in states:
        raise Refused("import.over", state=found.state)
    return found


def finish_staging(session: Session, import_id: int, *, now: datetime) -> int:
    """The file is read to its end: doubts are settled where the sheet itself settles them,
    what is missing is counted.

    The author is told with a message of kind `import.previewed`; the import's version,
    which its buttons carry.
    """
    found = locked(session, import_id, "staging")
    if found.kind == "households":
        settle_sheet(session, found, scope_for(session, found))
    found.counts = {**found.counts, "missing": count_missing(session, found)}
    found.state = "previewed"
    tell_author(session, found, "import.previewed", now)
    return found.version


def tell_author(session: Session, found: Import, kind: str, now: datetime) -> None:
    author = session.get(Person, found.person_id) if found.person_id else None
    if author is not None:
        key = f"{kind}:{found.id}:{found.version}"
        ids = {"import_id": found.id}
        outbox.tell(session, person=author, lane="answers", kind=kind, ids=ids, key=key, due_at=now, now=now)


def access_import(session: Session, me: PersonView | None, import_id: int, version: int | None = None) -> Import:
    """The import if it is the person's own (`me` None: the operator's), still waiting for a word.

    Raises Refused: import.unknown (foreign ones too), import.over, import.stale.
    """
    found = get_import(session, import_id)
    if found.person_id != (me.id if me else None):
        raise Refused("import.unknown")
    found = locked(session, import_id, "previewed")
    if version is not None and found.version != version:
        raise Refused("import.stale")
    if me is not None and not me.may(RIGHT):
        raise Refused("import.not_yours")
    return found


def confirm(session: Session, me: PersonView | None, import_id: int, version: int, *, now: datetime) -> int:
    """Begins to apply; a tick does the work in short commits.
    Undecided and faulty rows stay as they are. The id.

    Raises Refused: import.unknown, import.over, import.stale, import.not_yours.
    """
    found = access_import(session, me, import_id, version)
    found.state, found.version = "applying", found.version + 1
    found.counts = {**found.counts, "confirmed_at": now.isoformat()}
    ask_for(session, "import")
    audit.record(session, "import.confirm", now=now, person_id=found.person_id, subject=f"import:{import_id}")
    return import_id


def cancel(session: Session, me: PersonView | None, import_id: int, version: int, *, now: datetime) -> int:
    """Drops a previewed import; nothing was written, its rows stay to be looked at. Raises as `confirm`."""
    found = access_import(session, me, import_id, version)
    found.state, found.version, found.finished_at = "cancelled", found.version + 1, now
    audit.record(session, "import.cancel", now=now, person_id=found.person_id, subject=f"import:{import_id}")
    return import_id

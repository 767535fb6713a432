"""Roster files from the chat and from the command line: read in a thread,
staged and applied in short commits.

Reading never happens inside a transaction, so taps are answered while a large sheet comes in.
"""

import argparse
import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from bot.config import Config
from bot.db import Database, make_engine
from bot.reports import CommandError, Progress, Report
from bot.setup import open_keyring, set_up_database, set_up_times
from bot.undoing import undo_import
from models.access import PersonView
from models.areas import UNNAMED_TOWNSHIP, ensure_township, find_township
from models.imports import actions
from models.imports.batches import apply_batch
from models.imports.dry_run import DryRun, dry_run
from models.imports.missing import list_missing
from models.imports.places import count_places
from models.imports.queries import Preview, list_faults, list_overloaded, list_rows, preview
from models.imports.rows import Line
from models.migrations import head, migrate
from models.secrets import Keyring, new_key, use_keyring
from models.sheets.rosters import Roster, open_roster
from models.times import local_day

STAGED_AT_ONCE = 250
SHOWN = 10_000
"""Faults, changes and missing ones that a report lists."""
SAID = {"head": "new heads", "split": "split off", "merge": "merged", "move": "moved"}
Now = Callable[[], datetime]


async def stage_file(
    database: Database, me: PersonView | None, path: Path, *, filename: str, now: Now, township_id: int | None = None
) -> int:
    """Reads a file into a new import up to its preview; the import's id.
    The author is told by `import.previewed`.

    Raises Refused for a file that is no roster (`sheet.…`) or a person who may not (`import.…`).
    """
    roster = await asyncio.to_thread(open_roster, path)
    sha256 = await asyncio.to_thread(file_hash, path)
    import_id = await database.run(
        actions.start,
        me,
        filename=filename,
        sha256=sha256,
        mapping=roster.mapping,
        township_id=township_id,
        now=now(),
    )
    await _stage_lines(database, import_id, roster, now)
    return import_id


async def _stage_lines(database: Database, import_id: int, roster: Roster, now: Now) -> None:
    coming = _batches(roster.lines(local_day(now())))
    while batch := await asyncio.to_thread(next, coming, None):
        await database.run(actions.stage, import_id, batch, now=now())
    await database.run(actions.finish_staging, import_id, now=now())


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, STAGED_AT_ONCE)):
        yield batch


def file_hash(path: Path) -> str:
    """The sha256 of a file's content, as text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def apply_import(database: Database, import_id: int, *, now: Now, total: int = 0) -> None:
    """Writes a confirmed import to its end, batch by batch; a running bot may be doing the same,
    nothing is doubled.
    """
    progress, done = Progress("rows written"), 0
    while await database.run(apply_batch, import_id, now=now()):
        done = min(done + STAGED_AT_ONCE, total)
        progress(done, total)


async def import_sheet(database: Database, path: Path, *, now: datetime) -> int:
    """Stages, confirms and writes a file in one go, as the operator; the import's id.
    The township must be there.
    """
    township_id = await database.read(find_township)
    import_id = await stage_file(database, None, path, filename=path.name, now=lambda: now, township_id=township_id)
    seen: Preview = await database.read(preview, import_id)
    await database.run(actions.confirm, None, import_id, seen.version, now=now)
    await apply_import(database, import_id, now=lambda: now, total=seen.new + seen.changed)
    return import_id


def import_file(config: Config, options: argparse.Namespace) -> Report:
    """`zoufang import FILE [--dry-run]`: households or people from a spreadsheet, whichever it is.

    With `--dry-run` nothing is written. Without it everything is written but rows with faults and
    doubtful rows. With `--undo ID` an import is taken back instead.
    """
    if options.undo is not None:
        return undo_import(config, options)
    path: Path | None = options.file
    if path is None:
        raise CommandError("Name a FILE to import, or an import with --undo ID.")
    if not path.is_file():
        raise CommandError(f"{path} is not there, or is no file.")
    set_up_times(config)
    if options.dry_run:
        return _dry_run(config, path)
    return asyncio.run(_import(config, path))


async def _import(config: Config, path: Path) -> Report:
    database = Database(config.database_url)
    try:
        keys = open_keyring(config)
        database.open()
        await database.run(set_up_database, config, keys, now=_now())
        township_id = await database.read(find_township)
        import_id = await stage_file(database, None, path, filename=path.name, now=_now, township_id=township_id)
        seen: Preview = await database.read(preview, import_id)
        facts = await database.read(_facts, seen, township_id)
        await database.run(actions.confirm, None, import_id, seen.version, now=_now())
        await apply_import(database, import_id, now=_now, total=seen.new + seen.changed)
        after: Preview = await database.read(preview, import_id)
    finally:
        database.close()
    facts["counts"]["applied"] = after.applied
    facts["import"] = import_id
    return _report(path.name, facts, written=after.applied)


def _now() -> datetime:
    return datetime.now(UTC)


def _facts(session: Session, seen: Preview, township_id: int) -> dict[str, Any]:
    faults = list_faults(session, seen.id, limit=SHOWN)
    left_out = list_faults(session, seen.id, limit=SHOWN, blocking=False)
    return {
        "kind": seen.kind,
        "counts": {
            "rows": seen.rows,
            "new": seen.new,
            "changed": seen.changed,
            "unchanged": seen.unchanged,
            "ask": seen.ask,
            "faulty": seen.fault,
            "missing": seen.missing,
            "left_out": len(left_out),
        },
        "kinds": seen.kinds,
        "columns": [asdict(column) for column in seen.columns],
        "unmapped": [header for _, header in seen.unmapped],
        "totals_rows": list(seen.totals),
        "other_sheets": list(seen.others),
        "places": count_places(session, seen.id),
        "new_villages": list(seen.new_villages),
        "faults": [asdict(fault) for fault in faults + left_out],
        "changes": [
            {"row": row.row, "fields": row.changes} for row in list_rows(session, seen.id, "changed", limit=SHOWN)
        ],
        "asks": [{"row": row.row} for row in list_rows(session, seen.id, "ask", limit=SHOWN)],
        "missing": [view.id for view in list_missing(session, seen.id, limit=SHOWN)],
        "overloaded": len(list_overloaded(session, township_id)),
    }


def _dry_run(config: Config, path: Path) -> Report:
    roster = open_roster(path)
    roster.mapping.need_all()
    with _session_to_look(config) as session:
        township_id = find_township(session) or ensure_township(session, "", UNNAMED_TOWNSHIP)
        found = dry_run(session, township_id, roster.mapping, roster.lines(local_day(_now())))
        session.rollback()
    return _report(path.name, _dry_facts(roster, found), written=None)


def _session_to_look(config: Config) -> Session:
    """The database as it is, or an empty one in memory where there is none yet:
    nothing is made by looking.
    """
    engine = make_engine(config.database_url)
    file = config.database_file
    if (file is None or file.exists()) and _is_ready(engine):
        open_keyring(config)
        return Session(engine.execution_options(read_only=True))
    use_keyring(Keyring({"k1": new_key()}, current="k1"))
    empty = create_engine("sqlite://", poolclass=StaticPool)
    with empty.begin() as connection:
        migrate(connection)
    return Session(empty)


def _is_ready(engine: Any) -> bool:
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision != head():
        raise CommandError("The database has an older schema; run zoufang migrate first.")
    return revision is not None


def _dry_facts(roster: Roster, found: DryRun) -> dict[str, Any]:
    mapping, counts = roster.mapping, found.counts
    names = ("new", "changed", "unchanged", "ask")
    return {
        "kind": mapping.kind,
        "counts": {
            "rows": sum(counts.values()),
            **{name: counts[name] for name in names},
            "faulty": counts["fault"],
            "missing": len(found.missing),
            "left_out": sum(not fault.blocks for fault in found.faults),
        },
        "kinds": {kind: count for kind, count in found.kinds.items() if count},
        "columns": [
            {"field": match.field, "letter": match.column.letter, "header": match.column.header, "sure": match.sure}
            for match in mapping.matches
        ],
        "unmapped": [column.header for column in mapping.unmapped],
        "totals_rows": [line.row for line in found.skipped if line.why == "totals"],
        "other_sheets": list(mapping.others),
        "places": dict(found.places),
        "new_villages": sorted(found.new_villages),
        "faults": [asdict(fault) for fault in found.faults[:SHOWN]],
        "changes": [{"row": row, "fields": changes} for row, _, changes in found.changes[:SHOWN]],
        "asks": [{"row": row} for row, _, _ in found.asks[:SHOWN]],
        "missing": [view.id for view in found.missing[:SHOWN]],
    }


def _report(name: str, facts: dict[str, Any], *, written: int | None) -> Report:
    counts = facts["counts"]
    lines = [
        f"{name}: {facts['kind']}, {counts['rows']} rows",
        f"  new {counts['new']}, changed {counts['changed']}, unchanged {counts['unchanged']}",
        f"  to be asked {counts['ask']}, faulty {counts['faulty']}, not in the sheet {counts['missing']}"
        " (listed, never removed)",
    ]
    if facts["kinds"]:
        lines.append("  of these " + ", ".join(f"{SAID[kind]} {count}" for kind, count in facts["kinds"].items()))
    if facts["new_villages"]:
        lines.append("  new villages: " + ", ".join(facts["new_villages"]))
    lines += [
        f"  “{name}” is not known here but like a name that is: {count} rows wait for the word of an officer in the chat"
        for name, count in facts["places"].items()
    ]
    lines += [f"  not read, but looks like a roster too: sheet {name}" for name in facts["other_sheets"]]
    lines += [_fault_line(fault) for fault in facts["faults"]]
    undo = f" To take them back: zoufang import --undo {facts['import']}" if written else ""
    lines.append("Nothing was written." if written is None else f"{written} rows were written.{undo}")
    return Report(tuple(lines), {**facts, "written": written or 0, "dry_run": written is None})


def _fault_line(fault: dict[str, Any]) -> str:
    from handlers.locales import words  # Babel is loaded only where there is a fault to put into words

    t = words("en")
    cell = f"{fault['letter']}{fault['row']} {fault['header']} “{fault['value']}”"
    if not fault["letter"]:
        field = t(f"field.{fault['header']}")
        cell = f"row {fault['row']} {field}"
    kept = "" if fault["blocks"] else " (only this cell is left out)"
    reason = t(f"fault.{fault['code']}", **fault["values"])
    return f"  {cell}: {reason}{kept}"

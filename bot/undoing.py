"""`zoufang import --undo ID`: an import taken back by the operator, row by row, until something was logged on top."""

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

from bot.config import Config
from bot.db import Database
from bot.reports import CommandError, Progress, Report
from bot.setup import open_keyring, set_up_database, set_up_times
from models.imports import undoing
from models.imports.queries import Preview, preview
from models.imports.undoing import BATCH, UndoView

Now = Callable[[], datetime]
WHY = {
    "visit": "visited since", "handover": "another helper or a cover since", "explained": "explained since",
    "request": "a request since", "import": "changed by a later import", "changed": "changed by an officer since",
    "joined": "has joined", "assigned": "helps households",
}  # fmt: skip


def undo_import(config: Config, options: argparse.Namespace) -> Report:
    """Rows with something logged on top are listed; `--rest` leaves them and takes back the others, `--dry-run` only
    looks."""
    set_up_times(config)
    return asyncio.run(_undo(config, options))


async def _undo(config: Config, options: argparse.Namespace) -> Report:
    database = Database(config.database_url)
    try:
        keys = open_keyring(config)
        database.open()
        await database.run(set_up_database, config, keys, now=_now())
        seen: UndoView = await database.run(undoing.view_undo, None, options.undo, now=_now())
        if options.dry_run:
            return _report(seen, None)
        if seen.blocked and not options.rest:
            raise CommandError(
                "\n".join([*_lines(seen), "Nothing was done. With --rest the other rows are taken back."])
            )
        await database.run(undoing.begin_undo, None, seen.id, seen.version, rest=options.rest, now=_now())
        await take_back(database, seen.id, now=_now, total=seen.rows + len(seen.blocked))
        return _report(seen, await database.read(preview, seen.id))
    finally:
        database.close()


async def take_back(database: Database, import_id: int, *, now: Now, total: int = 0) -> None:
    """Takes an import back to its end, batch by batch; a running bot may be doing the same, nothing is doubled."""
    progress, done = Progress("rows taken back"), 0
    while await database.run(undoing.undo_batch, import_id, now=now()):
        done = min(done + BATCH, total)
        progress(done, total)


def _now() -> datetime:
    return datetime.now(UTC)


def _lines(seen: UndoView) -> list[str]:
    return [
        f"{seen.filename}: {seen.rows} rows can be taken back, {len(seen.blocked)} stay",
        *(f"  row {one.row} {one.name}: {WHY[one.reason]}" for one in seen.blocked),
    ]


def _report(seen: UndoView, after: Preview | None) -> Report:
    said = "Nothing was done." if after is None else f"{after.undone} rows were taken back, {after.kept} stay."
    facts = {
        "import": seen.id,
        "rows": seen.rows,
        "stay": [asdict(one) for one in seen.blocked],
        "undone": after.undone if after else 0,
        "dry_run": after is None,
    }
    return Report((*_lines(seen), said), facts)

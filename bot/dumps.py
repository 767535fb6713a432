"""The two ends of a backup that touch the outside: PostgreSQL's own tools, and putting files in their places."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from bot.config import Config
from bot.db import make_engine
from bot.reports import CommandError

JOURNALS = ("-wal", "-shm")


def dump_postgres(url: str, target: Path) -> None:
    """Writes the whole database with pg_dump. Raises CommandError where the tool is missing or refuses."""
    _tool("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")


def restore_postgres(url: str, source: Path, *, replace: bool) -> None:
    """Fills the database from a dump in one transaction; `replace` drops what is there first."""
    clean = ("--clean", "--if-exists") if replace else ()
    name = make_url(url).database or ""
    _tool("pg_restore", url, "--no-owner", "--single-transaction", *clean, f"--dbname={name}", str(source))


def _tool(name: str, url: str, *arguments: str) -> None:
    path = shutil.which(name)
    if path is None:
        raise CommandError(
            f"{name} is not installed here; install PostgreSQL's client tools of the server's version, "
            "or copy the database with the tools of your server."
        )
    try:
        subprocess.run([path, *arguments], env=_environment(url), check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CommandError(f"{name} failed: {reason}") from None


def _environment(url: str) -> dict[str, str]:
    """The connection in variables, because arguments can be seen by every user of the machine."""
    parsed = make_url(url)
    host = parsed.query.get("host", parsed.host)
    given = {
        "PGHOST": host if isinstance(host, str) else None,
        "PGPORT": str(parsed.port) if parsed.port else None,
        "PGUSER": parsed.username,
        "PGPASSWORD": str(parsed.password) if parsed.password else None,
        "PGDATABASE": parsed.database,
    }
    return {**os.environ, **{name: value for name, value in given.items() if value}}


def refuse_filled_postgres(url: str, force: bool) -> None:
    """Raises CommandError when the database has tables already and `force` was not given."""
    engine = make_engine(url)
    try:
        if not force and inspect(engine).get_table_names():
            raise CommandError("The database has tables already. Restore into an empty one, or --force replaces them.")
    finally:
        engine.dispose()


def places_in_the_way(config: Config) -> list[Path]:
    """Files and folders of an installation that a restore would replace."""
    places = [config.key_file]
    if config.database_file is not None:
        places += [config.database_file, *_journals(config.database_file)]
    if config.photo_folder.is_dir() and any(config.photo_folder.iterdir()):
        places.append(config.photo_folder)
    return [place for place in places if place.exists()]


def put_in_place(config: Config, folder: Path, moved: Sequence[Path], database: str) -> list[Path]:
    """Renames what is in the way, then what was unpacked into `folder` to where the settings say.

    Gives the new names of what was there.
    """
    stamp = datetime.now(UTC).strftime("before-restore-%Y%m%d-%H%M%S")
    kept = []
    for place in moved:
        # A journal keeps its ending behind the stamp, or SQLite would not find it beside its database.
        ending = next((end for end in JOURNALS if place.name.endswith(end)), "")
        aside = place.with_name(f"{place.name.removesuffix(ending)}.{stamp}{ending}")
        place.rename(aside)
        kept.append(aside)
    _move(folder / "key", config.key_file)
    if config.database_file is not None:
        _move(folder / database, config.database_file)
    if (folder / "photos").is_dir():
        if config.photo_folder.is_dir():
            config.photo_folder.rmdir()
        _move(folder / "photos", config.photo_folder)
    return kept


def _journals(file: Path) -> list[Path]:
    return [file.with_name(file.name + end) for end in JOURNALS]


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)

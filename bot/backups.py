"""`zoufang backup` and `zoufang restore`: database, key and photos in one archive.

The archive is a plain tar: `database.sqlite` (or `database.dump` from PostgreSQL), `key`, `photos/…`, and last
`manifest.json` with the hash of every part, so that an archive cut short is recognised as such. It holds the key:
keep it like the key itself.
"""

import argparse
import hashlib
import io
import json
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot import dumps
from bot.config import Config
from bot.db import make_engine
from bot.locks import lock_run
from bot.reports import CommandError, Progress, Report
from models.errors import Refused
from models.installation import check_key
from models.secrets import read_keyring

FORMAT = 1
MANIFEST, KEY, PHOTOS = "manifest.json", "key", "photos/"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
CONTENT_HASH = re.compile(r"[0-9a-f]{64}")
SAFE_NAME = re.compile(r"^photos/(?:[\w-][\w.-]*/){0,4}[\w-][\w.-]*$")


def backup(config: Config, options: argparse.Namespace) -> Report:
    """Writes the archive; the bot may be running, the database's part is one consistent moment.

    Photos are read after the database, so every photo the database knows is in. One whose bytes do not fit its
    content hash is kept and reported, and the report is then not ok. Raises CommandError.
    """
    target: Path = options.file
    if target.exists() and not options.force:
        raise CommandError(f"{target} exists already; choose another name, or --force to replace it.")
    if not config.key_file.exists():
        raise CommandError(f"There is no key at {config.key_file}: nothing has been started here yet.")
    part = target.with_name(target.name + ".part")
    try:
        with tarfile.open(part, "w") as archive, tempfile.TemporaryDirectory(dir=target.parent) as folder:
            writer = _Writer(archive)
            kind = "sqlite" if config.database_file else "postgresql"
            snapshot = Path(folder) / DATABASES[kind]
            _snapshot(config, snapshot)
            writer.add(snapshot, DATABASES[kind])
            writer.add(config.key_file, KEY)
            _add_photos(writer, config.photo_folder)
            writer.finish(kind)
        part.chmod(0o600)
        part.replace(target)
    except OSError as error:
        raise CommandError(f"{target} could not be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return _told(target, writer)


def restore(config: Config, options: argparse.Namespace) -> Report:
    """Brings an archive back; every part is checked before anything is put in place.

    Raises CommandError where the bot is running (on SQLite), where something is in the way (with --force files are
    renamed, never deleted, but tables of PostgreSQL dropped), where the archive is damaged, of the other kind of database, or its key does not fit its database.
    """
    with _stopped(config):
        return _restore(config, options)


@contextmanager
def _stopped(config: Config) -> Iterator[None]:
    """Holds the running bot's lock, so that it cannot be started meanwhile."""
    if config.database_file is None:
        yield
        return
    try:
        lock = lock_run(config.database_file)
    except Refused:
        raise CommandError("The bot is running on this database: stop it first.") from None
    with lock:
        yield


def _restore(config: Config, options: argparse.Namespace) -> Report:
    moved = dumps.places_in_the_way(config)
    if moved and not options.force:
        names = ", ".join(map(str, moved))
        raise CommandError(f"There is data already: {names}. Restore into an empty place, or --force puts it aside.")
    if config.database_file is None:
        dumps.refuse_filled_postgres(config.database_url, options.force)
    # Beside its final place, so that putting it there is a rename.
    home = config.key_file.parent
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix="restore-") as name:
        folder = Path(name)
        manifest = _unpack(options.file, folder)
        kind = "sqlite" if config.database_file else "postgresql"
        if manifest["database"] != kind:
            raise CommandError(f"The archive holds a {manifest['database']} database, the settings name {kind}.")
        if kind == "sqlite":
            _check_fit(f"sqlite:///{folder / DATABASES[kind]}", folder / KEY)
        else:
            dumps.restore_postgres(config.database_url, folder / DATABASES[kind], replace=options.force)
            _check_fit(config.database_url, folder / KEY)
        kept = dumps.put_in_place(config, folder, moved, DATABASES["sqlite"])
    photos = sum(1 for name in manifest["parts"] if name.startswith(PHOTOS))
    lines = [f"Restored the archive of {manifest['made_at']}: the database, the key and {photos} photo files."]
    lines += [f"What was there before is kept as {path}." for path in kept]
    lines.append("Now: zoufang check")
    return Report(tuple(lines), {"made_at": manifest["made_at"], "photos": photos, "kept": [str(p) for p in kept]})


@dataclass
class _Writer:
    """Adds files to the archive and remembers their hashes."""

    archive: tarfile.TarFile
    parts: dict[str, str] = field(default_factory=dict)
    size: int = 0
    damaged: list[str] = field(default_factory=list)

    def add(self, path: Path, name: str) -> None:
        reader = _Hashing(path)
        with reader.file:
            information = self.archive.gettarinfo(arcname=name, fileobj=reader.file)
            information.mode, information.uname, information.gname = 0o600, "", ""
            self.archive.addfile(information, reader)
        self.parts[name] = reader.hash.hexdigest()
        self.size += information.size
        if CONTENT_HASH.fullmatch(path.name) and path.name != self.parts[name]:
            self.damaged.append(path.name)

    def finish(self, kind: str) -> None:
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": kind,
            "parts": self.parts,
        }
        content = json.dumps(manifest, indent=1).encode()
        information = tarfile.TarInfo(MANIFEST)
        information.size, information.mode = len(content), 0o600
        self.archive.addfile(information, io.BytesIO(content))


class _Hashing:
    """A file that hashes what is read from it."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self.file.read(size)
        self.hash.update(content)
        return content


def _snapshot(config: Config, target: Path) -> None:
    if config.database_file is None:
        dumps.dump_postgres(config.database_url, target)
        return
    if not config.database_file.exists():
        raise CommandError(f"There is no database at {config.database_file}.")
    source, copy = sqlite3.connect(config.database_file), sqlite3.connect(target)
    try:
        source.backup(copy, pages=4096)
    finally:
        source.close()
        copy.close()


def _add_photos(writer: _Writer, folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    progress = Progress("photos")
    for done, path in enumerate(files, start=1):
        name = PHOTOS + path.relative_to(folder).as_posix()
        if SAFE_NAME.match(name):
            writer.add(path, name)
        progress(done, len(files))


def _told(target: Path, writer: _Writer) -> Report:
    photos = sum(1 for name in writer.parts if name.startswith(PHOTOS))
    lines = [
        f"{target}: the database, the key and {photos} photo files, {writer.size / 1e6:.1f} MB.",
        "It holds the key that opens ID numbers and phones: keep it where only you can read it.",
    ]
    lines += [f"Damaged on disk: photo {name} does not fit its hash any more." for name in writer.damaged]
    facts = {"file": str(target), "photos": photos, "bytes": writer.size, "damaged": writer.damaged}
    return Report(tuple(lines), facts, ok=not writer.damaged)


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Writes every part into `folder` and compares it with the manifest."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path) as archive:
            for name, content in _members(archive):
                if name == MANIFEST:
                    manifest = json.loads(content.read())
                    continue
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                found[name] = _copy(content, target)
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.") from None
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise CommandError(f"{path} is not an archive of zoufang backup, or it is damaged.") from error
    if manifest is None or manifest.get("format") != FORMAT or manifest.get("parts") != found:
        raise CommandError(f"{path} is not complete: its parts do not fit its manifest.")
    return manifest


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, Any]]:
    for member in archive:
        known = member.name in (MANIFEST, KEY, *DATABASES.values()) or SAFE_NAME.match(member.name)
        if not member.isfile() or not known:
            raise ValueError("a part that no backup has")
        yield member.name, archive.extractfile(member)


def _copy(content: Any, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while chunk := content.read(1 << 20):
            digest.update(chunk)
            file.write(chunk)
    target.chmod(0o600)
    return digest.hexdigest()


def _check_fit(url: str, key: Path) -> None:
    """Raises CommandError where the key is not the one that the database was written with."""
    engine = make_engine(url)
    try:
        with Session(engine) as session:
            check_key(session, read_keyring(key))
            session.rollback()
    except Refused:
        raise CommandError("The key in the archive is not the one its database was written with.") from None
    finally:
        engine.dispose()

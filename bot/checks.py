"""`zoufang check` and `zoufang migrate`: is everything ready, and if not, what is to be done."""

import argparse
import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.config import Config, ConfigError
from bot.db import Database, make_engine
from bot.locks import who_runs
from bot.nodes import Node, list_nodes
from bot.reports import CommandError, Report
from bot.sessions import REFUSED_BY_POOLER, keeps_sessions
from models.errors import Refused
from models.findings import view_open
from models.installation import check_key, find_fact
from models.migrations import head
from models.secrets import read_keyring

if TYPE_CHECKING:
    from bot.telegram.channel import TelegramChannel

T = TypeVar("T")
SPACE_NEEDED = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok` None means it is fine so far, and made at the first start."""

    what: str
    ok: bool | None
    words: str


def check(config: Config, options: argparse.Namespace) -> Report:
    """Looks at everything a start needs and changes nothing. `ok` when nothing stands in the way."""
    findings = list(_findings(config, options.offline))
    stuck: list[dict[str, object]] = []
    if any(finding.what == "database" and finding.ok for finding in findings):
        stuck = _in_session(config, view_open)
        findings.append(_look_at_stuck(stuck))
    marks = {True: "ok  ", None: "new ", False: "FAIL"}
    return Report(
        lines=tuple(f"{marks[finding.ok]} {finding.what}: {finding.words}" for finding in findings),
        facts={"findings": [asdict(finding) for finding in findings], "stuck": stuck},
        ok=all(finding.ok is not False for finding in findings),
    )


def migrate(config: Config, options: argparse.Namespace) -> Report:
    """Brings the database to this version's schema; the second time changes nothing."""
    before = _revision(config)
    database = Database(config.database_url)
    try:
        database.open()
    except SQLAlchemyError as error:
        raise CommandError(f"The database cannot be opened: {_reason(error)}") from error
    finally:
        database.close()
    after = head()
    words = f"The database is at schema {after}."
    if before != after:
        words = f"The database went from schema {before or 'none'} to {after}."
    return Report((words,), {"before": before, "after": after})


def _findings(config: Config, offline: bool) -> Iterator[Finding]:
    yield Finding("settings", True, f"read, times are those of {config.time.zone}")
    database = _look_at_database(config)
    yield database
    yield from _look_at_nodes(config, database)
    yield _look_at_key(config, database)
    yield _look_at_folder("photos", config.photo_folder)
    yield _look_at_space(config)
    yield _look_at_telegram(config, offline)


def _look_at_database(config: Config) -> Finding:
    try:
        revision = _revision(config)
    except SQLAlchemyError as error:
        return Finding("database", False, f"cannot be opened: {_reason(error)}")
    if revision is None:
        return Finding("database", None, "is empty; the tables are made at the first start")
    if revision != head():
        return Finding("database", None, f"is at schema {revision}; the start brings it to {head()}")
    return Finding("database", True, f"is at schema {revision}")


def _look_at_nodes(config: Config, database: Finding) -> Iterator[Finding]:
    """Who runs on this database; on PostgreSQL, whether several could: whether a connection keeps its session."""
    file = config.database_file
    if file is not None:
        process = who_runs(file)
        yield Finding("nodes", True, f"process {process} runs" if process else "none runs; one at a time on SQLite")
        return
    if database.ok is False and REFUSED_BY_POOLER not in database.words:
        return
    try:
        kept = keeps_sessions(make_url(config.database_url))
    except SQLAlchemyError as error:
        yield Finding("sessions", False, f"cannot be kept: {_reason(error)}")
        return
    if not kept:
        yield Finding("sessions", False, "get lost between transactions, as behind a pooler; name PostgreSQL itself")
        return
    yield Finding("sessions", True, "are kept, so several nodes may run")
    nodes = _in_session(config, list_nodes)
    yield Finding("nodes", True, "; ".join(map(_say_node, nodes)) or "none runs")


def _say_node(node: Node) -> str:
    does = {"poller": "polls", "sender": "sends"}
    return f"{node.name} ({' and '.join(does[role] for role in node.roles) or 'stands by'})"


def _look_at_key(config: Config, database: Finding) -> Finding:
    path = config.key_file
    if not path.exists():
        if database.ok and _in_session(config, lambda session: find_fact(session, "key_check")):
            return Finding("key", False, f"{path} is missing, but the database was written with it; bring it back")
        return Finding("key", None, f"{path} is made at the first start")
    try:
        ring = read_keyring(path)
    except Refused:
        return Finding("key", False, f"{path} cannot be read or is damaged; bring it back from a backup")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        return Finding("key", False, f"{path} can be read by other users; run chmod 600 {path}")
    if database.ok:
        try:
            _in_session(config, lambda session: check_key(session, ring))
        except Refused:
            return Finding("key", False, f"{path} is not the key that this database was written with")
    return Finding("key", True, f"{path} fits")


def _look_at_stuck(stuck: list[dict[str, object]]) -> Finding:
    """What the auditor of the running bot has found and not healed yet."""
    alarmed = [f"{row['kind']} {row['subject']}" for row in stuck if row["state"] == "alarmed"]
    if alarmed:
        more = f" and {len(alarmed) - 3} more" if len(alarmed) > 3 else ""
        words = f"{', '.join(alarmed[:3])}{more} could not be healed; docs/operating.md says what each means"
        return Finding("stuck work", False, words)
    return Finding("stuck work", True, f"{len(stuck)} being healed" if stuck else "nothing is stuck")


def _in_session(config: Config, look: Callable[[Session], T]) -> T:
    """What `look` sees; nothing it does is kept."""
    engine = make_engine(config.database_url)
    try:
        with Session(engine) as session:
            found = look(session)
            session.rollback()
            return found
    finally:
        engine.dispose()


def _look_at_folder(what: str, folder: Path) -> Finding:
    if not folder.exists():
        return Finding(what, None, f"{folder} is made at the first start")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(what, False, f"{folder} is not a folder that this user can write to")
    return Finding(what, True, f"{folder} can be written to")


def _look_at_space(config: Config) -> Finding:
    place = config.photo_folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    words = f"{free / 1e9:.1f} GB free for photos"
    return Finding("disk", free >= SPACE_NEEDED, words if free >= SPACE_NEEDED else f"only {words}; make room")


def _look_at_telegram(config: Config, offline: bool) -> Finding:
    try:
        token = config.token
    except ConfigError as error:
        return Finding("telegram", False, error.problems[0])
    if offline:
        return Finding("telegram", None, "a token is set; not asked whether it holds")
    # Imported here: only this finding needs Telegram's library.
    from bot.telegram.channel import TelegramChannel

    settings = config.telegram
    channel = TelegramChannel(token, settings.base_url, settings.base_file_url, settings.proxy.get_secret_value())
    return asyncio.run(ask_telegram(channel, webhook=settings.mode == "webhook"))


async def ask_telegram(channel: "TelegramChannel", *, webhook: bool) -> Finding:
    """Whether the token holds, and where updates come by a webhook, whether they arrive."""
    from bot.channel import SendError

    try:
        name = (await channel.open())["username"]
        fault = await channel.webhook_fault() if webhook else ""
    except SendError as error:
        if error.cause == "refused":
            return Finding("telegram", False, "Telegram does not know this token; look at telegram.token")
        return Finding("telegram", False, "cannot be reached; look at telegram.proxy and telegram.base_url")
    finally:
        await channel.close()
    if fault:
        return Finding("telegram", False, f"what people send does not arrive: {fault}; look at telegram.webhook_url")
    return Finding("telegram", True, f"the token holds, the bot is @{name}")


def _revision(config: Config) -> str | None:
    """The schema of the database as it is, None where there is none. Never creates a file."""
    file = config.database_file
    if file is not None and not file.exists():
        return None
    engine: Engine = make_engine(config.database_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _reason(error: SQLAlchemyError) -> str:
    """The database's own words, without the values of a statement."""
    return str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]

"""Brings a database to the newest schema."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection, to: str = "head") -> None:
    """Applies what is missing, up to the newest revision or the one named; the caller commits."""
    if to == "head" and MigrationContext.configure(connection).get_current_revision() == head():
        return
    command.upgrade(_config(connection), to)


@cache
def head() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def make_revision(connection: Connection, message: str, rev_id: str) -> None:
    """For developers: writes a new revision from the difference between tables and database."""
    command.revision(_config(connection), message=message, autogenerate=True, rev_id=rev_id)

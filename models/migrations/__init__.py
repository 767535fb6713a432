"""Brings a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection, to: str = "head") -> None:
    """Applies what is missing, up to the newest revision or the one named; the caller commits."""
    command.upgrade(_config(connection), to)


def head() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def make_revision(connection: Connection, message: str, rev_id: str) -> None:
    """For developers: writes a new revision from the difference between tables and database."""
    command.revision(_config(connection), message=message, autogenerate=True, rev_id=rev_id)

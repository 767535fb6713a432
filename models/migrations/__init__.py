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


def migrate(connection: Connection) -> None:
    """Applies what is missing; the caller commits."""
    command.upgrade(_config(connection), "head")


def head() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def make_revision(connection: Connection, message: str, rev_id: str) -> None:
    """For developers: writes a new revision from the difference between tables and database."""
    command.revision(_config(connection), message=message, autogenerate=True, rev_id=rev_id)

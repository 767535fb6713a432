"""One migrated database of each kind for the tests of imports, rolled back after each."""

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.areas import ensure_township
from tests.conftest import WORKER, copy_database


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One migrated database of each kind for all tests in here: none of them commits."""
    if request.param == "postgres":
        server, template = (request.getfixturevalue(f"postgres_{what}") for what in ("server", "template"))
        url = copy_database(server, f"imports{WORKER}", template)
    else:
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("imports"))
        url = f"sqlite:///{path}"
    engine = make_engine(url)
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

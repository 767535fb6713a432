"""A month that many tests begin with is played once and copied."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.db import make_engine
from models.migrations import migrate
from models.secrets import use_keyring
from models.times import use_times
from schedules.calendar import Calendar
from tests.conftest import TEST_KEY
from tests.schedules.world import World, township

Played = Callable[[str, str], World]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[Path, World]]:
    """`played("12-14", "08:00")`: the file and the township of the usual November without any visit, up to then."""
    known: dict[tuple[str, str], tuple[Path, World]] = {}

    def play(day: str, clock: str) -> tuple[Path, World]:
        if (day, clock) not in known:
            use_keyring(TEST_KEY)
            use_times(Calendar())
            path = tmp_path_factory.mktemp("played") / "zoufang.db"
            engine = make_engine(f"sqlite:///{path}")
            with engine.begin() as connection:
                migrate(connection)
            with Session(engine) as session:
                known[day, clock] = path, township(session).go(day, clock)
            engine.dispose()
        return known[day, clock]

    return play


@pytest.fixture
def december(played: Callable[[str, str], tuple[Path, World]], tmp_path: Path) -> Iterator[Played]:
    """`december("12-14", "08:00")`: a copy of that township, on SQLite."""
    sessions: list[Session] = []

    def copy(day: str, clock: str) -> World:
        path, world = played(day, clock)
        target = tmp_path / f"zoufang{len(sessions)}.db"
        shutil.copy(path, target)
        session = Session(make_engine(f"sqlite:///{target}"))
        sessions.append(session)
        return replace(
            world, session=session, people=dict(world.people), areas=dict(world.areas),
            households=dict(world.households), heard=list(world.heard),
        )  # fmt: skip

    yield copy
    for session in sessions:
        session.close()
        session.get_bind().engine.dispose()  # type: ignore[union-attr]

"""The async door: one transaction an action, waiting ones together; where one fails, each by itself."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.db import Database, make_engine
from models.errors import Refused
from models.installation import find_fact, set_fact


def note(session: Session, name: str, refuse: bool = False) -> str:
    set_fact(session, name, said=True)
    session.flush()
    if refuse:
        raise Refused("not.this")
    return name


async def test_a_refused_action_leaves_its_neighbours_in_the_same_commit_alone(database_url: str) -> None:
    database = Database(database_url)
    database.open()
    jobs = [database.run(note, f"fact{n}", refuse=n == 3) for n in range(8)]
    answers = await asyncio.gather(*jobs, return_exceptions=True)
    assert isinstance(answers[3], Refused)
    assert [a for n, a in enumerate(answers) if n != 3] == [f"fact{n}" for n in range(8) if n != 3]
    assert await database.read(find_fact, "fact3") is None
    assert await database.read(find_fact, "fact4") == {"said": True}
    database.close()


async def test_actions_that_wait_are_committed_together_on_sqlite(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/zoufang.db")
    database.open()
    await asyncio.gather(*(database.run(note, f"fact{n}") for n in range(50)))
    assert database.commits < 50
    database.close()


async def test_where_nothing_can_begin_those_that_wait_do_not_wait_one_after_the_other(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/zoufang.db")
    database = Database(f"sqlite:///{tmp_path}/zoufang.db", engine)
    database.open()
    tried: list[int] = []

    def hold(_: object) -> None:
        tried.append(1)
        raise OSError("held by another program")

    event.listen(engine, "begin", hold)
    answers = await asyncio.gather(*(database.run(note, f"fact{n}") for n in range(50)), return_exceptions=True)
    assert all(isinstance(answer, OSError) for answer in answers)
    assert len(tried) < 50
    event.remove(engine, "begin", hold)
    assert await database.run(note, "fact") == "fact"
    database.close()


async def test_an_error_reaches_the_caller(database_url: str) -> None:
    database = Database(database_url)
    database.open()
    with pytest.raises(ZeroDivisionError):
        await database.run(lambda session: 1 // 0)
    database.close()


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/one.db")
    connection = engine.raw_connection()
    asked = [connection.cursor().execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert asked == ["wal", 2]  # 2: FULL
    connection.close()
    engine.dispose()

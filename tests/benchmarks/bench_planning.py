"""What planning and a tick cost: `python -m tests.benchmarks.bench_planning [10000 100000 …]`.

Planning a month for 100,000 households beside the bare INSERT … SELECT of the same rows; then the reminder tick with
the same 200 duties due among more and more open ones: it costs what is due, not what exists.
"""

import math
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import models.tables  # noqa: F401
from bot.db import make_engine
from models.duties import Duty
from models.installation import set_fact
from models.migrations import migrate
from models.rules import RuleParameters, seed_rule
from models.secrets import Keyring, use_keyring
from models.times import use_times
from schedules.calendar import Calendar
from schedules.planning import plan_some
from schedules.reminders import remind_some
from tests.benchmarks.figures import record

COMMAND = "python -m tests.benchmarks.bench_planning"
HOUSEHOLDS = 100_000
ROUNDS = 5
DUE = 200
LIVE = datetime(2026, 10, 31, 4, tzinfo=UTC)
FIRST = datetime(2026, 11, 1, 4, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 12, 4, tzinfo=UTC)
COLUMNS = ", ".join(column.name for column in Duty.__table__.columns if column.name != "id")


def open_township(folder: str, name: str, households: int) -> Engine:
    """A database with so many households, a helper for every five of them, and the rule that ships."""
    engine = make_engine(f"sqlite:///{Path(folder) / name}.db")
    with engine.begin() as connection:
        migrate(connection)
    with Session(engine) as session:
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
        many = {"many": households, "helpers": max(1, households // 5)}
        for statement in (
            "INSERT INTO areas (id, level, name, path) VALUES (1, 'township', '镇', '/1/')",
            numbers + "INSERT INTO people (id, name, telegram_id, joined_at, created_at) "
            "SELECT i, 'p', i, '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000' FROM n WHERE i <= :helpers",
            numbers + "INSERT INTO households (id, number, village_id, area_id, head_name, kind, status, "
            "registered_on, created_at, updated_at) SELECT i, i, 1, 1, 'h', 'general', 'active', '2026-01-01', "
            "'2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000' FROM n",
            numbers + "INSERT INTO assignments (household_id, person_id, position, created_at) "
            "SELECT i, i % :helpers + 1, 'first', '2026-01-01 00:00:00.000000' FROM n",
        ):
            session.execute(text(statement), {name: many[name] for name in many if f":{name}" in statement})
        set_fact(session, "live_since", day="2026-10-31")
        set_fact(session, "assignments", upto=households)
        seed_rule(session, RuleParameters(), now=LIVE, today=date(2026, 10, 31))
        session.commit()
    return engine


def timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def plan(session: Session) -> None:
    while plan_some(session, now=FIRST):
        session.commit()
    session.commit()


def insert_bare(session: Session) -> None:
    session.execute(
        text(f"INSERT INTO duties ({COLUMNS}) SELECT {COLUMNS} FROM bare WHERE true ON CONFLICT DO NOTHING")
    )
    session.commit()


def measure_planning(folder: str) -> None:
    ours, bare = [], []
    with Session(open_township(folder, "planning", HOUSEHOLDS)) as session:
        plan(session)
        session.execute(text(f"CREATE TABLE bare AS SELECT {COLUMNS} FROM duties"))
        for _ in range(ROUNDS):
            for act, times in ((plan, ours), (insert_bare, bare)):
                session.execute(text("DELETE FROM duties"))
                session.execute(text("DELETE FROM installation WHERE name LIKE 'planned:%'"))
                session.commit()
                times.append(timed(lambda act=act: act(session)))  # type: ignore[misc]
    ratio = median(ours) / median(bare)
    record("planning 100,000 households", median(ours), "s", "beside its twin", True, COMMAND)
    record("planning 100,000 households, bare twin", median(bare), "s", "beside ours", True, COMMAND)
    record("planning against the bare insert", ratio, "×", "≤ 2", ratio <= 2, COMMAND)


def measure_tick(folder: str, households: int) -> tuple[float, float]:
    """Median seconds of a tick with nothing due, and of one with 200 duties due."""
    engine = open_township(folder, f"tick{households}", households)
    idle, busy = [], []
    with Session(engine) as session:
        plan(session)
        for turn in range(ROUNDS):
            idle.append(timed(lambda: (remind_some(session, now=FIRST), session.commit())))
            session.execute(
                text("UPDATE duties SET next_action_at = '2026-11-12 00:00:00.000000' WHERE id BETWEEN :a AND :b"),
                {"a": turn * DUE + 1, "b": turn * DUE + DUE},
            )
            session.execute(
                text("UPDATE duties SET next_action_at = '2026-11-20 00:00:00.000000' WHERE id > :b AND id <= :c"),
                {"b": turn * DUE + DUE, "c": households if turn == 0 else 0},
            )
            session.commit()
            session.expire_all()
            busy.append(timed(lambda: (remind_some(session, now=THURSDAY), session.commit())))
    engine.dispose()
    return median(idle), median(busy)


def main(sizes: list[int]) -> None:
    use_keyring(Keyring({"k1": b"0" * 32}, current="k1"))
    use_times(Calendar())
    with tempfile.TemporaryDirectory() as folder:
        measure_planning(folder)
        figures = {size: measure_tick(folder, size) for size in sizes}
    for size, (idle, busy) in figures.items():
        record(f"tick, nothing due of {size:,}", idle * 1000, "ms", "beside the others", True, COMMAND)
        record(f"tick, {DUE} due of {size:,}", busy * 1000, "ms", "beside the others", True, COMMAND)
    least, most = min(sizes), max(sizes)
    growth = math.log(figures[most][1] / figures[least][1]) / math.log(most / least)
    record(f"growth of a tick from {least:,} to {most:,}", growth, "exponent", "≤ 0.1", growth <= 0.1, COMMAND)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 100_000, 1_000_000])

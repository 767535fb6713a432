"""Upgrading a database that holds data touches none of it, also where its tables refer to one another."""

from pathlib import Path

from sqlalchemy import text

from bot.db import make_engine
from models.migrations import migrate

FILLED = (
    "INSERT INTO areas (id, level, name, path) VALUES (1, 'village', 'A', '/1/')",
    "INSERT INTO households (id, village_id, area_id, head_name, kind, status, registered_on, created_at, updated_at)"
    " VALUES (1, 1, 1, 'B', 'general', 'active', '2026-01-01', '2026-01-01', '2026-01-01')",
    "INSERT INTO people (id, name, created_at) VALUES (1, 'C', '2026-01-01')",
    "INSERT INTO assignments (id, household_id, person_id, position, created_at)"
    " VALUES (1, 1, 1, 'first', '2026-01-01')",
    "INSERT INTO visits (id, household_id, person_id, line, state, kind, outcome, visited_on, logged_at, capacity,"
    " counts, version) VALUES (1, 1, 1, 1, 'confirmed', 'routine', 'met', '2026-01-01', '2026-01-01', 'helper', 1, 1)",
    "INSERT INTO visit_versions (id, visit_id, version, facts, hash, at) VALUES (1, 1, 1, '{}', 'x', '2026-01-01')",
)


def test_a_database_with_data_is_brought_to_the_newest_tables(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/old.db")
    with engine.begin() as connection:
        migrate(connection, "0001")
        for line in FILLED:
            connection.execute(text(line))
    with engine.begin() as connection:
        migrate(connection)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT v.outcome, v.consented_by, h.head_name, h.away_until FROM visits v JOIN households h ON true")
        ).one()
        assert tuple(row) == ("met", None, "B", None)
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("SELECT count(*) FROM visit_versions")).scalar() == 1
    engine.dispose()

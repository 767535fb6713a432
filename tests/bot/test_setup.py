"""What the settings make of the database at every start."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import build_config
from bot.setup import set_up_database, set_up_times
from models.errors import Refused
from models.rules import Rule
from models.secrets import Keyring
from tests.conftest import TEST_KEY

NOW = datetime(2026, 10, 31, 1, 0, tzinfo=UTC)


def start(session: Session, folder: Path, keys: Keyring = TEST_KEY, **rules: object) -> list[tuple[int, str]]:
    config = build_config({"rules": {"rule": [{"code": "R1", **rules}]}}, home=folder)
    set_up_times(config)
    set_up_database(session, config, keys, now=NOW)
    session.flush()
    versions = session.scalars(select(Rule).where(Rule.code == "R1").order_by(Rule.version))
    return [(rule.version, rule.state) for rule in versions]


def test_a_second_start_with_the_same_settings_changes_nothing(session: Session, tmp_path: Path) -> None:
    assert start(session, tmp_path) == start(session, tmp_path) == [(1, "on")]


def test_a_rule_switched_off_is_a_new_version(session: Session, tmp_path: Path) -> None:
    start(session, tmp_path)
    assert start(session, tmp_path, on=False) == [(1, "on"), (2, "off")]


def test_another_key_is_refused_before_anything_is_written_with_it(session: Session, tmp_path: Path) -> None:
    start(session, tmp_path)
    with pytest.raises(Refused, match=r"key\.wrong"):
        start(session, tmp_path, Keyring({"k1": b"1" * 32}, current="k1"))


def start_villages(session: Session, folder: Path, *villages: dict[str, object], at: datetime = NOW) -> list[str]:
    """What holds for 青山村, version by version."""
    config = build_config({"rules": {"villages": list(villages)}}, home=folder)
    set_up_times(config)
    set_up_database(session, config, TEST_KEY, now=at)
    session.flush()
    own = session.scalars(select(Rule).where(Rule.area_id.is_not(None)).order_by(Rule.version))
    return [f"{rule.state} {rule.parameters['needed']} {rule.starts_on:%m-%d} {rule.locked}" for rule in own]


def test_a_village_of_the_file_has_its_own_rule_until_the_file_names_it_no_more(
    session: Session, tmp_path: Path
) -> None:
    once = {"name": "青山村", "needed": 1, "locked": True}
    first = ["on 1 10-31 True"]
    assert start_villages(session, tmp_path, once) == start_villages(session, tmp_path, once) == first
    later = NOW.replace(month=11, day=10)
    changed = [*first, "on 3 12-01 False"]
    assert start_villages(session, tmp_path, {"name": "青山村", "needed": 3}, at=later) == changed
    removed = [*changed, "removed 2 12-01 False"]
    assert start_villages(session, tmp_path, at=later) == start_villages(session, tmp_path, at=later) == removed

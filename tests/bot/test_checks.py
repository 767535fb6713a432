"""`zoufang check` also says what is stuck in the running bot."""

import json
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place with a token and a database."""
    root = logging.getLogger()
    logs = root.handlers, root.level
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    (tmp_path / "config.toml").write_text('[telegram]\ntoken = "1:abc"\n')
    assert main(["migrate"]) == 0
    yield tmp_path
    os.umask(before)
    root.handlers, root.level = logs


def put(folder: Path, subject: str, state: str) -> None:
    connection = sqlite3.connect(folder / "data" / "zoufang.db")
    connection.execute(
        "INSERT INTO findings (kind, subject, state, heals, facts, first_seen_at, last_seen_at) VALUES"
        " ('duty.overdue', ?, ?, 2, '{}', '2026-11-02 04:00:00.000000', '2026-11-02 04:01:00.000000')",
        (subject, state),
    )
    connection.commit()
    connection.close()


def check(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main(["check", "--offline", "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_nothing_is_stuck(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = check(capsys)
    assert (code, answer["stuck"]) == (0, [])


def test_what_is_being_healed_is_listed_and_no_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, "duty:7", "found")
    code, answer = check(capsys)
    assert code == 0
    assert answer["stuck"] == [
        {"kind": "duty.overdue", "subject": "duty:7", "state": "found", "heals": 2, "cause": None,
         "first_seen_at": "2026-11-02T04:00:00+00:00"}
    ]  # fmt: skip


def test_what_could_not_be_healed_is_a_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        put(folder, f"duty:{number}", "alarmed")
    code, _ = check(capsys)
    assert code == 1
    assert main(["check", "--offline"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    assert "duty.overdue duty:0, duty.overdue duty:1, duty.overdue duty:2 and 2 more could not be healed" in line

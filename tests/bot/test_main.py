"""The command line: it teaches, it reports, and its exit code can be trusted."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS, main
from bot.serving import listen
from models.secrets import write_new_keyring


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to stand in; afterwards the process's umask and logs are as they were."""
    root = logging.getLogger()
    logs = root.handlers, root.level
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)
    root.handlers, root.level = logs


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_explains_itself_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"zoufang {command}" in capsys.readouterr().out.partition("examples:")[2]


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert all(f"\n    {command.name} " in text for command in COMMANDS)


def test_a_word_that_is_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["fly"])
    assert stop.value.code == 2
    assert "invalid choice: 'fly'" in capsys.readouterr().err


def test_a_wrong_file_stops_with_all_its_problems(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config.toml").write_text("[web]\nport = -1\nhots = 1\n")
    assert main(["check"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "web.port (config.toml, line 2): must be at least 0, not -1",
        "web.hots (config.toml, line 3): there is no such key; did you mean host?",
    ]


def test_problems_come_as_json_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "--config", "nowhere.toml"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"ok": False, "problems": ["nowhere.toml: cannot be read (No such file or directory)"]}


@pytest.mark.parametrize("order", [["--config", "other.toml", "check"], ["check", "--config", "other.toml"]])
def test_the_file_may_be_named_before_or_after_the_command(folder: Path, order: list[str]) -> None:
    (folder / "other.toml").write_text('[telegram]\ntoken = "1:abc"\n')
    assert main([*order, "--offline"]) == 0


def test_a_fresh_place_lacks_only_the_token(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["what"] for finding in findings if finding["ok"] is False] == ["telegram"]
    assert list(folder.iterdir()) == []


def test_migrating_twice_changes_nothing_the_second_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert "from schema none to" in capsys.readouterr().out
    assert main(["migrate", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["before"] == answer["after"]


def test_a_key_that_others_can_read_is_a_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = folder / "data/key"
    write_new_keyring(key)
    key.chmod(0o644)
    assert main(["check", "--offline"]) == 1
    assert f"run chmod 600 {key}" in capsys.readouterr().out


def test_what_is_written_is_for_its_owner_only(folder: Path) -> None:
    main(["migrate"])
    assert (folder / "data/zoufang.db").stat().st_mode & 0o077 == 0


def test_a_refusal_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "b.tar"]) == 1
    assert capsys.readouterr().err == f"There is no key at {folder}/data/key: nothing has been started here yet.\n"


def test_a_demo_whose_port_is_taken_says_so_and_leaves_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 1
    said = f"http://127.0.0.1:{port} cannot be served (Address already in use): look at [web] host and port.\n"
    assert capsys.readouterr() == ("", said)

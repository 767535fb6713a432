"""`zoufang import`: what it prints, what it writes, and that looking writes nothing."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.__main__ import main
from bot.db import make_engine
from bot.simulator.township import township
from bot.simulator.township_sheets import write_households, write_messy, write_people
from models.households import Assignment, Household
from models.visits import Visit

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("ZOUFANG_") and name != "ZOUFANG_TEST_POSTGRES":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main(["import", *map(str, arguments), "--json"])
    facts: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, facts


def count(table: Any) -> int:
    with Session(make_engine("sqlite:///data/zoufang.db")) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_dry_run_prints_counts_and_faults_and_leaves_no_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_messy(township(), tmp_path / "messy.xlsx")
    code, facts = run(capsys, "messy.xlsx", "--dry-run")
    assert (code, facts["kind"], facts["dry_run"], facts["written"]) == (0, "households", True, 0)
    assert facts["counts"] == {
        "rows": 273,
        "new": 269,
        "changed": 0,
        "unchanged": 0,
        "ask": 0,
        "faulty": 4,
        "missing": 0,
        "left_out": 0,
    }
    assert {fault["row"] for fault in facts["faults"]} == {273, 274, 275, 276}
    assert all(set(fault) >= {"row", "letter", "header", "value", "code"} for fault in facts["faults"])
    assert facts["totals_rows"] == [277]
    assert not (tmp_path / "data").exists()


def test_people_and_households_come_in_and_the_second_time_nothing_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = township()
    write_people(town, tmp_path / "people.xlsx")
    write_households(town, tmp_path / "households.xlsx")
    write_messy(town, tmp_path / "messy.xlsx")
    assert run(capsys, "people.xlsx")[1]["written"] == 162
    _, facts = run(capsys, "households.xlsx")
    assert (facts["counts"]["new"], facts["written"], facts["overloaded"]) == (269, 269, 0)
    assert (count(Household), count(Assignment)) == (
        269,
        269 + sum(bool(home.second_helper) for home in town.households),
    )
    _, dry = run(capsys, "messy.xlsx", "--dry-run")
    _, wet = run(capsys, "messy.xlsx")
    assert dry["counts"] == {name: number for name, number in wet["counts"].items() if name != "applied"}
    assert (wet["counts"]["new"], wet["counts"]["faulty"], wet["counts"]["missing"]) == (0, 4, 0)
    assert wet["counts"]["changed"] + wet["counts"]["unchanged"] == 269
    _, again = run(capsys, "messy.xlsx")
    assert (again["counts"]["unchanged"], again["written"]) == (269, 0)
    assert count(Household) == 269


@pytest.mark.parametrize(
    ("name", "rows", "new", "faulty"),
    [
        ("township-269-households.xlsx", 269, 269, 0),
        ("township-269-people.xlsx", 162, 162, 0),
        ("township-269-as-offices-send-it.xlsx", 273, 269, 4),
        ("township-765-households.xlsx", 765, 765, 0),
        ("township-765-people.xlsx", 262, 262, 0),
    ],
)
def test_the_given_samples_come_in(
    name: str, rows: int, new: int, faulty: int, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (SAMPLES / name).exists():
        pytest.skip(f"the sample file {name} is not here")
    _, facts = run(capsys, SAMPLES / name, "--dry-run")
    counts = facts["counts"]
    assert (counts["rows"], counts["new"], counts["faulty"], counts["left_out"]) == (rows, new, faulty, 0)


def test_a_report_for_people_names_cell_value_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_messy(township(), tmp_path / "messy.xlsx")
    assert main(["import", "messy.xlsx", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "F276 家庭人口(人) “很多”: is not a number" in printed
    assert "Nothing was written." in printed


def test_what_is_no_roster_is_refused_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "picture.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    assert main(["import", "picture.xlsx"]) == 1
    assert "not a spreadsheet" in capsys.readouterr().err
    assert main(["import", "nothing.xlsx"]) == 1
    assert "nothing.xlsx is not there" in capsys.readouterr().err
    (tmp_path / "short.csv").write_text("村,户主,家庭人口\n青山村,李宁,3\n", encoding="gb18030")
    assert main(["import", "short.csv"]) == 1
    assert "户编号" in capsys.readouterr().err


def test_an_import_is_taken_back_by_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_households(township(villages=2, households=30), tmp_path / "households.xlsx")
    _, facts = run(capsys, "households.xlsx")
    code, looked = run(capsys, "--undo", facts["import"], "--dry-run")
    assert (code, looked["rows"], looked["stay"], looked["undone"]) == (0, 30, [], 0)
    code, undone = run(capsys, "--undo", facts["import"])
    assert (code, undone["undone"]) == (0, 30)
    assert count_open(Assignment) == 0
    _, again = run(capsys, "households.xlsx")
    assert (again["counts"]["new"], again["written"]) == (30, 30)
    assert main(["import", "--undo", str(facts["import"])]) == 1
    assert "not finished, or was taken back already" in capsys.readouterr().err
    assert main(["import", "--undo", "99"]) == 1
    assert "no such import" in capsys.readouterr().err.lower()


def test_what_was_used_since_is_listed_and_only_the_rest_is_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_households(township(villages=2, households=30), tmp_path / "households.xlsx")
    _, facts = run(capsys, "households.xlsx")
    with Session(make_engine("sqlite:///data/zoufang.db")) as session, session.begin():
        link = session.scalars(select(Assignment).order_by(Assignment.id)).first()
        assert link is not None
        name = session.get_one(Household, link.household_id).head_name
        now = datetime.now(UTC)
        session.add(
            Visit(
                household_id=link.household_id,
                person_id=link.person_id,
                state="confirmed",
                visited_on=now.date(),
                logged_at=now,
            )
        )
    assert main(["import", "--undo", str(facts["import"])]) == 1
    said = capsys.readouterr().err
    assert f"row 2 {name}: visited since" in said
    assert "--rest" in said
    _, undone = run(capsys, "--undo", facts["import"], "--rest")
    assert (undone["undone"], len(undone["stay"])) == (29, 1)


def test_without_a_file_and_a_number_it_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import"]) == 1
    assert "Name a FILE" in capsys.readouterr().err


def count_open(table: Any) -> int:
    with Session(make_engine("sqlite:///data/zoufang.db")) as session:
        return session.scalar(select(func.count()).select_from(table).where(table.ends_on.is_(None))) or 0

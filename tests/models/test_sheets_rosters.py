"""Whole sheets: the given sample files and generated ones in the same shapes."""

import io
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bot.simulator.township import township
from bot.simulator.township_sheets import write_households, write_messy, write_people
from models.sheets.households import HouseholdLine, HouseholdRow, read_households
from models.sheets.lines import Skipped
from models.sheets.mapping import Mapping, map_book
from models.sheets.people import PersonLine, PersonRow, read_people
from models.sheets.reading import open_book

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data"
TODAY = date(2026, 11, 22)


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the sample file {name} is not here")
    return path


def households(
    source: Path | bytes,
) -> tuple[Mapping, list[HouseholdRow], dict[int, list[str]], list[Skipped]]:
    sheet, mapping = map_book(open_book(source))
    lines = list(read_households(sheet, mapping, today=TODAY))
    found = [line for line in lines if isinstance(line, HouseholdLine)]
    return (
        mapping,
        [line.household for line in found if line.household],
        {line.number: [fault.code for fault in line.faults] for line in found if line.faults},
        [line for line in lines if isinstance(line, Skipped)],
    )


def people(source: Path | bytes) -> tuple[list[PersonRow], dict[int, list[str]]]:
    sheet, mapping = map_book(open_book(source))
    found = [line for line in read_people(sheet, mapping) if isinstance(line, PersonLine)]
    return (
        [line.person for line in found if line.person],
        {line.number: [fault.code for fault in line.faults] for line in found if line.faults},
    )


def sheet_of(*rows: list[Any]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "count", "inhabitants", "groups", "helpers"),
    [("township-269-households.xlsx", 269, 972, 33, 136), ("township-765-households.xlsx", 765, 3152, 91, 212)],
)
def test_the_clean_samples_have_no_fault(name: str, count: int, inhabitants: int, groups: int, helpers: int) -> None:
    _, found, faults, skipped = households(sample(name))
    assert (len(found), faults, skipped) == (count, {}, [])
    assert sum(row.people or 0 for row in found) == inhabitants
    assert len({(row.village, row.group) for row in found}) == groups
    assert len({row.helper_phone for row in found}) == helpers
    assert all(row.started_on and row.latitude and row.longitude for row in found)


def test_the_sample_as_offices_send_it_has_the_faults_it_is_said_to_have() -> None:
    mapping, found, faults, skipped = households(sample("township-269-as-offices-send-it.xlsx"))
    assert (mapping.header_row, mapping.missing, mapping.unmapped) == (3, (), ())
    assert len(found) == 269
    assert faults == {
        273: ["village_missing", "id_repeated"],
        274: ["village_missing", "head_missing", "id_check"],
        275: ["village_missing", "id_length"],
        276: ["village_missing", "id_check", "not_a_number"],
    }
    assert skipped == [Skipped(277, "totals")]


def test_the_sample_as_offices_send_it_means_the_same_households() -> None:
    _, messy, _, _ = households(sample("township-269-as-offices-send-it.xlsx"))
    _, clean, _, _ = households(sample("township-269-households.xlsx"))
    for ours, theirs in zip(messy, clean, strict=True):
        for field in ("village", "group", "head", "head_id", "people", "kind", "helper", "unit", "helper_phone"):
            assert getattr(ours, field) == getattr(theirs, field), (ours.row, field)
        assert theirs.causes[0] in ours.causes
        assert ours.phone in ("", theirs.phone)


@pytest.mark.parametrize(
    ("name", "count", "roles"),
    [
        ("township-269-people.xlsx", 162, {"helper": 136, "team_head": 8, "clerk": 4, "unit_contact": 8}),
        ("township-765-people.xlsx", 262, {"helper": 212, "team_head": 24, "clerk": 12, "unit_contact": 8}),
    ],
)
def test_the_people_samples_have_no_fault(name: str, count: int, roles: dict[str, int]) -> None:
    found, faults = people(sample(name))
    assert (len(found), faults) == (count, {})
    counted: dict[str, int] = {}
    for row in found:
        for post in row.posts:
            counted[post.role] = counted.get(post.role, 0) + 1
    assert counted == roles | {"officer": 2, "deputy": 1, "leader": 2, "inspector": 1}


def test_generated_sheets_are_read_like_the_samples(tmp_path: Path) -> None:
    town = township()
    write_households(town, tmp_path / "households.xlsx")
    write_people(town, tmp_path / "people.xlsx")
    write_messy(town, tmp_path / "messy.xlsx")
    _, clean, no_faults, _ = households(tmp_path / "households.xlsx")
    _, messy, faults, skipped = households(tmp_path / "messy.xlsx")
    assert (len(clean), no_faults) == (269, {})
    assert [row.head_id for row in messy] == [row.head_id for row in clean]
    assert faults == {
        273: ["village_missing", "id_repeated"],
        274: ["village_missing", "head_missing"],
        275: ["village_missing", "id_length"],
        276: ["village_missing", "id_check", "not_a_number"],
    }
    assert [line.why for line in skipped] == ["totals"]
    found, faults = people(tmp_path / "people.xlsx")
    assert (len(found), faults) == (162, {})


HEADER = ["村", "组", "户编号", "户主姓名", "身份证号", "家庭人口", "户类型", "帮扶责任人", "责任人电话"]


def test_every_fault_of_a_row_is_told_at_once_with_its_cell() -> None:
    content = sheet_of(HEADER, ["", "1组", "9", "", "123", "很多", "好人家", "吴祥", "12"])
    sheet, mapping = map_book(open_book(content))
    (line,) = read_households(sheet, mapping, today=TODAY)
    assert isinstance(line, HouseholdLine)
    assert line.household is None
    assert [(fault.letter, fault.header, fault.value, fault.code, fault.blocks) for fault in line.faults] == [
        ("A", "村", "", "village_missing", True),
        ("D", "户主姓名", "", "head_missing", True),
        ("E", "身份证号", "123", "id_length", True),
        ("F", "家庭人口", "很多", "not_a_number", True),
        ("G", "户类型", "好人家", "kind_unknown", False),
        ("I", "责任人电话", "12", "phone_wrong", False),
    ]


def test_a_wrong_cell_that_is_not_needed_is_left_out_and_told() -> None:
    _, found, faults, _ = households(sheet_of(HEADER, ["青山村", "1组", "9", "李宁", "", 3, "好人家", "吴祥", ""]))
    assert [(row.number, row.kind, row.helper) for row in found] == [("9", "", "吴祥")]
    assert faults == {2: ["kind_unknown"]}


def test_a_helper_whose_phone_belongs_to_another_is_left_out() -> None:
    rows = [
        ["青山村", "1组", "1", "李宁", "", 3, "", "吴祥", "19900000001"],
        ["青山村", "1组", "2", "王平", "", 3, "", "吴云", "19900000001"],
    ]
    _, found, faults, _ = households(sheet_of(HEADER, *rows))
    assert [(row.helper, row.helper_phone) for row in found] == [("吴祥", "+8619900000001"), ("", "")]
    assert faults == {3: ["phone_of_other"]}


def test_a_helper_with_two_units_keeps_the_first_and_cannot_be_the_own_second() -> None:
    header = ["村", "户编号", "户主", "帮扶责任人", "帮扶单位", "责任人电话", "第二帮扶人", "第二帮扶人电话"]
    rows = [
        ["青山村", "1", "李宁", "吴祥", "县残联", "19900000001", "吴祥", "19900000001"],
        ["青山村", "2", "王平", "吴祥", "乡政府", "19900000001", "吴云", "19900000002"],
    ]
    _, found, faults, _ = households(sheet_of(header, *rows))
    assert [(row.unit, row.second_helper) for row in found] == [("县残联", ""), ("", "吴云")]
    assert faults == {2: ["same_helper"], 3: ["unit_differs"]}


def test_a_row_without_number_and_id_cannot_be_recognised_again() -> None:
    assert households(sheet_of(HEADER, ["青山村", "1组", "", "李宁"]))[2] == {2: ["no_key"]}


def test_a_number_given_twice_is_a_fault_of_the_second_row() -> None:
    rows = [["青山村", "1组", "9", "李宁"], ["青山村", "2组", 9.0, "王平"]]
    _, found, faults, _ = households(sheet_of(HEADER, *rows))
    assert ([row.head for row in found], faults) == (["李宁"], {3: ["number_repeated"]})


def test_totals_feet_blank_rows_and_repeated_headers_are_no_faults() -> None:
    rows = [
        [],
        ["青山村", "1组", "9", "李宁"],
        ["小 计", "", "", "1户"],
        HEADER,
        ["", ""],
        ["填表人:张三", "", "审核人:"],
    ]
    _, found, faults, skipped = households(sheet_of(HEADER, *rows))
    assert (len(found), faults) == (1, {})
    assert [(line.row, line.why) for line in skipped] == [(4, "totals"), (5, "header"), (7, "foot")]


def test_a_place_in_one_column_is_taken_apart() -> None:
    header = ["家庭住址", "户主姓名", "户编号", "家庭人口"]
    _, found, faults, _ = households(sheet_of(header, ["示例乡青山村4社", "李宁", "9", 3], ["某处", "王平", "8", 2]))
    assert [(row.village, row.group) for row in found] == [("青山村", "4组")]
    assert faults == {3: ["village_missing"]}


PEOPLE = ["姓名", "电话", "角色", "负责范围"]


def test_people_faults_are_told_all_at_once() -> None:
    found, faults = people(
        sheet_of(
            PEOPLE,
            ["李宁", "19900000001", "帮扶责任人", ""],
            ["王平", "19900000001", "信息员", "青山村"],
            ["", "12", "门卫", ""],
            ["赵一", "19900000002", "第一书记", ""],
            ["钱二", "19900000003", "单位联络人", ""],
            ["李宁", "19900000001", "帮扶责任人", ""],
            ["李宁", "19900000001", "信息员", "青山村"],
        )
    )
    assert [(row.name, row.posts[0].role) for row in found] == [("李宁", "helper"), ("李宁", "clerk")]
    assert faults == {
        3: ["phone_of_other"],
        4: ["name_missing", "phone_wrong", "role_unknown"],
        5: ["village_missing"],
        6: ["unit_missing"],
        7: ["person_repeated"],
    }


def test_rows_are_read_one_by_one_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    write_households(township(1, villages=10, households=4_000), path)
    tracemalloc.start()
    sheet, mapping = map_book(open_book(path))
    count = sum(1 for line in read_households(sheet, mapping, today=TODAY) if not line_faults(line))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4_000
    assert peak < 12 * 1024 * 1024


def line_faults(line: HouseholdLine | Skipped) -> bool:
    return isinstance(line, Skipped) or bool(line.faults)

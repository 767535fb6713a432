"""Register sheets with a row for every person: the rows of one household become one line."""

from datetime import date
from typing import Any

from models.sheets.households import HouseholdLine, HouseholdRow, MemberRow
from models.sheets.rosters import Roster, open_roster
from tests.models.test_sheets_shapes import csv, workbook

TODAY = date(2026, 11, 22)
HEADER = [
    "行政村",
    "村民小组",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "与户主关系",
    "户类型",
    "联系电话",
    "帮扶责任人",
    "责任人电话",
]
NING, MEI, QIANG = "999665197501243511", "999409195104204788", "999333196205258995"


def person(number: str, code: str, name: str, id_number: str, relation: str, *more: str) -> list[Any]:
    return ["青山村", "4组", number, code, name, id_number, relation, *more]


LI = [
    person("1", "101", "李宁", NING, "户主", "低保户", "19800000001", "吴祥", "19900000501"),
    person("1", "102", "王梅", MEI, "配偶"),
    person("1", "103", "李 强", "", "长子"),
]


def read(content: bytes) -> tuple[Roster, list[HouseholdRow], dict[int, list[tuple[str, str, bool]]]]:
    roster = open_roster(content)
    lines = [line for line in roster.lines(TODAY) if isinstance(line, HouseholdLine)]
    faults = {line.number: [(f.letter, f.code, f.blocks) for f in line.faults] for line in lines if line.faults}
    return roster, [line.household for line in lines if line.household], faults


def test_the_rows_of_a_number_are_one_household_with_its_members() -> None:
    roster, (home,), faults = read(workbook([["示例县建档立卡人员"], HEADER, *LI, ["合计", "", "1户", "3人"]]))
    assert (roster.mapping.missing, faults) == ((), {})
    assert (home.row, home.number, home.head, home.head_id, home.people) == (3, "1", "李宁", NING, 3)
    assert (home.village, home.kind, home.phone, home.helper) == ("青山村", "low_income", "+8619800000001", "吴祥")
    assert home.members == (
        MemberRow("李宁", "101", "户主", NING), MemberRow("王梅", "102", "配偶", MEI), MemberRow("李强", "103", "长子", ""),
    )  # fmt: skip


def test_the_head_may_stand_anywhere_and_the_first_row_says_the_rest() -> None:
    rows = [
        [*LI[1][:7], "低保户", "", "吴祥", "19900000501"], ["", "", "", "101", "李宁", NING, "户主"],
        person("2", "201", "李强", QIANG, "户主"),
    ]  # fmt: skip
    _, homes, faults = read(csv(HEADER, *rows))
    assert faults == {}
    assert [(home.row, home.head, home.village, home.helper, len(home.members)) for home in homes] == [
        (3, "李宁", "青山村", "吴祥", 2),
        (4, "李强", "青山村", "", 1),
    ]


def test_a_household_number_further_down_again_and_a_person_twice_are_faults() -> None:
    rows = [
        *LI,
        person("2", "201", "李强", QIANG, "户主"),
        person("2", "202", "王梅", MEI, "母亲"),
        person("1", "104", "李丽", "", "女儿"),
    ]
    _, homes, faults = read(workbook([HEADER, *rows]))
    assert [[member.name for member in home.members] for home in homes] == [["李宁", "王梅", "李强"], ["李强"]]
    assert faults == {5: [("F", "id_repeated", False)], 7: [("C", "number_repeated", True)]}


def test_a_wrong_id_blocks_a_household_only_where_it_is_the_heads() -> None:
    wrong = MEI[:-1] + "0"
    _, homes, faults = read(workbook([HEADER, LI[0], person("1", "102", "王梅", wrong, "配偶")]))
    assert ([member.id_number for member in homes[0].members], faults) == ([NING, ""], {2: [("F", "id_check", False)]})
    _, homes, faults = read(workbook([HEADER, person("1", "101", "李宁", wrong, "户主"), LI[1]]))
    assert (homes, faults) == ([], {2: [("F", "id_check", True)]})


def test_a_column_for_the_head_beside_the_persons_name_is_told_apart() -> None:
    header = ["村", "户编号", "户主姓名", "姓名", "身份证号", "与户主关系"]
    rows = [["青山村", "1", "李宁", "王梅", MEI, "配偶"], ["青山村", "1", "李宁", "李宁", NING, "户主"]]
    _, (home,), faults = read(csv(header, *rows))
    assert (home.head, home.head_id, [member.name for member in home.members], faults) == (
        "李宁",
        NING,
        ["王梅", "李宁"],
        {},
    )

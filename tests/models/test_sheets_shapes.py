"""Sheets in every shape that offices send: CSV of all kinds, two header lines, later sheets, days as text, numbers as
floats, footnote marks; and one with every fault at once."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from stdnum.cn import ric

from handlers.locales import catalogue
from models.errors import Refused
from models.sheets import cells
from models.sheets.cells import Unreadable
from models.sheets.households import HouseholdLine, HouseholdRow
from models.sheets.reading import open_book
from models.sheets.rosters import Roster, open_roster
from tests.models.old_sheets import old_workbook

TODAY = date(2026, 11, 22)
HEADER = ["村", "组", "户编号", "户主姓名", "身份证号", "家庭人口", "帮扶责任人", "责任人电话", "帮扶开始日期"]
LI = ["青山村", "4组", "13000000001", "李宁", "999665197501243511", "3", "吴祥", "19900000501", "2026-03-05"]
WANG = ["青山村", "2组", "13000000002", "王平", "999409195104204788", "2", "吴云", "19900000502", "2026-03-05"]


def csv(*rows: list[str], mark: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return "".join(mark.join(row) + end for row in rows).encode(encoding)


def workbook(*sheets: list[list[Any]], merges: tuple[tuple[int, int, int, int, str], ...] = ()) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for number, rows in enumerate(sheets):
            page = book.add_worksheet()
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
            for merge in merges if number == len(sheets) - 1 else ():
                page.merge_range(*merge)
    return content.getvalue()


def read(content: bytes) -> tuple[list[HouseholdRow], dict[int, list[tuple[str, str]]]]:
    """The households, and the faults by row: (column letter, code)."""
    return lines_of(open_roster(content))


def lines_of(roster: Roster) -> tuple[list[HouseholdRow], dict[int, list[tuple[str, str]]]]:
    lines = [line for line in roster.lines(TODAY) if isinstance(line, HouseholdLine)]
    return (
        [line.household for line in lines if line.household],
        {line.number: [(fault.letter, fault.code) for fault in line.faults] for line in lines if line.faults},
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_of_every_kind_means_the_same(mark: str, encoding: str) -> None:
    found, faults = read(csv(["示例乡台账"], HEADER, LI, WANG, mark=mark, encoding=encoding))
    assert ([row.head for row in found], faults) == (["李宁", "王平"], {})
    assert (found[0].village, found[0].helper_phone, found[0].started_on) == (
        "青山村",
        "+8619900000501",
        date(2026, 3, 5),
    )


def test_semicolons_part_the_cells_even_where_commas_stand_in_them() -> None:
    rows = [[*row, "独居,腿脚不便,耳背,要带药"] for row in (LI, WANG)]
    found, faults = read(csv([*HEADER, "备注"], *rows, mark=";"))
    assert ([row.note for row in found], faults) == (["独居,腿脚不便,耳背,要带药"] * 2, {})


def test_excels_own_first_line_about_the_separator_is_passed_over() -> None:
    found, _ = read(b"sep=;\r\n" + csv(HEADER, LI, mark=";"))
    assert [(row.row, row.head) for row in found] == [(3, "李宁")]


def test_a_csv_with_two_header_lines_is_read_as_one() -> None:
    upper = ["村", "户编号", "户主", "", "帮扶责任人", "", ""]
    lower = ["", "", "姓名", "身份证号", "姓名", "单位", "电话"]
    found, faults = read(csv(upper, lower, ["青山村", "1", "李宁", LI[4], "吴祥", "县残联", "19900000501"]))
    assert faults == {}
    assert [(row.head, row.helper, row.unit, row.helper_phone) for row in found] == [
        ("李宁", "吴祥", "县残联", "+8619900000501")
    ]


def test_two_header_lines_merged_over_both_rows_and_across() -> None:
    rows = [
        ["示例乡帮扶台账"], ["填报日期:2026.3.12"], ["村", "户编号", "户主", "", "帮扶责任人", "", ""],
        ["", "", "姓名", "身份证号", "姓名", "单位", "电话"],
        ["青山村", "1", "李宁", LI[4], "吴祥", "县残联", 19900000501.0],
        ["合计", "", "1户"],
    ]  # fmt: skip
    merges = ((0, 0, 0, 6, "示例乡帮扶台账"), (2, 0, 3, 0, "村"), (2, 1, 3, 1, "户编号"), (2, 2, 2, 3, "户主"),
              (2, 4, 2, 6, "帮扶责任人"))  # fmt: skip
    found, faults = read(workbook(rows, merges=merges))
    assert (faults, [(row.row, row.number, row.head, row.unit) for row in found]) == ({}, [(5, "1", "李宁", "县残联")])


def test_the_data_on_a_later_sheet_is_found_and_further_rosters_are_named() -> None:
    roster = open_roster(
        workbook([["说明", "填表要求", "注意"]], [["汇总"], ["村", "户数", "人数"]], [HEADER, LI], [HEADER, WANG])
    )
    assert (roster.sheet.name, roster.mapping.others) == ("Sheet3", ("Sheet4",))
    assert [row.head for row in lines_of(roster)[0]] == ["李宁"]


def test_numbers_stored_as_floats_keep_all_their_digits() -> None:
    row = ["青山村", 4.0, 13000000001.0, "李宁", LI[4], 3.0, "吴祥", 19900000501.0, 46086.0]
    found, faults = read(workbook([HEADER, row]))
    assert faults == {}
    assert (found[0].number, found[0].group, found[0].people, found[0].helper_phone, found[0].started_on) == (
        "13000000001", "4组", 3, "+8619900000501", date(2026, 3, 5),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (999665197501243511.0, "number_as_number"),
        ("9.99665E+17", "number_scientific"),
        ("999665197501243000", "id_rounded"),
        ("999665197501243512", "id_check"),
    ],
)
def test_an_id_number_that_excel_has_spoilt_is_a_fault_with_a_name(cell: Any, code: str) -> None:
    _, faults = read(workbook([HEADER, [*LI[:4], cell, *LI[5:]]]))
    assert faults == {2: [("E", code)]}


def test_a_phone_in_powers_of_ten_is_left_out_and_the_row_is_taken() -> None:
    found, faults = read(csv(HEADER, [*LI[:7], "1.99E+10", LI[8]]))
    assert (found[0].helper, faults) == ("", {2: [("H", "number_scientific")]})


@pytest.mark.parametrize(
    "cell",
    ["2026.3.5", "2026年3月5日", "20260305", "46086", 46086.0, 46086.5, "26/3/5", "2026-3-5", "2026/03/05 0:00",
     "2026-03-05 00:00:00", "2026-03-05T08:30:00", "２０２６年３月５日", "2026. 3. 5", "2026年3月5日起", "26年3月5日", "2026.3.5①"],
)  # fmt: skip
def test_a_day_in_every_writing_is_the_same_day(cell: Any) -> None:
    assert cells.day(cell) == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cell", "day"), [("2026年3月", date(2026, 3, 1)), ("202603", date(2026, 3, 1)), (2026.3, date(2026, 3, 1))]
)
def test_a_month_alone_is_its_first_day(cell: Any, day: date) -> None:
    assert cells.day(cell) == day


@pytest.mark.parametrize(
    ("cell", "code"),
    [(2026.1, "date_unclear"), ("05/03/26", "date_wrong"), ("2026-02-30", "date_wrong"), ("2026-03-051", "date_wrong"),
     ("去年底", "date_wrong"), ("0/3/5", "date_wrong")],
)  # fmt: skip
def test_a_day_that_is_not_certain_is_a_fault(cell: Any, code: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        cells.day(cell)
    assert unreadable.value.code == code


@pytest.mark.parametrize(
    "cell",
    ["张 三", "张\u3000三", " 张三 ", "张三*", "张三①", "张三(注1)", "张三[2]", "*张三", "张三¹", "张三 ※", "张三注①"],
)
def test_a_name_is_the_same_with_spaces_and_footnote_marks(cell: str) -> None:
    assert cells.name(cell) == "张三"


def test_full_width_digits_and_marks_do_not_change_numbers() -> None:
    assert cells.phone("１９９０００００５０１①") == "+8619900000501"
    assert cells.digits("１３０００*") == "13000"
    assert cells.small_number("３人②", 40) == 3
    assert cells.id_number("９９９６６５１９７５０１２４３５１１※", TODAY) == "999665197501243511"


def test_brackets_that_say_something_stay() -> None:
    assert cells.name("李宁(大)") == "李宁(大)"


EVERY_FAULT: list[tuple[int, str, list[tuple[str, str]]]] = [
    (0, "", [("A", "village_missing")]),
    (2, "１３，？", [("C", "number_wrong")]),
    (3, "", [("D", "head_missing")]),
    (3, "长" * 61, [("D", "name_long")]),
    (4, "999665750124351", [("E", "id_old")]),
    (4, "99966519750124351", [("E", "id_length")]),
    (4, "99966519750124351A", [("E", "id_shape")]),
    (4, "999665197513243511", [("E", "id_date")]),
    (4, "999665197501243512", [("E", "id_check")]),
    (4, "999665197501243000", [("E", "id_rounded")]),
    (4, "9.99665E+17", [("E", "number_scientific")]),
    (5, "很多", [("F", "not_a_number")]),
    (5, "99", [("F", "count_unlikely")]),
]
EVERY_CELL_LEFT_OUT: list[tuple[int, str, list[tuple[str, str]]]] = [
    (7, "123", [("H", "phone_wrong")]),
    (6, "", [("H", "phone_without_helper")]),
    (8, "去年", [("I", "date_wrong")]),
    (9, "好人家", [("J", "kind_unknown")]),
    (10, "因懒", [("K", "cause_unknown")]),
    (11, "北边", [("L", "degrees_wrong")]),
]


def test_a_file_with_every_fault_tells_all_of_them_at_once_and_its_good_rows_come_in() -> None:
    header = [*HEADER, "户类型", "致贫原因", "纬度"]
    rows, expected = [header], {}
    for number, (column, value, faults) in enumerate([*EVERY_FAULT, *EVERY_CELL_LEFT_OUT], start=2):
        row = [*household(number), "低保户", "因病致贫", "28.1"]
        row[column] = value
        rows.append(row)
        expected[number] = faults
    last = len(rows) + 1
    rows += [[*household(99), "低保户", "因病致贫", "28.1"], rows[-1][:9], [*household(98)[:2], "", "无名氏", ""]]
    expected |= {last + 1: [("C", "number_repeated"), ("E", "id_repeated")], last + 2: [("E", "no_key")]}
    for content in (workbook(rows), csv(*rows, encoding="gb18030")):
        found, faults = read(content)
        assert faults == expected
        assert [row.row for row in found] == [*range(2 + len(EVERY_FAULT), last + 1)]


def household(number: int) -> list[str]:
    """A row of its own: number, ID and phone of nobody else."""
    body = f"9996651975012{number:04d}"
    body = body[:17].ljust(17, "1")
    return ["青山村", "4组", f"130{number:05d}", "李宁", body + ric.calc_check_digit(body + "0"), "3", f"吴{number}",
            f"199000005{number:02d}", "2026.3.5"]  # fmt: skip


PAGES = {
    "a page": b"<html><head><meta charset='gbk'></head><body><table><tr><td>1,2,3</td></tr></table></body></html>",
    "a page after a mark": b"\xef\xbb\xbf  <!DOCTYPE html><table>",
    "xml": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    "a saved page": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n",
    "utf-16": '<table border="1">'.encode("utf-16"),
}


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_a_page_under_the_name_of_a_sheet_is_refused_as_that(content: bytes) -> None:
    with pytest.raises(Refused, match=r"sheet\.html"):
        open_book(content)


def test_an_old_xls_is_read_whatever_it_is_called() -> None:
    found, faults = read(old_workbook([["示例乡台账"], HEADER, LI, [*WANG[:2], 13000000002.0, *WANG[3:]]]))
    assert ([(row.row, row.head, row.number) for row in found], faults) == (
        [(3, "李宁", "13000000001"), (4, "王平", "13000000002")],
        {},
    )


def test_an_old_xls_with_a_password_is_refused_as_that() -> None:
    with pytest.raises(Refused, match=r"sheet\.encrypted"):
        open_book(old_workbook([HEADER, LI], locked=True))


def test_an_open_document_is_refused_with_what_to_do() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(Refused, match=r"sheet\.not_a_sheet"):
        open_book(content.getvalue())
    assert ".ods" in catalogue("zh_CN")["refused.sheet.not_a_sheet"]

"""Which column is which: headers in any row, other words, two-row headers, one sheet of several."""

import io
from typing import Any

import pytest
import xlsxwriter

from models.errors import Refused
from models.sheets.headings import EXACT, comparable
from models.sheets.mapping import Mapping, letter, map_book
from models.sheets.reading import Book, open_book


def book_of(*sheets: list[list[Any]], merges: tuple[tuple[int, int, int, int, str], ...] = ()) -> Book:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            for merge in merges:
                sheet.merge_range(*merge)
    return open_book(content.getvalue())


def mapped(*rows: list[Any], merges: tuple[tuple[int, int, int, int, str], ...] = ()) -> Mapping:
    return map_book(book_of(list(rows), merges=merges))[1]


def fields(mapping: Mapping) -> dict[str, str]:
    return {match.field: match.column.letter for match in mapping.matches}


def test_a_header_below_title_and_date_is_found() -> None:
    mapping = mapped(["××乡统计表"], ["填报日期"], [], ["村  名", "户 主", "身份证号码", "家庭人口(人)"], ["青山村"])
    assert (mapping.kind, mapping.header_row, mapping.first_row) == ("households", 4, 5)
    assert fields(mapping) == {"village": "A", "head": "B", "head_id": "C", "people": "D"}
    assert mapping.missing == ()


def test_spaces_brackets_and_full_width_do_not_matter() -> None:
    assert comparable("村  名") == "村名"
    assert comparable("\uff08必填\uff09家庭人口\uff08人\uff09*") == "家庭人口"
    assert comparable("户\u3000主\n姓名:") == "户主姓名"


def test_a_phone_standing_alone_belongs_to_the_person_before_it() -> None:
    mapping = mapped(["村", "户主", "身份证号", "联系电话", "帮扶责任人", "单位", "电话", "第二帮扶人", "手机"])
    assert fields(mapping) == {
        "village": "A",
        "head": "B",
        "head_id": "C",
        "phone": "D",
        "helper": "E",
        "unit": "F",
        "helper_phone": "G",
        "second_helper": "H",
        "second_helper_phone": "I",
    }
    assert next(match for match in mapping.matches if match.field == "helper_phone").sure < 1


def test_a_helper_phone_is_not_taken_for_the_household() -> None:
    mapping = mapped(["村", "户主", "身份证号", "帮扶责任人", "联系电话"])
    assert fields(mapping)["helper_phone"] == "E"
    assert "phone" not in fields(mapping)


def test_a_header_of_two_rows_is_read_as_one() -> None:
    mapping = mapped(
        ["村", "户主", "", "帮扶责任人", "", ""],
        ["", "姓名", "身份证号", "姓名", "单位", "电话"],
        ["青山村", "李宁", "1", "吴祥", "县残联", "2"],
        merges=((0, 1, 0, 2, "户主"), (0, 3, 0, 5, "帮扶责任人")),
    )
    assert (mapping.header_row, mapping.first_row) == (1, 3)
    assert fields(mapping) == {
        "village": "A",
        "head": "B",
        "head_id": "C",
        "helper": "D",
        "unit": "E",
        "helper_phone": "F",
    }


def test_a_heading_with_one_wrong_character_is_taken_with_doubt() -> None:
    mapping = mapped(["村", "户主姓明", "户主身份证号吗", "家庭人口"])
    assert {match.field: match.sure for match in mapping.matches}["head_id"] < 1
    assert fields(mapping)["head_id"] == "C"


def test_a_third_helper_is_not_the_second() -> None:
    mapping = mapped(["村", "户主", "身份证号", "第三帮扶人", "颜色"])
    assert [column.header for column in mapping.unmapped] == ["第三帮扶人", "颜色"]


def test_two_columns_for_one_field_are_named() -> None:
    mapping = mapped(["村", "户主", "身份证号", "户主身份证号码"])
    ((field, columns),) = mapping.ambiguous
    assert (field, [column.letter for column in columns]) == ("head_id", ["C", "D"])
    assert fields(mapping)["head_id"] == "C"


def test_what_a_sheet_lacks_is_named() -> None:
    mapping = mapped(["村", "户主", "家庭人口"])
    assert mapping.missing == (("number", "head_id", "member_id"),)


def test_a_people_sheet_is_told_from_a_household_sheet() -> None:
    assert mapped(["姓名", "电话", "角色", "负责范围"]).kind == "people"


def test_the_sheet_with_the_roster_is_picked_among_several() -> None:
    book = book_of([["说明", "请认真填写"]], [["姓名", "电话", "角色"], ["李宁", "1", "信息员"]])
    sheet, mapping = map_book(book)
    assert (sheet.name, mapping.kind) == ("Sheet2", "people")


@pytest.mark.parametrize(
    ("rows", "code"), [([["今天", "天气"], ["很", "好"]], "sheet.no_header"), ([[]], "sheet.empty")]
)
def test_a_sheet_that_is_no_roster_is_refused(rows: list[list[str]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        map_book(book_of(rows))
    assert refused.value.code == code


def test_the_same_headings_have_the_same_signature() -> None:
    one = mapped(["村", "户主", "身份证号"], ["青山村"])
    assert one.signature == mapped([], ["村 ", "户 主", "身份证号"], ["同心村"]).signature
    assert one.signature != mapped(["村", "身份证号", "户主"]).signature


def test_column_letters_go_on_after_z() -> None:
    assert [letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_no_heading_means_two_fields() -> None:
    from models.sheets.headings import FIELDS

    for kind, of_kind in FIELDS.items():
        words = [comparable(word) for line in of_kind.values() for word in line.split()]
        assert sorted(words) == sorted(set(words)), kind
        assert set(words) == set(EXACT[kind])

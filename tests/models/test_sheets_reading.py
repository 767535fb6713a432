"""Opening files: what is a spreadsheet, what is refused, and rows with the numbers a reader sees."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from models.errors import Refused
from models.sheets.reading import LIMITS, Limits, Row, open_book


def workbook(fill: Any) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        fill(book)
    return content.getvalue()


def rows_of(content: bytes) -> list[Row]:
    return list(open_book(content).sheets[0].rows())


def refusal(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as refused:
        open_book(content, limits or LIMITS)
    return refused.value.code


def test_rows_keep_the_numbers_of_the_sheet_and_blank_rows_count() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write(4, 2, "x")
        sheet.write(6, 3, 5)

    rows = rows_of(workbook(fill))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert (rows[4].cell(2), rows[6].cell(3), rows[6].cell(99)) == ("x", 5.0, None)


def test_merged_cells_are_filled_down_and_empty_cells_are_not() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(1, 0, 3, 0, "青山村")
        sheet.write_column(1, 1, [1, 2, 3, 4])

    rows = rows_of(workbook(fill))
    assert [row.cell(0) for row in rows[1:]] == ["青山村", "青山村", "青山村", ""]


def test_days_and_long_texts_keep_their_type() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "013800")
        sheet.write_datetime(0, 1, date(2025, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))

    assert rows_of(workbook(fill))[0].cells == ("013800", date(2025, 3, 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_usual_encoding(encoding: str) -> None:
    rows = rows_of("村,组,户主\n青山村,4组,李宁\n\n同心村,1组,王平\n".encode(encoding))
    assert [(row.number, row.cell(0)) for row in rows] == [(1, "村"), (2, "青山村"), (3, None), (4, "同心村")]


def test_hidden_sheets_are_left_alone() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("看得见").write(0, 0, "a")
        book.add_worksheet("藏起来").hide()

    assert [sheet.name for sheet in open_book(workbook(fill)).sheets] == ["看得见"]


def test_a_picture_renamed_to_xlsx_is_refused_by_its_content() -> None:
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x02\x00\x00\x00"
    assert refusal(picture) == "sheet.not_a_sheet"


@pytest.mark.parametrize("content", [b"", b"   \r\n", b"\x00" * 64])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content) == "sheet.empty"


def test_a_letter_is_no_spreadsheet() -> None:
    assert refusal("今天天气很好".encode()) == "sheet.not_a_sheet"


def test_another_zip_is_no_spreadsheet() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(content.getvalue()) == "sheet.not_a_sheet"


def test_a_protected_file_is_named_as_such() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(ole) == "sheet.encrypted"


def test_an_old_document_of_another_kind_is_refused() -> None:
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000) == "sheet.not_a_sheet"


def test_a_cut_off_file_is_refused_as_broken() -> None:
    whole = workbook(lambda book: book.add_worksheet().write(0, 0, "x" * 1000))
    assert refusal(whole[: len(whole) // 2]) == "sheet.broken"


def test_a_changed_byte_is_refused_as_broken() -> None:
    whole = bytearray(workbook(lambda book: book.add_worksheet().write(0, 0, "x")))
    at = whole.index(b"xl/worksheets/sheet1.xml") + 60
    whole[at] ^= 0xFF
    assert refusal(bytes(whole)) == "sheet.broken"


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
    assert len(content.getvalue()) < 100_000
    assert refusal(content.getvalue(), Limits(unpacked=1_000_000)) == "sheet.expands"


def test_a_file_that_lies_about_its_size_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 5_000_000)
    lying = content.getvalue().replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert refusal(lying, Limits(unpacked=1_000_000)) == "sheet.broken"


def test_one_cell_far_out_is_refused_and_a_styled_empty_one_is_not() -> None:
    def far(book: Any, value: str | None) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write(50_000, 16_000, value, book.add_format({"bold": True}))

    assert refusal(workbook(lambda book: far(book, "y"))) == "sheet.too_many_cells"
    assert len(rows_of(workbook(lambda book: far(book, None)))) == 1


def test_too_many_rows_and_too_many_bytes_are_refused() -> None:
    content = workbook(lambda book: book.add_worksheet().write_column(0, 0, range(11)))
    assert refusal(content, Limits(rows=10)) == "sheet.too_many_rows"
    assert refusal(b"a,b\n" * 11, Limits(rows=10)) == "sheet.too_many_rows"
    assert refusal(content, Limits(size=100)) == "sheet.too_large"


def test_a_file_on_disk_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "named.png"
    path.write_bytes(workbook(lambda book: book.add_worksheet().write(0, 0, "x")))
    assert next(iter(open_book(path).sheets[0].rows())).cells == ("x",)

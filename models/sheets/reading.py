"""Opens a spreadsheet and gives its rows with true row numbers; refuses by content what is not one.

Understood: xlsx, xlsm, xls, and CSV in UTF-8, UTF-16 or GB18030, with comma, semicolon or tab. Refused (code after
`refused.`): sheet.empty, sheet.too_large, sheet.not_a_sheet (ods and other documents too), sheet.html (a page or XML
under the name .xls), sheet.encrypted, sheet.broken, sheet.expands, sheet.too_many_rows, sheet.too_many_cells.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from models.errors import Refused
from models.sheets.cells import Cell

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
"""A cell that has something in it; styled empty cells end in `/>` and cost nothing."""
LOCKED = re.compile(rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
"""How an .xls with a password begins: its first record, and then the one that says how it is locked."""
PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!|<\?xml|<html|<head|<meta|<table|<style|MIME-Version:)", re.IGNORECASE)
"""What many systems export as .xls: a web page or XML, which Excel opens with a warning."""
SEPARATORS = ",\t;"
LOOK_AT_LINES = 30
UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Limits:
    """Most bytes of the file and when unpacked; most rows, columns kept,
    and cells of one sheet's rectangle.
    """

    size: int = 20 * 1024 * 1024
    unpacked: int = 128 * 1024 * 1024
    rows: int = 60_000
    columns: int = 200
    cells: int = 4_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class Row:
    """One sheet row under the number its reader sees at the left edge (the first is 1)."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, index: int) -> Cell:
        return self.cells[index] if index < len(self.cells) else None


@dataclass(frozen=True)
class Merged:
    """A merged range: first and last row number (from 1), first and last column index (from 0)."""

    top: int
    bottom: int
    left: int
    right: int


class Sheet:
    """One sheet. `rows()` may be called again and starts at the top each time."""

    def __init__(self, name: str, source: CalamineSheet | list[list[str]], limits: Limits) -> None:
        self.name = name
        self._source = source
        self._limits = limits
        self.merged: tuple[Merged, ...] = ()
        if isinstance(source, CalamineSheet):
            self.merged = tuple(
                Merged(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in source.merged_cell_ranges or ()
            )
            last = source.end
            if last is not None and last[0] >= limits.rows:
                raise Refused("sheet.too_many_rows", rows=last[0] + 1, most=limits.rows)

    def rows(self) -> Iterator[Row]:
        """Every row, blank ones too. Only truly merged ranges are filled down; never across,
        never by guessing.
        """
        downward = sorted((place for place in self.merged if place.bottom > place.top), key=lambda place: place.top)
        coming, open_ranges = iter(downward), dict[int, tuple[int, Cell]]()
        following = next(coming, None)
        for number, cells in enumerate(self._cells(), 1):
            if open_ranges:
                for column, (bottom, value) in list(open_ranges.items()):
                    if number > bottom:
                        del open_ranges[column]
                    elif column < len(cells):
                        cells[column] = value
            while following is not None and following.top <= number:
                if following.top == number and following.left < len(cells):
                    open_ranges[following.left] = (following.bottom, cells[following.left])
                following = next(coming, None)
            yield Row(number, tuple(cells))

    def _cells(self) -> Iterator[list[Cell]]:
        if not isinstance(self._source, CalamineSheet):
            for texts in self._source:
                yield [*texts]
            return
        start = self._source.start
        if start is None:
            return
        left: list[Cell] = [None] * start[1]
        width = self._limits.columns
        for line in self._source.iter_rows():
            yield [*left, *line][:width]


@dataclass(frozen=True)
class Book:
    """An opened file: its visible sheets in order."""

    sheets: tuple[Sheet, ...]


def open_book(source: Path | bytes, limits: Limits = LIMITS) -> Book:
    """The spreadsheet in a file or in bytes. Raises Refused with a `sheet.` code;
    the name of the file is not believed.
    """
    if isinstance(source, Path):
        if source.stat().st_size > limits.size:
            raise Refused("sheet.too_large", size=source.stat().st_size, megabytes=limits.size >> 20)
        source = source.read_bytes()
    if len(source) > limits.size:
        raise Refused("sheet.too_large", size=len(source), megabytes=limits.size >> 20)
    if not source.strip(b"\x00 \r\n\t"):
        raise Refused("sheet.empty")
    if source.startswith(ZIP):
        _check_zip(source, limits)
        return _open_workbook(source, limits)
    if source.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in source or LOCKED.search(source):
            raise Refused("sheet.encrypted")
        return _open_workbook(source, limits)
    if PAGE.match(source[:200]) or PAGE.match(source[:400].replace(b"\x00", b"").lstrip(b"\xff\xfe")):
        raise Refused("sheet.html")
    return Book((Sheet("CSV", _read_csv(source, limits), limits),))


def _check_zip(source: bytes, limits: Limits) -> None:
    """Looks before anything is unpacked whole: declared sizes first,
    then every entry read in pieces to its end.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in {entry.filename for entry in entries}:
                raise Refused("sheet.not_a_sheet")
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused("sheet.encrypted")
            if sum(entry.file_size for entry in entries) > limits.unpacked or len(entries) > 10_000:
                raise Refused("sheet.expands", most=limits.unpacked)
            for entry in entries:
                _check_entry(archive, entry, limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused("sheet.broken") from error


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Reads one entry through (its checksum is proved) and measures the rectangle of a sheet's filled cells.

    A sheet is held as a full rectangle in memory, so one cell far out would cost as much as a full sheet.
    """
    is_sheet = entry.filename.startswith("xl/worksheets/")
    bottom = right = 0
    rest = b""
    with archive.open(entry) as content:
        while piece := content.read(1 << 20):
            if not is_sheet:
                continue
            piece = rest + piece
            cut = piece.rfind(b">") + 1
            piece, rest = piece[:cut], piece[cut:][-4096:]
            for letters, number in set(FILLED.findall(piece)):
                bottom = max(bottom, int(number))
                right = max(right, _column(letters))
    if bottom > limits.rows:
        raise Refused("sheet.too_many_rows", rows=bottom, most=limits.rows)
    if bottom * right > limits.cells:
        raise Refused("sheet.too_many_cells", cells=bottom * right, most=limits.cells)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _open_workbook(source: bytes, limits: Limits) -> Book:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(source))
        sheets = [
            Sheet(about.name, book.get_sheet_by_name(about.name), limits)
            for about in book.sheets_metadata
            if about.visible == SheetVisibleEnum.Visible
        ]
    except PasswordError as error:
        raise Refused("sheet.encrypted") from error
    except CalamineError as error:
        raise Refused("sheet.not_a_sheet" if source.startswith(OLE) else "sheet.broken") from error
    return Book(tuple(sheets))


def _read_csv(source: bytes, limits: Limits) -> list[list[str]]:
    content = _decode(source)
    if content is None or UNSEEN.search(content):
        raise Refused("sheet.not_a_sheet")
    delimiter = _separator(content)
    lines: list[list[str]] = []
    try:
        for line in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            if not lines and line and line[0].lower().startswith("sep="):
                line = []  # Excel's own first line: it counts as a row, and says nothing
            if len(lines) >= limits.rows:
                raise Refused("sheet.too_many_rows", rows=len(lines) + 1, most=limits.rows)
            lines.append(line[: limits.columns])
    except csv.Error as error:
        raise Refused("sheet.broken") from error
    return lines


def _separator(content: str) -> str:
    """The character between the cells: the one that most of the first lines have, then the one there is most of."""
    first = content[: content.find("\n", 20_000) if len(content) > 20_000 else None]
    lines = [line for line in first.splitlines() if line.strip()][:LOOK_AT_LINES]
    scores = {mark: (sum(line.count(mark) > 1 for line in lines), first.count(mark)) for mark in SEPARATORS}
    best = max(SEPARATORS, key=lambda mark: scores[mark])
    if not scores[best][1]:
        raise Refused("sheet.not_a_sheet")
    return best


def _decode(source: bytes) -> str | None:
    marked = source[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None

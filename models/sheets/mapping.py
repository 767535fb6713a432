"""Which column of a sheet is which field: finds the header row and says how sure it is of every column."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from rapidfuzz import fuzz, process

from models.errors import Refused
from models.sheets.cells import plain
from models.sheets.headings import (
    ALONE,
    ALONE_WORDS,
    EXACT,
    FIELDS,
    FOLLOWING,
    ID_ALONE,
    MEMBERS,
    NAME_ALONE,
    NEEDED,
    ORDINALS,
    comparable,
)
from models.sheets.reading import Book, Merged, Row, Sheet

LOOK_AT = 30
"""Rows searched for a header."""
NEAR = 80.0
"""Least likeness, of 100, at which a heading is taken for a known one."""
BY_PLACE = 0.9
"""How sure a field is that follows from the columns before it (电话 after 帮扶责任人)."""


@dataclass(frozen=True)
class Column:
    """A column by its place from 0, its letter as the sheet shows it, and the heading above it."""

    index: int
    letter: str
    header: str


@dataclass(frozen=True)
class Match:
    """`sure` is 1.0 for a known heading, less where it was taken by likeness or by its place."""

    field: str
    column: Column
    sure: float


@dataclass(frozen=True)
class Mapping:
    """What was recognised: `first_row` is where data begins;
    `missing` names groups of fields of which one is needed.
    """

    kind: str
    sheet: str
    header_row: int
    first_row: int
    matches: tuple[Match, ...]
    unmapped: tuple[Column, ...]
    ambiguous: tuple[tuple[str, tuple[Column, ...]], ...]
    missing: tuple[tuple[str, ...], ...]
    others: tuple[str, ...] = ()
    """Sheets of the same file that look like rosters too, and are not read."""

    def find(self, field: str) -> Column | None:
        return next((match.column for match in self.matches if match.field == field), None)

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(match.field for match in self.matches)

    @property
    def signature(self) -> str:
        """The same for every sheet with the same headings in the same order:
        a mapping is remembered by it.
        """
        headings = sorted(
            [(match.column.index, comparable(match.column.header)) for match in self.matches]
            + [(column.index, comparable(column.header)) for column in self.unmapped]
        )
        return hashlib.sha256(repr((self.kind, headings)).encode()).hexdigest()[:16]

    def need_all(self) -> None:
        """Raises Refused("sheet.columns_missing", fields) with the headings that the sheet still needs."""
        if self.missing:
            headings = [FIELDS[self.kind][group[0]].split()[0] for group in self.missing]
            raise Refused("sheet.columns_missing", fields="、".join(headings))


def letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def map_book(book: Book) -> tuple[Sheet, Mapping]:
    """The sheet of a book that looks most like a roster, and its mapping.
    Raises Refused("sheet.no_header", "sheet.empty").
    """
    found: list[tuple[float, Sheet, Mapping]] = []
    seen = False
    for sheet in book.sheets:
        top = list(islice(sheet.rows(), LOOK_AT))
        seen = seen or any(plain(cell) for row in top for cell in row.cells)
        found.extend((score, sheet, mapping) for score, mapping in _candidates(sheet.name, top, sheet.merged))
    if not seen:
        raise Refused("sheet.empty")
    if not found:
        raise Refused("sheet.no_header", rows=LOOK_AT)
    _, sheet, mapping = max(found, key=lambda candidate: candidate[0])
    complete = {one.name: None for _, one, its in found if not its.missing and one is not sheet}
    return sheet, replace(mapping, others=tuple(complete))


def _candidates(name: str, top: list[Row], merged: Iterable[Merged]) -> list[tuple[float, Mapping]]:
    """Mappings with at least three known columns,
    a header of one row or of two (帮扶责任人 over 姓名 and 电话).
    """
    across = {(place.top, column): place.left for place in merged for column in range(place.left + 1, place.right + 1)}
    found = []
    for at, row in enumerate(top):
        shapes = [([[plain(cell)] for cell in row.cells], row.number)]
        if at + 1 < len(top):
            shapes.append((_two_rows(row, top[at + 1], across), top[at + 1].number))
        for depth, (headings, last) in enumerate(shapes):
            if sum(1 for texts in headings if any(texts)) < 3:
                continue
            for kind in EXACT:
                mapping = _map(kind, name, row.number, last + 1, headings)
                score = sum(match.sure for match in mapping.matches if match.field not in ("serial", "note"))
                score -= 0.5 * len(mapping.missing) + 0.2 * depth + 0.01 * at
                if len(mapping.matches) >= 3 and len(mapping.missing) < 3:
                    found.append((score, mapping))
    return found


def _two_rows(upper: Row, lower: Row, across: dict[tuple[int, int], int]) -> list[list[str]]:
    """For every column the texts it may be known by, the fullest first."""
    headings = []
    for index in range(max(len(upper.cells), len(lower.cells))):
        above = plain(upper.cell(across.get((upper.number, index), index)))
        below = plain(lower.cell(index))
        if above and below and above != below:
            headings.append([above + below, below])
        else:
            headings.append([above or below])
    return headings


def _map(kind: str, sheet: str, header_row: int, first_row: int, headings: list[list[str]]) -> Mapping:
    columns = [Column(index, letter(index), texts[0]) for index, texts in enumerate(headings)]
    words = [[comparable(text) for text in texts] for texts in headings]
    taken: dict[int, tuple[str, float]] = {}
    for index, texts in enumerate(words):
        field = next((EXACT[kind][text] for text in texts if text in EXACT[kind]), None)
        if field:
            taken[index] = (field, 1.0)
    have = {field for field, _ in taken.values()}
    if MEMBERS & have and "member_id" not in have:
        taken |= {
            index: ("member_id", BY_PLACE)
            for index, (field, _) in taken.items()
            if field == "head_id" and ID_ALONE.intersection(words[index])
        }
        have = {field for field, _ in taken.values()}
    for index, texts in enumerate(words):
        if index in taken or (kind == "households" and texts[0] in ALONE_WORDS):
            continue
        if (near := _near(kind, texts[0])) and near[0] not in have:
            taken[index] = near
    if kind == "households":
        _by_place([texts[-1] for texts in words], taken)
    return _settle(kind, sheet, header_row, first_row, columns, taken)


def _by_place(words: list[str], taken: dict[int, tuple[str, float]]) -> None:
    """姓名, 电话 and 单位 standing alone belong to the person named before them."""
    have = {field for field, _ in taken.values()}
    owner = "head"
    for index, word in enumerate(words):
        if index in taken:
            owner = taken[index][0] if taken[index][0] in FOLLOWING["phone"] else owner
            continue
        field = ("member" if MEMBERS & have else "head") if word in NAME_ALONE else None
        for meaning, alone in ALONE.items():
            if word in alone:
                field = FOLLOWING[meaning].get(owner)
        if field and field not in have:
            taken[index] = (field, BY_PLACE)
            have.add(field)


def _near(kind: str, word: str) -> tuple[str, float] | None:
    """The field of the most similar heading. 第三帮扶人 is not 第二帮扶人: numbers must be the same."""
    if len(word) < 2:
        return None
    best = process.extractOne(word, EXACT[kind].keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
    if best is None or ORDINALS.findall(best[0]) != ORDINALS.findall(word):
        return None
    return EXACT[kind][best[0]], round(best[1] / 100, 2)


def _settle(
    kind: str,
    sheet: str,
    header_row: int,
    first_row: int,
    columns: list[Column],
    taken: dict[int, tuple[str, float]],
) -> Mapping:
    """One column for each field: the surest, then the leftmost; rivals are named."""
    claims: dict[str, list[tuple[float, Column]]] = {}
    for index, (field, sure) in taken.items():
        claims.setdefault(field, []).append((sure, columns[index]))
    matches, ambiguous = [], []
    for field, rivals in claims.items():
        rivals.sort(key=lambda rival: (-rival[0], rival[1].index))
        matches.append(Match(field, rivals[0][1], rivals[0][0]))
        if len(rivals) > 1:
            ambiguous.append((field, tuple(column for _, column in rivals)))
    matches.sort(key=lambda match: match.column.index)
    used = {match.column.index for match in matches}
    unmapped = tuple(column for column in columns if column.index not in used and column.header)
    missing = tuple(group for group in NEEDED[kind] if not any(field in claims for field in group))
    return Mapping(kind, sheet, header_row, first_row, tuple(matches), unmapped, tuple(ambiguous), missing)

"""A people sheet (姓名 电话 角色 负责范围) row by row: plain PersonRows and every fault."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.sheets import cells, words
from models.sheets.cells import Cell, Fault, Unreadable
from models.sheets.lines import Reader, Skipped, Skipper
from models.sheets.mapping import Mapping
from models.sheets.reading import Row, Sheet
from models.sheets.words import Post


@dataclass(frozen=True)
class PersonRow:
    """One person and what the row grants. `area` is the name the sheet has: a village, a township,
    a unit, or empty.
    """

    row: int
    name: str
    phone: str
    posts: tuple[Post, ...]
    area: str
    unit: str


@dataclass(frozen=True)
class PersonLine:
    """What one sheet row gave: a person, or none where a fault blocks it; the faults in either case."""

    number: int
    person: PersonRow | None
    faults: tuple[Fault, ...]


def read_people(sheet: Sheet, mapping: Mapping) -> Iterator[PersonLine | Skipped]:
    """Every data row in its order. One phone may stand in several rows with several roles,
    but under one name only.
    """
    skipper = Skipper(mapping)
    names: dict[str, tuple[str, int]] = {}
    grants: dict[tuple[str, ...], int] = {}
    for row in sheet.rows():
        if row.number < mapping.first_row:
            continue
        if why := skipper.why(row):
            if why != "blank":
                yield Skipped(row.number, why)
            continue
        yield _read(row, mapping, names, grants)


def _read(
    row: Row,
    mapping: Mapping,
    names: dict[str, tuple[str, int]],
    grants: dict[tuple[str, ...], int],
) -> PersonLine:
    take = Reader(row, mapping)
    name = take.take("name", cells.name) or ""
    phone = take.take("phone", cells.phone) or ""
    posts = take.take("role", posts_of) or ()
    area = take.take("area", cells.name) or ""
    unit = take.take("unit", cells.name, blocks=False) or ""
    for field, value in (("name", name), ("phone", phone), ("role", posts)):
        if not value and not take.has_fault(field):
            take.fault(field, f"{field}_missing")
    if phone and name:
        first, at = names.setdefault(phone, (name, row.number))
        if first != name:
            take.fault("phone", "phone_of_other", first=at)
    for post in posts:
        if post.scope in ("village", "unit") and not area and not (post.scope == "unit" and unit):
            take.fault("area", f"{post.scope}_missing")
        at = grants.setdefault((phone, name, post.role, post.name, area), row.number)
        if phone and at != row.number:
            take.fault("role", "person_repeated", first=at)
    blocked = any(fault.blocks for fault in take.faults)
    person = None if blocked else PersonRow(row.number, name, phone, posts, area, unit)
    return PersonLine(row.number, person, take.sorted_faults())


def posts_of(cell: Cell) -> tuple[Post, ...]:
    """What the words of a role cell grant, 第一书记、帮扶责任人 both. Raises Unreadable("role_unknown",
    word=…).
    """
    found = [words.bare(word) for word in words.split(cells.text(cell))]
    for word in found:
        if word not in words.ROLES:
            raise Unreadable("role_unknown", word=word)
    return tuple(dict.fromkeys(words.ROLES[word] for word in found))

"""A register sheet with a row for every person (户编号 人编号 姓名 与户主关系): the rows of one household become one line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from models.sheets import cells
from models.sheets.cells import Fault
from models.sheets.headings import MEMBERS
from models.sheets.households import HouseholdLine, MemberRow, Seen, data_rows, read_household, register_number
from models.sheets.lines import Reader, Skipped
from models.sheets.mapping import Mapping
from models.sheets.reading import Row, Sheet

HEADS = frozenset({"户主", "本人", "户主本人", "01", "1"})
MOST_MEMBERS = 40


def has_members(mapping: Mapping) -> bool:
    """Whether the rows of this sheet are people."""
    return mapping.kind == "households" and bool(MEMBERS & mapping.fields)


def read_families(sheet: Sheet, mapping: Mapping, *, today: date) -> Iterator[HouseholdLine | Skipped]:
    """Every household of a sheet of people, under the row of its head.

    The rows of a household stand together; one whose number stood further up is a fault. A person whose ID stood
    further up is left out of the later household.
    """
    as_household, seen = _as_household(mapping), Seen()
    for family in _families(sheet, mapping):
        if isinstance(family, Skipped):
            yield family
        else:
            yield _read(family, mapping, as_household, seen, today)


def _as_household(mapping: Mapping) -> Mapping:
    """The mapping that reads a head's row as a household's: the person's name and ID are the head's."""
    other = {"member": "head", "member_id": "head_id"}
    matches = tuple(
        replace(match, field=other[match.field])
        if match.field in other and other[match.field] not in mapping.fields
        else match
        for match in mapping.matches
    )
    return replace(mapping, matches=matches)


def _families(sheet: Sheet, mapping: Mapping) -> Iterator[list[Row] | Skipped]:
    """Rows of one number that stand together; where the number is left empty, the row belongs to the one above."""
    family: list[Row] = []
    number = ""
    for row in data_rows(sheet, mapping):
        if isinstance(row, Skipped):
            yield row
            continue
        this = _text(row, mapping, "number")
        begins = this != number if this else (not number and _is_head(row, mapping))
        if family and (begins or len(family) >= MOST_MEMBERS):
            yield family
            family = []
        family.append(row)
        number = this or number
    if family:
        yield family


def _text(row: Row, mapping: Mapping, field: str) -> str:
    column = mapping.find(field)
    return cells.text(row.cell(column.index)).replace(" ", "") if column else ""


def _is_head(row: Row, mapping: Mapping) -> bool:
    if mapping.find("relation"):
        return _text(row, mapping, "relation") in HEADS
    return _text(row, mapping, "head") == _text(row, mapping, "member") != ""


def _read(family: list[Row], mapping: Mapping, as_household: Mapping, seen: Seen, today: date) -> HouseholdLine:
    head = next((row for row in family if _is_head(row, mapping)), family[0])
    line = read_household(_filled(head, family[0], mapping), as_household, seen, today)
    members, faults = [], list(line.faults)
    for row in family:
        member, wrong = _read_member(row, head, mapping, seen, today)
        members += [member] if member else []
        told = {(fault.letter, fault.code) for fault in line.faults} if row is head else set()
        faults += [fault for fault in wrong if (fault.letter, fault.code) not in told]
    if line.household is None:
        return replace(line, faults=tuple(faults))
    household = replace(line.household, members=tuple(members), people=line.household.people or len(members))
    return HouseholdLine(line.number, household, tuple(faults))


def _filled(head: Row, first: Row, mapping: Mapping) -> Row:
    """The head's row; what only the first row of the household says (village, helper) is taken from there."""
    own = {column.index for field in (*MEMBERS, "member_id") if (column := mapping.find(field))}
    width = max(len(head.cells), len(first.cells))
    taken = [
        head.cell(index) if index in own or cells.text(head.cell(index)) else first.cell(index)
        for index in range(width)
    ]
    return Row(head.number, tuple(taken))


def _read_member(
    row: Row, head: Row, mapping: Mapping, seen: Seen, today: date
) -> tuple[MemberRow | None, tuple[Fault, ...]]:
    take = Reader(row, mapping)
    name_field = "member" if mapping.find("member") else "head"
    name = take.take(name_field, cells.name, blocks=False) or ""
    id_number = take.take("member_id", cells.id_number, today, blocks=False) or ""
    number = take.take("member_number", register_number, blocks=False) or ""
    relation = take.take("relation", cells.name, blocks=False) or ""
    if not name and not take.has_fault(name_field):
        take.fault(name_field, "name_missing", blocks=False)
    if id_number and seen.ids.setdefault(id_number, row.number) != row.number:
        if row is not head:  # the head's own row says so already
            take.fault("member_id", "id_repeated", blocks=False, first=seen.ids[id_number])
        return None, take.sorted_faults()
    member = MemberRow(name, number, relation, id_number) if name else None
    return member, take.sorted_faults()

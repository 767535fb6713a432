"""A household sheet (帮扶台账) row by row: plain HouseholdRows and every fault with row,
column and value (A1).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from models.sheets import cells, words
from models.sheets.cells import Cell, Fault, Unreadable
from models.sheets.lines import Reader, Skipped, Skipper
from models.sheets.mapping import Mapping
from models.sheets.reading import Row, Sheet

MOST_PEOPLE = 40
GROUP = re.compile(r"第?([0-9]+|[一二三四五六七八九十]+)(?:号)?(?:村民小组|村民组|小组|组|社)?")
PLACE = re.compile(r"(.{1,20}?(?:村|社区|居委会))(.*)")
TOWNSHIP = re.compile(r".*?(?:乡|镇|街道|办事处)(?=.)")


@dataclass(frozen=True)
class MemberRow:
    """One person of a household; number, relation and ID are empty where the sheet says nothing."""

    name: str
    number: str
    relation: str
    id_number: str


@dataclass(frozen=True)
class HouseholdRow:
    """One household as the sheet has it. Empty text or None: the sheet says nothing about it.

    Phones are in international form, `head_id` has 18 characters, kinds and causes are codes,
    the primary cause first.
    """

    row: int
    number: str
    village: str
    group: str
    head: str
    head_id: str
    people: int | None
    kind: str
    causes: tuple[str, ...]
    phone: str
    helper: str
    unit: str
    helper_phone: str
    started_on: date | None
    second_helper: str
    second_helper_phone: str
    latitude: float | None
    longitude: float | None
    note: str
    members: tuple[MemberRow, ...] = ()
    """Who lives there, the head too; empty where the sheet has one row a household."""


@dataclass(frozen=True)
class HouseholdLine:
    """What one sheet row gave: a household, or none where a fault blocks it; the faults in either case."""

    number: int
    household: HouseholdRow | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Helper:
    """A helper as the first row with this phone named one."""

    name: str
    unit: str
    row: int


@dataclass(frozen=True)
class Seen:
    """What earlier rows of the file brought: register numbers and IDs by row, helpers by phone."""

    numbers: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    """IDs of heads and members."""
    helpers: dict[str, Helper] = field(default_factory=dict)


def read_households(sheet: Sheet, mapping: Mapping, *, today: date) -> Iterator[HouseholdLine | Skipped]:
    """Every data row of a sheet in its order, one at a time; blank rows are left out,
    totals and the like are Skipped.

    A register number or an ID that stood in an earlier row of the file is a fault of the later row.
    """
    seen = Seen()
    for row in data_rows(sheet, mapping):
        yield row if isinstance(row, Skipped) else read_household(row, mapping, seen, today)


def data_rows(sheet: Sheet, mapping: Mapping) -> Iterator[Row | Skipped]:
    """The rows below the header; blank ones are left out, totals and the like are Skipped."""
    skipper = Skipper(mapping)
    for row in sheet.rows():
        if row.number < mapping.first_row:
            continue
        why = skipper.why(row)
        if why is None:
            yield row
        elif why != "blank":
            yield Skipped(row.number, why)


def read_household(row: Row, mapping: Mapping, seen: Seen, today: date) -> HouseholdLine:
    take = Reader(row, mapping)
    head = take.take("head", cells.name) or ""
    if not head and not take.has_fault("head"):
        take.fault("head", "head_missing")
    village, group = _place(take)
    number = take.take("number", register_number) or ""
    head_id = take.take("head_id", cells.id_number, today) or ""
    if not number and not head_id and not take.has_fault("number") and not take.has_fault("head_id"):
        take.fault("head_id" if mapping.find("head_id") else "number", "no_key")
    _once(take, "number", "number_repeated", number, seen.numbers)
    _once(take, "head_id", "id_repeated", head_id, seen.ids)
    household = HouseholdRow(
        row=row.number,
        number=number,
        village=village,
        group=group,
        head=head,
        head_id=head_id,
        people=take.take("people", cells.small_number, MOST_PEOPLE),
        kind=take.take("kind", household_kind, blocks=False) or "",
        causes=_causes(take),
        phone=take.take("phone", cells.phone, blocks=False) or "",
        helper=take.take("helper", cells.name, blocks=False) or "",
        unit=take.take("unit", cells.name, blocks=False) or "",
        helper_phone=take.take("helper_phone", cells.phone, blocks=False) or "",
        started_on=take.take("started_on", cells.day, blocks=False),
        second_helper=take.take("second_helper", cells.name, blocks=False) or "",
        second_helper_phone=take.take("second_helper_phone", cells.phone, blocks=False) or "",
        latitude=take.take("latitude", cells.degrees, 90.0, blocks=False),
        longitude=take.take("longitude", cells.degrees, 180.0, blocks=False),
        note=take.take("note", cells.text) or "",
    )
    household = _check_helpers(take, household, seen.helpers)
    blocked = any(fault.blocks for fault in take.faults)
    return HouseholdLine(row.number, None if blocked else household, take.sorted_faults())


def _once(take: Reader, column: str, code: str, value: str, seen: dict[str, int]) -> None:
    """The first row that brings a value keeps it; a later one is a fault that names the first."""
    if value and seen.setdefault(value, take.row.number) != take.row.number:
        take.fault(column, code, first=seen[value])


def _check_helpers(take: Reader, household: HouseholdRow, helpers: dict[str, Helper]) -> HouseholdRow:
    """The row without the helpers that cannot be told for sure: the phone says who it is, never the name alone."""
    for column in ("helper", "second_helper"):
        named, phone = getattr(household, column), getattr(household, f"{column}_phone")
        unit = household.unit if column == "helper" else ""
        if phone and not named and not take.has_fault(column):
            take.fault(f"{column}_phone", "phone_without_helper", blocks=False)
        if not named or take.has_fault(f"{column}_phone"):
            household = _without(household, column)
        if not named or not phone:
            continue  # who a name alone means is known to the database
        first = helpers.setdefault(phone, Helper(named, unit, household.row))
        if first.name != named:
            take.fault(f"{column}_phone", "phone_of_other", blocks=False, first=first.row)
            household = _without(household, column)
        elif unit and not first.unit:
            helpers[phone] = replace(first, unit=unit)
        elif unit and first.unit != unit:
            take.fault("unit", "unit_differs", blocks=False, first=first.row)
            household = replace(household, unit="")
    if household.helper_phone and household.helper_phone == household.second_helper_phone:
        take.fault("second_helper", "same_helper", blocks=False)
        household = replace(household, second_helper="", second_helper_phone="")
    return household


def _without(household: HouseholdRow, column: str) -> HouseholdRow:
    if column == "helper":
        return replace(household, helper="", helper_phone="")
    return replace(household, second_helper="", second_helper_phone="")


def register_number(cell: Cell) -> str:
    """A household's or a person's number in the register. Raises Unreadable("number_wrong", "number_as_number")."""
    found = cells.digits(cell).upper()
    if len(found) > 40 or not re.fullmatch(r"[0-9A-Z一-鿿]*", found):
        raise Unreadable("number_wrong")
    return found


def _place(take: Reader) -> tuple[str, str]:
    village = take.take("village", cells.name) or ""
    group = take.take("group", group_name) or ""
    if not take.mapping.find("village") and (place := take.take("place", cells.name)):
        shape = PLACE.match(TOWNSHIP.sub("", place))
        village = shape[1] if shape else ""
        group = group or (group_name(shape[2]) if shape else "")
    column = "village" if take.mapping.find("village") else "place"
    if not village and not take.has_fault(column):
        take.fault(column, "village_missing")
    return village, group


def group_name(cell: Cell) -> str:
    """`4组`, `4社`, `第四村民小组` and 4 are all `4组`; 张家湾社 is 张家湾组; other names stay."""
    found = cells.name(cell)
    shape = GROUP.fullmatch(found)
    if shape and found:
        number = int(shape[1]) if shape[1].isdecimal() else cells.chinese_number(shape[1])
        return f"{number}组"
    return re.sub(r"(?:村民小组|村民组|小组|社)$", "组", found)


def household_kind(cell: Cell) -> str:
    """The code of the kind, empty for an empty cell; several words: the kind that asks for most care.

    Raises Unreadable("kind_unknown").
    """
    found = [words.bare(word) for word in words.split(cells.text(cell))]
    codes = {words.KINDS[word] for word in found if word in words.KINDS}
    if found and not codes:
        raise Unreadable("kind_unknown")
    return next((kind for kind in words.KIND_ORDER if kind in codes), "")


def cause_codes(cell: Cell) -> tuple[str, ...]:
    """The codes of the causes in the order of the cell, each once. Raises Unreadable("cause_unknown",
    word=…).
    """
    found = [words.bare(word) for word in words.split(cells.text(cell))]
    for word in found:
        if word not in words.CAUSES:
            raise Unreadable("cause_unknown", word=word)
    return tuple(dict.fromkeys(words.CAUSES[word] for word in found))


def _causes(take: Reader) -> tuple[str, ...]:
    first = take.take("causes", cause_codes, blocks=False) or ()
    more = take.take("other_causes", cause_codes, blocks=False) or ()
    return tuple(dict.fromkeys(first + more))

"""Who the helpers of a household row are: by phone, or by a name that one person alone has."""

from typing import Any

from models.households import Household
from models.imports.known import Known
from models.people import Person
from models.sheets.households import HouseholdRow

COLUMNS = {"first": "helper", "second": "second_helper"}


def helper_of(row: HouseholdRow, position: str) -> tuple[str, str]:
    """(name, phone) of the first or second helper in the row; empty where the sheet names none for sure."""
    return (row.helper, row.helper_phone) if position == "first" else (row.second_helper, row.second_helper_phone)


def find_helper(known: Known, row: HouseholdRow, position: str) -> Person | None:
    """The person whom the row names: by the phone; without one by the name, where the people known here have it once."""
    name, phone = helper_of(row, position)
    if phone:
        person = known.person(phone)
        return person if person is not None and person.name == name else None
    same = namesakes(known, row, position)
    return same[0] if len(same) == 1 else None


def namesakes(known: Known, row: HouseholdRow, position: str) -> list[Person]:
    """People of the helper's name; where the row says the unit and one of them has it, that one."""
    same = known.by_people_name.get(helper_of(row, position)[0], [])
    of_unit = [person for person in same if row.unit and person.unit == row.unit] if position == "first" else []
    return of_unit or same


def usable_helper(known: Known, row: HouseholdRow, position: str) -> bool:
    """Whether the row names a helper who is known, or who can be added with the phone."""
    name, phone = helper_of(row, position)
    if not name:
        return False
    return find_helper(known, row, position) is not None or bool(phone and known.person(phone) is None)


def is_new_helper(known: Known, row: HouseholdRow, position: str) -> bool:
    """Whether the row names somebody whom no people sheet has brought yet."""
    return usable_helper(known, row, position) and find_helper(known, row, position) is None


def helper_problems(known: Known, row: HouseholdRow) -> tuple[tuple[str, str, bool], ...]:
    """(field, code, blocks false) of helpers who cannot be told: the household is taken without them."""
    found = []
    for position, column in COLUMNS.items():
        name, phone = helper_of(row, position)
        if not name or usable_helper(known, row, position):
            continue
        if phone:
            found.append((f"{column}_phone", "phone_known_as_other", False))
        else:
            code = "helper_two" if namesakes(known, row, position) else "helper_unknown"
            found.append((column, code, False))
    return tuple(found)


def helper_changes(known: Known, row: HouseholdRow, household: Household, position: str) -> dict[str, Any]:
    """Another helper, or what the sheet says differently about the first one."""
    if not usable_helper(known, row, position):
        return {}
    link = known.helpers.get((household.id, position))
    if link is None:
        return {COLUMNS[position]: ["", helper_of(row, position)[0]]}
    assignment, person = link
    named = find_helper(known, row, position)
    if named is None or named.id != person.id:
        return {COLUMNS[position]: [person.name, helper_of(row, position)[0]]}
    changes: dict[str, Any] = {}
    if position == "first" and row.unit and row.unit != person.unit:
        changes["unit"] = [person.unit or "", row.unit]
    if position == "first" and row.started_on and row.started_on != assignment.starts_on:
        old = assignment.starts_on
        changes["started_on"] = [old.isoformat() if old else "", row.started_on.isoformat()]
    return changes

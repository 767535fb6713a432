"""Writes compared household rows: new ones, changes, helpers, people who live there. Always within the caller's
transaction.
"""

from datetime import date
from typing import Any

from sqlalchemy import insert

from models.households import Assignment, Household, Member
from models.households.changing import Hand, copy_assignments, merge, set_head, set_place
from models.imports.arriving import differs, find_in
from models.imports.comparing import Compared
from models.imports.helping import usable_helper
from models.imports.writing import Writing
from models.people import Person
from models.pinyin import spell
from models.sheets.households import HouseholdRow, MemberRow

PLAIN = {
    "number": "number", "people": "people_count", "kind": "kind", "phone": "phone", "note": "note",
    "latitude": "latitude", "longitude": "longitude",
}  # fmt: skip
"""Fields of a row that are set as they stand, and the columns they go to."""


def add_households(writing: Writing, rows: list[tuple[HouseholdRow, Compared]]) -> list[int]:
    """New households with their helpers, who are known by now, and their people; their ids in the order of the rows."""
    if not rows:
        return []
    session = writing.session
    made = [_new_household(writing, row) for row, _ in rows]
    ids = list(session.scalars(insert(Household).returning(Household.id, sort_by_parameter_order=True), made))
    named = [
        (row.row, _new_assignment(writing, household_id, row, position, row.started_on))
        for household_id, (row, _) in zip(ids, rows, strict=True)
        for position in ("first", "second")
        if usable_helper(writing.known, row, position)
    ]
    _add(writing, Assignment, named)
    people = [
        (row.row, _new_member(writing, household_id, member))
        for household_id, (row, _) in zip(ids, rows, strict=True)
        for member in row.members
    ]
    _add(writing, Member, people)
    for household_id, (row, result) in zip(ids, rows, strict=True):
        hand = writing.hand(row.row)
        hand.trail.made.append((Household.__tablename__, household_id))
        _end_elsewhere(writing, hand, row, household_id)
        if result.origin is not None:
            _split_off(writing, hand, row, household_id, result.origin)
    return ids


def _add(writing: Writing, table: type[Assignment] | type[Member], rows: list[tuple[int, dict[str, Any]]]) -> None:
    """Inserts rows all at once; each is noted with the sheet row it comes from."""
    if not rows:
        return
    made = writing.session.scalars(
        insert(table).returning(table.id, sort_by_parameter_order=True), [values for _, values in rows]
    )
    for (row, _), number in zip(rows, made, strict=True):
        writing.hand(row).trail.made.append((table.__tablename__, number))


def _split_off(writing: Writing, hand: Hand, row: HouseholdRow, household_id: int, origin_id: int) -> None:
    """分户: where the sheet names no helper, the one of the household it was part of; the old head's ID goes along."""
    if not usable_helper(writing.known, row, "first"):
        copy_assignments(hand, origin_id, household_id)
    origin = writing.session.get_one(Household, origin_id)
    if row.head_id and origin.head_id_hash == writing.known.hash(row.head_id):
        hand.trail.keep(origin, "head_id", "head_id_hash")
        origin.head_id = origin.head_id_hash = None
    hand.record("household.split", origin_id, into=household_id)


def _new_household(writing: Writing, row: HouseholdRow) -> dict[str, Any]:
    village = writing.village(row.village)
    pinyin, initials = spell(row.head)
    return {
        "number": row.number or None,
        "village_id": village.id,
        "area_id": writing.group(village, row.group).id,
        "head_name": row.head,
        "pinyin": pinyin,
        "initials": initials,
        "head_id": row.head_id or None,
        "head_id_hash": writing.known.hash(row.head_id) if row.head_id else None,
        "phone": row.phone or None,
        "people_count": row.people,
        "kind": row.kind or "general",
        "cause": row.causes[0] if row.causes else None,
        "causes": list(row.causes),
        "note": row.note or None,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "registered_on": writing.today,
        "created_at": writing.now,
        "updated_at": writing.now,
    }


def _new_assignment(
    writing: Writing, household_id: int, row: HouseholdRow, position: str, starts_on: date | None
) -> dict[str, Any]:
    """Without a day from the sheet an assignment counts as old (engine.md 3)."""
    return {
        "household_id": household_id,
        "person_id": writing.helper(row, position).id,
        "position": position,
        "starts_on": starts_on,
        "reason": "import",
        "created_at": writing.now,
    }


def _new_member(writing: Writing, household_id: int, member: MemberRow) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "number": member.number or None,
        "name": member.name,
        "relation": member.relation or None,
        "id_number": member.id_number or None,
        "id_hash": writing.known.hash(member.id_number) if member.id_number else None,
        "away": False,
    }


def change_household(writing: Writing, household: Household, row: HouseholdRow, result: Compared) -> None:
    """Sets what the sheet says differently; `result` is what comparing found just now."""
    hand, changes = writing.hand(row.row), result.changes
    for field, column in PLAIN.items():
        if field in changes:
            hand.trail.keep(household, column)
            setattr(household, column, getattr(row, field))
    if "head" in changes or "head_id" in changes:
        _change_head(writing, hand, household, row, result)
    if "causes" in changes:
        hand.trail.keep(household, "cause", "causes")
        household.cause, household.causes = row.causes[0], list(row.causes)
    if "village" in changes or "group" in changes:
        village = writing.village(row.village)
        set_place(hand, household, village, writing.group(village, row.group))
    hand.trail.keep(household, "status", "merged_into")
    if household.status == "ended":
        household.status, household.merged_into = "active", None
    household.updated_at = writing.now
    _change_helpers(writing, hand, household, row, changes)
    _change_members(writing, hand, household, row)
    _end_elsewhere(writing, hand, row, household.id)


def _change_head(writing: Writing, hand: Hand, household: Household, row: HouseholdRow, result: Compared) -> None:
    """Another head, or a name or an ID set right; a sheet without IDs leaves the ID as it is."""
    if "head" in result.kinds:
        set_head(hand, household, row.head, row.head_id or household.head_id)
        return
    hand.trail.keep(household, "head_name", "pinyin", "initials", "head_id", "head_id_hash")
    household.head_name = row.head
    household.pinyin, household.initials = spell(row.head)
    if row.head_id:
        household.head_id, household.head_id_hash = row.head_id, writing.known.hash(row.head_id)


def merge_households(writing: Writing, household: Household, row: HouseholdRow, gone: list[int]) -> None:
    """并户, as the sheet shows it or the officer said; one that has ended meanwhile is left alone."""
    for household_id in gone:
        other = writing.session.get(Household, household_id)
        if other is not None and other.status != "ended" and other.village_id in writing.known.areas:
            merge(writing.hand(row.row), other, household)


def _change_helpers(
    writing: Writing, hand: Hand, household: Household, row: HouseholdRow, changes: dict[str, Any]
) -> None:
    for position, column in (("first", "helper"), ("second", "second_helper")):
        if column in changes:
            starts_on = row.started_on if position == "first" else None
            before = writing.known.helpers.get((household.id, position))
            if before is not None:
                starts_on = writing.today
                _end(writing, hand, household, *before)
            made = Assignment(**_new_assignment(writing, household.id, row, position, starts_on))
            writing.add(hand, made)
            writing.known.helpers[household.id, position] = (made, writing.helper(row, position))
    link = writing.known.helpers.get((household.id, "first"))
    if link and "started_on" in changes:
        hand.trail.keep(link[0], "starts_on")
        link[0].starts_on = row.started_on
    if link and "unit" in changes:
        hand.trail.keep(link[1], "unit")
        link[1].unit = row.unit


def _end(writing: Writing, hand: Hand, household: Household, assignment: Assignment, person: Person) -> None:
    """Ends an assignment today; its history stays, and nobody is left out of the log."""
    hand.trail.keep(assignment, "ends_on", "reason")
    assignment.ends_on, assignment.reason = writing.today, "import"
    writing.session.flush()
    hand.record("assignment.end", household.id, before=person.id, reason="import")


def _change_members(writing: Writing, hand: Hand, household: Household, row: HouseholdRow) -> None:
    """Adds people and sets right what is known of them. Who is not in the sheet stays: nobody is removed by an import."""
    new = []
    for wanted in row.members:
        member = find_in(writing.known, household.id, wanted)
        if member is None:
            new.append((row.row, _new_member(writing, household.id, wanted)))
        elif differs(writing.known, member, wanted):
            hand.trail.keep(member, "name", "number", "relation", "id_number", "id_hash")
            for column, value in _new_member(writing, household.id, wanted).items():
                if value and column != "household_id":
                    setattr(member, column, value)
    _add(writing, Member, new)


def _end_elsewhere(writing: Writing, hand: Hand, row: HouseholdRow, household_id: int) -> None:
    """People of this row no longer live where they were known before."""
    for wanted in row.members:
        member = writing.known.find_member(wanted.id_number, wanted.number)
        if member is None or member.household_id == household_id or member.ended_on is not None:
            continue
        home = writing.known.homes.get(member.household_id)
        if home is not None and home.village_id in writing.known.areas:
            hand.trail.keep(member, "ended_on")
            member.ended_on = writing.today

"""Who of a row's people is known to live elsewhere: people who moved, parts of households, whole ones."""

from typing import Any

from models.households import Household, Member
from models.imports.known import Known, secrets_of
from models.sheets.households import HouseholdRow, MemberRow

Arrivals = dict[int, tuple[int, ...]]
"""Another household → its members who stand in this row now; empty where only its head is known."""


def find_arrivals(known: Known, row: HouseholdRow, own_id: int | None) -> Arrivals:
    """Households of this township, other than the row's own, whose people stand in the row."""
    found: dict[int, list[int]] = {}
    for member in _known_people(known, row):
        if member.household_id != own_id and _is_here(known, member.household_id):
            found.setdefault(member.household_id, []).append(member.id)
    for secret in secrets_of(row):
        for household in known.by_hash.get(known.hash(secret), ()):
            if household.id != own_id and _is_here(known, household.id):
                found.setdefault(household.id, [])
    return {household_id: tuple(members) for household_id, members in found.items()}


def find_origin(known: Known, row: HouseholdRow, arriving: Arrivals) -> int | None:
    """The household that this new one was part of: the head's, or the one that half of its people come from."""
    head = next((member for member in row.members if member.id_number == row.head_id), None)
    former = known.find_member(row.head_id, head.number if head else "")
    heads = known.by_hash.get(known.hash(row.head_id), []) if row.head_id else []
    for household_id in (former.household_id if former else None, *(household.id for household in heads)):
        if household_id in arriving:
            return household_id
    return next((home for home, members in arriving.items() if 2 * len(members) >= max(2, len(row.members))), None)


def _known_people(known: Known, row: HouseholdRow) -> list[Member]:
    people = [(row.head_id, ""), *((member.id_number, member.number) for member in row.members)]
    found = [known.find_member(id_number, number) for id_number, number in people]
    return list({member.id: member for member in found if member}.values())


def _is_here(known: Known, household_id: int) -> bool:
    """Whether it goes on, and in this township: others are not touched."""
    household: Household | None = known.homes.get(household_id)
    return household is not None and household.status != "ended" and household.village_id in known.areas


def member_changes(known: Known, row: HouseholdRow, household: Household) -> dict[str, Any]:
    """The names of people who are new in the household, or whose number or relation the sheet says differently."""
    names = [member.name for member in row.members if differs(known, find_in(known, household.id, member), member)]
    return {"members": ["", "、".join(names)]} if names else {}


def find_in(known: Known, household_id: int, wanted: MemberRow) -> Member | None:
    """The member of a household by ID, by number, or by name where one of the two says no ID."""
    living = known.members.get(household_id, [])
    id_hash = known.hash(wanted.id_number) if wanted.id_number else None
    by_id = [member for member in living if id_hash and member.id_hash == id_hash]
    by_number = [member for member in living if wanted.number and member.number == wanted.number]
    by_name = [
        member for member in living if member.name == wanted.name and (id_hash is None or member.id_hash is None)
    ]
    return next(iter([*by_id, *by_number, *by_name]), None)


def differs(known: Known, member: Member | None, wanted: MemberRow) -> bool:
    """Whether the sheet says anything else about somebody; what it leaves empty is no difference."""
    if member is None:
        return True
    pairs = ((member.name, wanted.name), (member.number, wanted.number), (member.relation, wanted.relation))
    return any(new and new != old for old, new in pairs) or bool(
        wanted.id_number and known.hash(wanted.id_number) != member.id_hash
    )

"""One sheet row against what is known: new, changed (what from, what to), unchanged, ask, or fault.
Writes nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from models.areas import UNNAMED_TOWNSHIP, Area
from models.households import Household
from models.imports.arriving import Arrivals, find_arrivals, find_origin, member_changes
from models.imports.known import Known, match_by_key
from models.people import Person
from models.secrets import mask
from models.sheets.households import HouseholdRow
from models.sheets.people import PersonRow
from models.sheets.words import Post

NEW, SKIP, MERGE, KEEP = "new", "skip", "merge", "keep"
Changes = dict[str, Any]
KINDS = ("head", "split", "merge", "move")
"""换户主, 分户, 并户, 搬迁."""


@dataclass(frozen=True)
class Compared:
    """What a row would do. `changes`: field → [from, to], secrets masked. `problems`: (field, code, blocks).

    `candidates`: whom an `ask` row might mean.
    """

    state: str
    subject_id: int | None = None
    changes: Changes = field(default_factory=dict)
    candidates: tuple[int, ...] = ()
    problems: tuple[tuple[str, str, bool], ...] = ()
    kinds: tuple[str, ...] = ()
    """Of KINDS, what more than a changed value it is."""
    origin: int | None = None
    """The household that a new one was part of (分户)."""
    arrivals: Arrivals = field(default_factory=dict)


def compare_household(known: Known, row: HouseholdRow, decided: int | str | None = None) -> Compared:
    """Match by register number, then by the head's ID, then by where its people live, then ask; never by name alone
    (A1).

    `decided`: what the officer or the sheet itself said about an `ask` row, a household's id or "new".
    """
    found = match_by_key(known, row, new=decided == NEW)
    if isinstance(decided, int):
        found = [household for household in _all(known) if household.id == decided] or found
    if any(not _inside(known, household) for household in found):
        return Compared("fault", problems=(("number" if row.number else "head_id", "household_elsewhere", True),))
    if len(found) > 1:
        return Compared("ask", candidates=tuple(sorted(household.id for household in found)))
    if found:
        return _compare_known(known, row, found[0], decided)
    arriving = find_arrivals(known, row, None)
    origin = find_origin(known, row, arriving)
    likely = () if decided == NEW else tuple(sorted({*_namesakes(known, row), *((origin,) if origin else ())}))
    return Compared(
        "ask" if likely else "new",
        candidates=likely,
        problems=_helper_problems(known, row),
        kinds=("split",) if origin else (),
        origin=origin,
        arrivals=arriving,
    )


def _compare_known(known: Known, row: HouseholdRow, household: Household, decided: int | str | None) -> Compared:
    if household.status == "ended" and decided is None:
        return Compared("ask", candidates=(household.id,))
    changes = household_changes(known, row, household) | member_changes(known, row, household)
    arriving = find_arrivals(known, row, household.id) if row.members or "head" in changes else {}
    return Compared(
        "changed" if changes or arriving else "unchanged",
        household.id,
        changes,
        problems=_helper_problems(known, row),
        kinds=_kinds(row, household, changes),
        arrivals=arriving,
    )


def _kinds(row: HouseholdRow, household: Household, changes: Changes) -> tuple[str, ...]:
    """Another name under the same ID is a name set right; a group that was not known before is no move."""
    found = []
    if "head" in changes and ("head_id" in changes or not row.head_id or not household.head_id_hash):
        found.append("head")
    if any(name in changes and changes[name][0] for name in ("village", "group")):
        found.append("move")
    return tuple(found)


def _all(known: Known) -> list[Household]:
    lists = known.by_name.values()
    return [*known.homes.values(), *(household for found in lists for household in found)]


def _inside(known: Known, household: Household) -> bool:
    return household.village_id in known.areas


def _namesakes(known: Known, row: HouseholdRow) -> tuple[int, ...]:
    """Households of that village and head's name,
    but for those whose register number says they are others.
    """
    village = known.village(row.village)
    same = known.by_name.get((village.id, row.head), []) if village else []
    others = [household for household in same if not (row.number and household.number)]
    return tuple(household.id for household in others if household.id not in known.taken)


def household_changes(known: Known, row: HouseholdRow, household: Household) -> Changes:
    """Field → [from, to] for what the sheet says differently; what it leaves empty is no change."""
    area = known.areas[household.area_id]
    pairs: dict[str, tuple[Any, Any]] = {
        "number": (household.number, row.number),
        "village": (known.areas[household.village_id].name, row.village),
        "group": (area.name if area.level == "group" else "", row.group),
        "head": (household.head_name, row.head),
        "people": (household.people_count, row.people),
        "kind": (household.kind, row.kind),
        "causes": (list(household.causes or []), list(row.causes)),
        "latitude": (household.latitude, row.latitude),
        "longitude": (household.longitude, row.longitude),
    }
    if pairs["village"][0] != row.village and known.village(row.village) is known.areas[household.village_id]:
        del pairs["village"]
    changes: Changes = {name: [old, new] for name, (old, new) in pairs.items() if _differs(old, new)}
    if row.head_id and known.hash(row.head_id) != household.head_id_hash:
        changes["head_id"] = [mask(household.head_id), mask(row.head_id)]
    if _differs(household.phone, row.phone):
        changes["phone"] = [mask(household.phone), mask(row.phone)]
    if _differs(household.note, row.note):
        changes["note"] = ["…" if household.note else "", "…"]
    for position in ("first", "second"):
        changes |= _helper_changes(known, row, household, position)
    return changes


def _differs(old: Any, new: Any) -> bool:
    return new not in (None, "", []) and new != old


def helper_of(row: HouseholdRow, position: str) -> tuple[str, str]:
    """(name, phone) of the first or second helper in the row; empty where the sheet names none for sure."""
    return (row.helper, row.helper_phone) if position == "first" else (row.second_helper, row.second_helper_phone)


def usable_helper(known: Known, row: HouseholdRow, position: str) -> bool:
    """Whether the row names a helper, and the phone is not known as somebody else's."""
    name, phone = helper_of(row, position)
    person = known.person(phone) if phone else None
    return bool(name and phone) and (person is None or person.name == name)


def _helper_problems(known: Known, row: HouseholdRow) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (column, "phone_known_as_other", False)
        for column, position in (("helper_phone", "first"), ("second_helper_phone", "second"))
        if helper_of(row, position)[1] and not usable_helper(known, row, position)
    )


def _helper_changes(known: Known, row: HouseholdRow, household: Household, position: str) -> Changes:
    if not usable_helper(known, row, position):
        return {}
    column = "helper" if position == "first" else "second_helper"
    name, phone = helper_of(row, position)
    link = known.helpers.get((household.id, position))
    if link is None:
        return {column: ["", name]}
    assignment, person = link
    if person.phone_hash != known.hash(phone):
        return {column: [person.name, name]}
    changes: Changes = {}
    if position == "first" and row.unit and row.unit != person.unit:
        changes["unit"] = [person.unit or "", row.unit]
    if position == "first" and row.started_on and row.started_on != assignment.starts_on:
        old = assignment.starts_on
        changes["started_on"] = [old.isoformat() if old else "", row.started_on.isoformat()]
    return changes


def compare_person(known: Known, row: PersonRow, decided: int | str | None = None) -> Compared:
    """Match by phone; another name under the same phone is asked about, never taken for the same person."""
    person = known.person(row.phone)
    problems = tuple(
        ("area", code, True) for post in row.posts if (code := _area_problem(known, row, post)) is not None
    )
    if problems:
        return Compared("fault", problems=problems)
    if person is None:
        return Compared("new")
    if person.name != row.name and decided != person.id:
        return Compared("ask", candidates=(person.id,))
    changes = person_changes(known, row, person)
    return Compared("changed" if changes else "unchanged", person.id, changes)


def person_changes(known: Known, row: PersonRow, person: Person) -> Changes:
    changes: Changes = {}
    if person.name != row.name:
        changes["name"] = [person.name, row.name]
    if _differs(person.unit, row.unit):
        changes["unit"] = [person.unit or "", row.unit]
    missing = [post.name for post in row.posts if not has_post(known, row, person, post)]
    if missing:
        changes["posts"] = ["", "、".join(missing)]
    return changes


def has_post(known: Known, row: PersonRow, person: Person, post: Post) -> bool:
    """Whether the person holds this grant already, in this area or unit."""
    area = area_of(known, row, post)
    unit = unit_of(row, post)
    return any(
        grant.role == post.role
        and (grant.post == post.name or post.role == "helper")
        and (area is not None and grant.area_id == area.id)
        and (grant.unit or "") == unit
        for grant in known.grants.get(person.id, ())
    )


def unit_of(row: PersonRow, post: Post) -> str:
    """The unit that a grant is for; only a unit's contact has one."""
    return (row.area or row.unit) if post.scope == "unit" else ""


def area_of(known: Known, row: PersonRow, post: Post) -> Area | None:
    """The area a post is granted in; None: a village that is not known yet,
    or a name that is no area here.
    """
    township = known.areas[known.scope.township_id]
    if post.scope == "village":
        return known.village(row.area)
    if post.scope == "county":
        above = [area for area in known.areas.values() if area.level == "county"]
        return above[0] if above else township
    if post.scope == "unit" or not row.area or row.area == township.name:
        return township
    if post.scope == "township":
        return None if township.name != UNNAMED_TOWNSHIP else township
    named = [area for area in known.areas.values() if area.name == row.area and area.level != "group"]
    return named[0] if named else None


def _area_problem(known: Known, row: PersonRow, post: Post) -> str | None:
    area = area_of(known, row, post)
    if area is None:
        return None if post.scope == "village" else "area_unknown"
    return None if known.scope.reaches(area.path) else "area_not_yours"

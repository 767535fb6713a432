"""One sheet row against what is known: new, changed (what from, what to), unchanged, ask, or fault.
Writes nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from models.households import Household
from models.imports.arriving import Arrivals, find_arrivals, find_origin, member_changes
from models.imports.helping import helper_changes, helper_problems
from models.imports.known import Known, match_by_key
from models.secrets import mask
from models.sheets.households import HouseholdRow

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
    place: str = ""
    """The name of a village or township of which it is not certain which one is meant."""


def compare_household(known: Known, row: HouseholdRow, decided: int | str | None = None) -> Compared:
    """Match by register number, then by the head's ID, then by where its people live, then ask; never by name alone
    (A1).

    `decided`: what the officer or the sheet itself said about an `ask` row, a household's id or "new".
    """
    if places := known.doubtful(row.village):
        return Compared("ask", candidates=places, place=row.village)
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
        problems=helper_problems(known, row),
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
        problems=helper_problems(known, row),
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
    changes: Changes = {name: [old, new] for name, (old, new) in pairs.items() if differs_from(old, new)}
    if row.head_id and known.hash(row.head_id) != household.head_id_hash:
        changes["head_id"] = [mask(household.head_id), mask(row.head_id)]
    if differs_from(household.phone, row.phone):
        changes["phone"] = [mask(household.phone), mask(row.phone)]
    if differs_from(household.note, row.note):
        changes["note"] = ["…" if household.note else "", "…"]
    for position in ("first", "second"):
        changes |= helper_changes(known, row, household, position)
    return changes


def differs_from(old: Any, new: Any) -> bool:
    """Whether the sheet says something, and it is not what is known."""
    return new not in (None, "", []) and new != old

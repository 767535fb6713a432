"""Writes compared rows: areas, households, helpers, people and their grants.
Always within the caller's transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import audit
from models.areas import Area
from models.households import Assignment, Household
from models.imports.comparing import area_of, has_post, helper_of, unit_of, usable_helper
from models.imports.known import Known
from models.people import Grant, Person
from models.pinyin import spell
from models.sheets.households import HouseholdRow
from models.sheets.people import PersonRow
from models.sheets.words import Post

HELPER = Post("helper", "帮扶责任人", "")


@dataclass
class Writing:
    """One batch being written: what is known of it, the moment and the local day, who imports,
    and from which import.
    """

    session: Session
    known: Known
    now: datetime
    today: date
    import_id: int
    person_id: int | None

    def village(self, name: str) -> Area:
        return self.known.village(name) or self._add_area(self.known.scope.township_id, "village", name)

    def group(self, village: Area, name: str) -> Area:
        """The group, or the village itself where the sheet names none."""
        if not name:
            return village
        return self.known.group(village.id, name) or self._add_area(village.id, "group", name)

    def helper(self, row: HouseholdRow, position: str) -> Person:
        """The first or second helper of a row; `add_helpers` has seen to it that somebody is known."""
        return self.known.people[self.known.hash(helper_of(row, position)[1])]

    def _add_area(self, parent_id: int, level: str, name: str) -> Area:
        area = Area(parent_id=parent_id, level=level, name=name, path="")
        self.session.add(area)
        self.session.flush()
        area.path = f"{self.known.areas[parent_id].path}{area.id}/"
        self.known.add_area(area)
        return area


def add_helpers(writing: Writing, rows: Iterable[HouseholdRow]) -> None:
    """Adds, all at once, whoever the rows name as a helper and nobody knows yet;
    gives helpers their grant.
    """
    known = writing.known
    wanted: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        for position in ("first", "second"):
            if usable_helper(known, row, position):
                name, phone = helper_of(row, position)
                before = wanted.get(phone, ("", "", ""))
                wanted[phone] = (name, phone, (row.unit if position == "first" else "") or before[2])
    _add_people(writing, [person for phone, person in wanted.items() if known.person(phone) is None])
    for _, phone, unit in wanted.values():
        person = known.person(phone)
        if person is None:
            continue
        if unit and not person.unit:
            person.unit = unit
        if not any(grant.role == HELPER.role for grant in known.grants.get(person.id, ())):
            _grant(writing, person, HELPER, known.scope.township_id, "")


def add_households(writing: Writing, rows: list[HouseholdRow]) -> list[int]:
    """New households with their helpers, who are known by now; their ids in the order of the rows."""
    if not rows:
        return []
    session = writing.session
    made = [_new_household(writing, row) for row in rows]
    ids = list(session.scalars(insert(Household).returning(Household.id, sort_by_parameter_order=True), made))
    assignments = [
        _new_assignment(writing, household_id, row, position, row.started_on)
        for household_id, row in zip(ids, rows, strict=True)
        for position in ("first", "second")
        if usable_helper(writing.known, row, position)
    ]
    if assignments:
        session.execute(insert(Assignment), assignments)
    return ids


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


def change_household(writing: Writing, household: Household, row: HouseholdRow, changes: dict[str, Any]) -> None:
    """Sets what the sheet says differently; `changes` is what `comparing.household_changes` found just
    now.
    """
    plain = {"number": row.number, "people": row.people, "kind": row.kind, "phone": row.phone, "note":
    row.note,
             "latitude": row.latitude, "longitude": row.longitude}  # fmt: skip
    for field, value in plain.items():
        if field in changes:
            setattr(household, "people_count" if field == "people" else field, value)
    if "head" in changes:
        household.head_name = row.head
        household.pinyin, household.initials = spell(row.head)
    if "head_id" in changes:
        household.head_id, household.head_id_hash = row.head_id, writing.known.hash(row.head_id)
    if "causes" in changes:
        household.cause, household.causes = row.causes[0], list(row.causes)
    if "village" in changes or "group" in changes:
        village = writing.village(row.village)
        household.village_id, household.area_id = village.id, writing.group(village, row.group).id
    if household.status == "ended":
        household.status = "active"
    household.updated_at = writing.now
    _change_helpers(writing, household, row, changes)


def _change_helpers(writing: Writing, household: Household, row: HouseholdRow, changes: dict[str, Any]) -> None:
    for position, column in (("first", "helper"), ("second", "second_helper")):
        if column in changes:
            starts_on = row.started_on if position == "first" else None
            before = writing.known.helpers.get((household.id, position))
            if before is not None:
                starts_on = writing.today
                _end(writing, household, *before)
            made = Assignment(**_new_assignment(writing, household.id, row, position, starts_on))
            writing.session.add(made)
            writing.known.helpers[household.id, position] = (made, writing.helper(row, position))
    link = writing.known.helpers.get((household.id, "first"))
    if link and "started_on" in changes:
        link[0].starts_on = row.started_on
    if link and "unit" in changes:
        link[1].unit = row.unit


def _end(writing: Writing, household: Household, assignment: Assignment, person: Person) -> None:
    """Ends an assignment today; its history stays, and nobody is left out of the log."""
    assignment.ends_on, assignment.reason = writing.today, "import"
    writing.session.flush()
    audit.record(
        writing.session, "assignment.end", now=writing.now, person_id=writing.person_id,
        subject=f"household:{household.id}", before=person.id, reason="import", import_id=writing.import_id,
    )  # fmt: skip


def _add_people(writing: Writing, people: list[tuple[str, str, str]]) -> None:
    """Adds people by (name, phone, unit); from here on they are known."""
    made = []
    for name, phone, unit in people:
        pinyin, initials = spell(name)
        made.append(
            Person(
                name=name,
                pinyin=pinyin,
                initials=initials,
                unit=unit or None,
                phone=phone,
                phone_hash=writing.known.hash(phone),
                created_at=writing.now,
            )
        )
    writing.session.add_all(made)
    writing.session.flush()
    writing.known.people |= {person.phone_hash: person for person in made if person.phone_hash}


def _grant(writing: Writing, person: Person, post: Post, area_id: int, unit: str) -> None:
    grant = Grant(
        person_id=person.id,
        role=post.role,
        post=post.name,
        area_id=area_id,
        unit=unit or None,
        on_ladder=post.on_ladder,
        starts_on=writing.today,
    )
    writing.session.add(grant)
    writing.known.grants.setdefault(person.id, []).append(grant)
    audit.record(
        writing.session, "person.grant", now=writing.now, person_id=writing.person_id,
        subject=f"person:{person.id}", role=post.role, area=area_id, import_id=writing.import_id,
    )  # fmt: skip


def write_people(writing: Writing, rows: list[PersonRow]) -> list[int]:
    """Adds people or brings them up to their rows; grants are added, never taken away. Their ids,
    in order.
    """
    unknown = {row.phone: (row.name, row.phone, row.unit) for row in rows if writing.known.person(row.phone) is None}
    _add_people(writing, list(unknown.values()))
    return [_write_person(writing, row, writing.known.people[writing.known.hash(row.phone)]) for row in rows]


def _write_person(writing: Writing, row: PersonRow, person: Person) -> int:
    if person.name != row.name:
        person.name = row.name
        person.pinyin, person.initials = spell(row.name)
    if row.unit:
        person.unit = row.unit
    for post in row.posts:
        if not has_post(writing.known, row, person, post):
            area = area_of(writing.known, row, post) or writing.village(row.area)
            _grant(writing, person, post, area.id, unit_of(row, post))
    return person.id

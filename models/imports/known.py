"""What the database knows about a batch of sheet rows, read in a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.errors import Refused
from models.households import Assignment, Household, Member
from models.imports.naming import same_township, same_village, similar_township, similar_villages
from models.imports.tables import ImportRow
from models.people import Grant, Person
from models.secrets import keyed_hash
from models.sheets.households import HouseholdRow
from models.sheets.people import PersonRow


@dataclass(frozen=True)
class Scope:
    """The township of an import, and the area paths its author may write in (None: the operator, all)."""

    township_id: int
    path: str
    name: str
    paths: tuple[str, ...] | None = None
    places: Mapping[str, Any] = field(default_factory=dict)
    """What was said about names of places: an area's id, or "new"."""

    def reaches(self, path: str) -> bool:
        return self.paths is None or any(path.startswith(own) for own in self.paths)


@dataclass
class Known:
    """Households by their keys, areas by id, the helpers of today, people by phone hash."""

    scope: Scope
    by_number: dict[str, Household] = field(default_factory=dict)
    by_hash: dict[str, list[Household]] = field(default_factory=dict)
    by_name: dict[tuple[int, str], list[Household]] = field(default_factory=dict)
    areas: dict[int, Area] = field(default_factory=dict)
    helpers: dict[tuple[int, str], tuple[Assignment, Person]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    by_people_name: dict[str, list[Person]] = field(default_factory=dict)
    """People with a grant here by name, for helpers who stand in the sheet without a phone."""
    grants: dict[int, list[Grant]] = field(default_factory=dict)
    homes: dict[int, Household] = field(default_factory=dict)
    """Households by id: those above, and those in which the rows' people live."""
    members: dict[int, list[Member]] = field(default_factory=dict)
    """Who lives in the households that the rows name; only for sheets of people."""
    by_person: dict[str, Member] = field(default_factory=dict)
    """Members by ID hash, and by their number (`#101`) where a row says no ID."""
    taken: set[int] = field(default_factory=set)
    """Households that other rows of the same sheet stand for: no doubtful row can mean them as well."""

    def __post_init__(self) -> None:
        self._by_place: dict[tuple[int | None, str, str], Area] = {}
        self._villages: dict[str, Area | None] = {}
        self._doubts: dict[str, tuple[int, ...]] = {}
        self._hashes: dict[str, str] = {}

    def hash(self, secret: str) -> str:
        """The keyed hash of an ID number or a phone; a helper's phone stands in many rows."""
        found = self._hashes.get(secret)
        if found is None:
            found = self._hashes[secret] = keyed_hash(secret)
        return found

    def find_member(self, id_number: str, number: str) -> Member | None:
        """Somebody known by ID, or else by the own number."""
        by_id = self.by_person.get(self.hash(id_number)) if id_number else None
        return by_id or (self.by_person.get(f"#{number}") if number and not id_number else None)

    def person(self, phone: str) -> Person | None:
        return self.people.get(self.hash(phone))

    def add_area(self, area: Area) -> None:
        self.areas[area.id] = area
        self._villages.clear()
        self._doubts.clear()
        self._by_place[area.parent_id, area.level, area.name] = area

    @property
    def township(self) -> Area:
        return self.areas[self.scope.township_id]

    @property
    def county(self) -> str:
        above = self.areas.get(self.township.parent_id or 0)
        return above.name if above else ""

    @property
    def villages(self) -> list[Area]:
        township_id = self.scope.township_id
        return [area for area in self.areas.values() if area.level == "village" and area.parent_id == township_id]

    def village(self, name: str) -> Area | None:
        """The township's village of a name, however it is written, or as it was said; a merged one gives its
        successor."""
        area = self._by_place.get((self.scope.township_id, "village", name))
        if area is None and name:
            if name not in self._villages:
                said = self.scope.places.get(name)
                by_rule = None if isinstance(said, int) else same_village(name, self.scope.name, self.villages)
                self._villages[name] = self.areas.get(said) if isinstance(said, int) else by_rule
            area = self._villages[name]
        return self.areas.get(area.successor_id or 0, area) if area else None

    def doubtful(self, name: str) -> tuple[int, ...]:
        """The villages that an unknown name may mean, until somebody says which."""
        if not name or name in self.scope.places or self.village(name) is not None:
            return ()
        if name not in self._doubts:
            self._doubts[name] = similar_villages(name, self.scope.name, self.villages)
        return self._doubts[name]

    def is_township(self, name: str) -> bool:
        return self.scope.places.get(name) == self.scope.township_id or same_township(name, self.township, self.county)

    def doubtful_township(self, name: str) -> tuple[int, ...]:
        """The township, where a name is like its own and nobody has said whether it is meant."""
        unknown = name and name not in self.scope.places and not self.is_township(name)
        return (self.scope.township_id,) if unknown and similar_township(name, self.township, self.county) else ()

    def group(self, village_id: int, name: str) -> Area | None:
        return self._by_place.get((village_id, "group", name))


def scope_of(
    session: Session, township_id: int, paths: tuple[str, ...] | None, places: Mapping[str, Any] | None = None
) -> Scope:
    """Raises Refused("area.unknown")."""
    area = session.get(Area, township_id)
    if area is None:
        raise Refused("area.unknown")
    return Scope(area.id, area.path, area.name, paths, places or {})


def know_households(
    session: Session, scope: Scope, rows: Sequence[HouseholdRow], import_id: int | None = None
) -> Known:
    """Everything needed to compare these household rows, and to write them."""
    known = Known(scope)
    _know_areas(session, known)
    hashes = {known.hash(secret) for row in rows for secret in secrets_of(row)}
    numbers = {row.number for row in rows if row.number}
    found = session.scalars(
        select(Household).where(or_(Household.number.in_(numbers), Household.head_id_hash.in_(hashes)))
    ).all()
    for household in found:
        known.homes[household.id] = household
        if household.number:
            known.by_number[household.number] = household
        if household.head_id_hash:
            known.by_hash.setdefault(household.head_id_hash, []).append(household)
    _know_members(session, known, rows, hashes)
    _know_namesakes(session, known, rows, import_id)
    namesakes = {household.id for same in known.by_name.values() for household in same}
    _know_helpers(session, known, namesakes | set(known.homes))
    phones = {phone for row in rows for phone in (row.helper_phone, row.second_helper_phone) if phone}
    _know_people(session, known, {known.hash(phone) for phone in phones})
    _know_names(session, known, rows)
    return known


def _know_names(session: Session, known: Known, rows: Sequence[HouseholdRow]) -> None:
    names = {row.helper for row in rows if row.helper and not row.helper_phone}
    names |= {row.second_helper for row in rows if row.second_helper and not row.second_helper_phone}
    if not names:
        return
    inside = select(Area.id).where(Area.path.startswith(known.scope.path, autoescape=True))
    granted = select(Grant.person_id).where(Grant.ends_on.is_(None), Grant.area_id.in_(inside))
    found = session.scalars(
        select(Person)
        .where(Person.name.in_(names), Person.ended_on.is_(None), Person.id.in_(granted))
        .order_by(Person.id)
    ).all()
    for person in found:
        known.by_people_name.setdefault(person.name, []).append(person)
    _know_grants(session, known, [person.id for person in found])


def know_people(session: Session, scope: Scope, rows: Sequence[PersonRow]) -> Known:
    """Everything needed to compare these people rows, and to write them."""
    known = Known(scope)
    _know_areas(session, known)
    _know_people(session, known, {known.hash(row.phone) for row in rows})
    return known


def _know_areas(session: Session, known: Known) -> None:
    """The township's villages and groups, and the areas above it: a few hundred at most."""
    above = [int(step) for step in known.scope.path.strip("/").split("/")]
    rows = session.scalars(
        select(Area).where(or_(Area.path.startswith(known.scope.path, autoescape=True), Area.id.in_(above)))
    )
    for area in rows:
        known.add_area(area)


def secrets_of(row: HouseholdRow) -> set[str]:
    """The ID numbers that stand in a row: the head's and the members'."""
    return {secret for secret in (row.head_id, *(member.id_number for member in row.members)) if secret}


def _know_members(session: Session, known: Known, rows: Sequence[HouseholdRow], hashes: set[str]) -> None:
    """Where the rows' people are known to live now, and who lives in the households that the rows name."""
    numbers = {member.number for row in rows for member in row.members if member.number and not member.id_number}
    living = select(Member).where(Member.ended_on.is_(None)).order_by(Member.id)
    for member in session.scalars(living.where(Member.id_hash.in_(hashes))):
        known.by_person[member.id_hash or ""] = member
    if numbers:
        for member in session.scalars(living.where(Member.number.in_(numbers))):
            known.by_person[f"#{member.number}"] = member
    elsewhere = {member.household_id for member in known.by_person.values()} - set(known.homes)
    if elsewhere:
        homes = session.scalars(select(Household).where(Household.id.in_(elsewhere), Household.status != "ended"))
        known.homes |= {household.id: household for household in homes}
    if any(row.members for row in rows):
        for member in session.scalars(living.where(Member.household_id.in_(known.homes))):
            known.members.setdefault(member.household_id, []).append(member)


def _know_namesakes(session: Session, known: Known, rows: Iterable[HouseholdRow], import_id: int | None) -> None:
    """Households with a head of the same name in the same village, for rows whose keys are new."""
    villages = [area.id for area in known.areas.values() if area.level == "village"]
    names = {row.head for row in rows if not match_by_key(known, row)}
    if not names or not villages:
        return
    rows_found = session.scalars(
        select(Household)
        .where(Household.head_name.in_(names), Household.village_id.in_(villages), Household.status != "ended")
        .order_by(Household.id)
    )
    for household in rows_found:
        known.by_name.setdefault((household.village_id, household.head_name), []).append(household)
    ids = [household.id for same in known.by_name.values() for household in same]
    in_sheet = select(ImportRow.subject_id).where(ImportRow.import_id == import_id, ImportRow.subject_id.in_(ids))
    known.taken = {household_id for household_id in session.scalars(in_sheet) if household_id is not None}


def match_by_key(known: Known, row: HouseholdRow, *, new: bool = False) -> list[Household]:
    """The households that the row's register number or head's ID names: none, one, or two that disagree.

    `new`: the row is known to be another household than its head's former one, only the number counts.
    """
    found: dict[int, Household] = {}
    if row.number and (household := known.by_number.get(row.number)):
        found[household.id] = household
    if row.head_id and not new:
        found |= {household.id: household for household in known.by_hash.get(known.hash(row.head_id), ())}
    return list(found.values())


def _know_helpers(session: Session, known: Known, household_ids: set[int]) -> None:
    rows = session.execute(
        select(Assignment, Person)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.household_id.in_(household_ids), Assignment.ends_on.is_(None))
    )
    known.helpers = {(link.household_id, link.position): (link, person) for link, person in rows}


def _know_people(session: Session, known: Known, hashes: set[str]) -> None:
    rows = session.scalars(
        select(Person).where(Person.phone_hash.in_(hashes), Person.ended_on.is_(None)).order_by(Person.id.desc())
    )
    known.people = {person.phone_hash: person for person in rows if person.phone_hash}
    _know_grants(session, known, [person.id for person in known.people.values()])


def _know_grants(session: Session, known: Known, ids: Sequence[int]) -> None:
    for grant in session.scalars(select(Grant).where(Grant.person_id.in_(ids), Grant.ends_on.is_(None))):
        held = known.grants.setdefault(grant.person_id, [])
        if grant not in held:
            held.append(grant)

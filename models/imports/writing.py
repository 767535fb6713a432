"""One batch of an import being written: areas, helpers, people and their grants. Always within the caller's
transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from models.areas import Area
from models.base import Base
from models.households.changing import Hand
from models.imports.helping import find_helper, helper_of, is_new_helper, usable_helper
from models.imports.known import Known
from models.imports.people import area_of, has_post, unit_of
from models.people import Grant, Person
from models.pinyin import spell
from models.sheets.households import HouseholdRow
from models.sheets.people import PersonRow
from models.sheets.words import Post

HELPER = Post("helper", "帮扶责任人", "")


@dataclass
class Writing:
    """What is known of the batch, the moment and the local day, who imports, and from which import."""

    session: Session
    known: Known
    now: datetime
    today: date
    import_id: int
    person_id: int | None
    areas_made: list[int] = field(default_factory=list)
    fresh: list[tuple[Hand, Base]] = field(default_factory=list)
    """New rows that get their ids with the next flush."""

    def __post_init__(self) -> None:
        self._hands: dict[int, Hand] = {}

    def hand(self, row: int) -> Hand:
        """What a sheet row changes goes through its own hand, so that each row can be taken back."""
        if row not in self._hands:
            self._hands[row] = Hand(self.session, self.now, self.person_id, {"import_id": self.import_id})
        return self._hands[row]

    def add(self, hand: Hand, row: Base) -> None:
        """A new row of a sheet row."""
        self.session.add(row)
        self.fresh.append((hand, row))

    def flush(self) -> None:
        """Everything written so far has its id and stands in its trail."""
        self.session.flush()
        for hand, row in self.fresh:
            hand.trail.add(row)
        self.fresh.clear()

    def village(self, name: str) -> Area:
        """The township's village; one that ended when an import was taken back goes on."""
        return self._living(self.known.village(name)) or self._add_area(self.known.scope.township_id, "village", name)

    def group(self, village: Area, name: str) -> Area:
        """The group, or the village itself where the sheet names none."""
        if not name:
            return village
        return self._living(self.known.group(village.id, name)) or self._add_area(village.id, "group", name)

    def _living(self, area: Area | None) -> Area | None:
        if area is not None and area.ended_on is not None:
            area.ended_on = None
            self.areas_made.append(area.id)
        return area

    def helper(self, row: HouseholdRow, position: str) -> Person:
        """The first or second helper of a row; `add_helpers` has seen to it that somebody is known."""
        found = find_helper(self.known, row, position)
        if found is None:
            raise LookupError(f"nobody was added for row {row.row}")
        return found

    def _add_area(self, parent_id: int, level: str, name: str) -> Area:
        area = Area(parent_id=parent_id, level=level, name=name, path="")
        self.session.add(area)
        self.session.flush()
        area.path = f"{self.known.areas[parent_id].path}{area.id}/"
        self.known.add_area(area)
        self.areas_made.append(area.id)
        return area


def add_helpers(writing: Writing, rows: Iterable[HouseholdRow]) -> None:
    """Adds, all at once, whoever the rows name as a helper and nobody knows yet;
    gives helpers their grant.
    """
    known, named = writing.known, []
    for row in rows:
        named += [(row, position) for position in ("first", "second") if usable_helper(known, row, position)]
    new: dict[str, tuple[int, str, str, str]] = {}
    for row, position in named:
        if is_new_helper(known, row, position):
            name, phone = helper_of(row, position)
            new.setdefault(phone, (row.row, name, phone, row.unit if position == "first" else ""))
    _add_people(writing, new.values())
    for row, position in named:
        person, hand = writing.helper(row, position), writing.hand(row.row)
        if position == "first" and row.unit and not person.unit:
            hand.trail.keep(person, "unit")
            person.unit = row.unit
        if not any(grant.role == HELPER.role for grant in known.grants.get(person.id, ())):
            _grant(writing, hand, person, HELPER, known.scope.township_id, "")


def _add_people(writing: Writing, people: Iterable[tuple[int, str, str, str]]) -> None:
    """Adds people by (sheet row, name, phone, unit); from here on they are known."""
    for row, name, phone, unit in people:
        pinyin, initials = spell(name)
        phone_hash = writing.known.hash(phone)
        person = Person(
            name=name, pinyin=pinyin, initials=initials, unit=unit or None, phone=phone, phone_hash=phone_hash,
            created_at=writing.now,
        )  # fmt: skip
        writing.add(writing.hand(row), person)
        writing.known.people[phone_hash] = person
    writing.flush()


def _grant(writing: Writing, hand: Hand, person: Person, post: Post, area_id: int, unit: str) -> None:
    grant = Grant(
        person_id=person.id,
        role=post.role,
        post=post.name,
        area_id=area_id,
        unit=unit or None,
        on_ladder=post.on_ladder,
        starts_on=writing.today,
    )
    writing.add(hand, grant)
    writing.known.grants.setdefault(person.id, []).append(grant)
    audit.record(
        writing.session, "person.grant", now=writing.now, person_id=writing.person_id,
        subject=f"person:{person.id}", role=post.role, area=area_id, import_id=writing.import_id,
    )  # fmt: skip


def write_people(writing: Writing, rows: list[PersonRow]) -> list[int]:
    """Adds people or brings them up to their rows; grants are added, never taken away. Their ids,
    in order.
    """
    unknown: dict[str, PersonRow] = {}
    for row in rows:
        if writing.known.person(row.phone) is None:
            unknown.setdefault(row.phone, row)
    _add_people(writing, [(row.row, row.name, row.phone, row.unit) for row in unknown.values()])
    return [_write_person(writing, row, writing.known.people[writing.known.hash(row.phone)]) for row in rows]


def _write_person(writing: Writing, row: PersonRow, person: Person) -> int:
    hand = writing.hand(row.row)
    if person.name != row.name:
        hand.trail.keep(person, "name", "pinyin", "initials")
        person.name = row.name
        person.pinyin, person.initials = spell(row.name)
    if row.unit and row.unit != person.unit:
        hand.trail.keep(person, "unit")
        person.unit = row.unit
    for post in row.posts:
        if not has_post(writing.known, row, person, post):
            area = area_of(writing.known, row, post) or writing.village(row.area)
            _grant(writing, hand, person, post, area.id, unit_of(row, post))
    return person.id

"""Questions about an import: its preview in numbers, its rows by state, its faults,
who is missing from the sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from models.areas import Area
from models.errors import Refused
from models.households import Assignment, Household
from models.imports.missing import list_views
from models.imports.tables import Import, ImportRow
from models.imports.values import load_cells, load_row, shown
from models.people import Person

PAGE = 10
STATES = ("new", "changed", "unchanged", "ask", "fault", "applied", "skipped", "undone", "kept")
OPEN = ("staging", "previewed")
EVENTS = "events"
MOST_FOR_ONE_HELPER = 5
"""R12: one to five households for one helper."""


@dataclass(frozen=True)
class ColumnView:
    """A column of the sheet as it was understood: `sure` below 1 is worth a look."""

    field: str
    letter: str
    header: str
    sure: float


@dataclass(frozen=True)
class FaultView:
    """One fault for people: where it is, what stands there (IDs and phones masked),
    and why it cannot be taken.
    """

    row: int
    letter: str
    header: str
    value: str
    code: str
    values: dict[str, Any]
    blocks: bool


@dataclass(frozen=True)
class RowView:
    """One row for people. `changes`: field → [from, to], secrets masked; `candidates` (id, name,
    village, number).
    """

    row: int
    state: str
    name: str
    place: str
    number: str
    changes: dict[str, Any] = field(default_factory=dict)
    candidates: tuple[tuple[int, str, str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    """head, split, merge, move: what more than a changed value it is."""
    origin: str = ""
    """The head of the household it was part of."""
    merged: tuple[str, ...] = ()
    """The heads of households that are one with it now."""
    merge_asked: tuple[str, ...] = ()
    """The heads of households of which it is not certain."""
    kept: str = ""
    """Why it stayed when the import was taken back."""


@dataclass(frozen=True)
class Preview:
    """An import in numbers. `rows` are data rows; the states add up to them. `left_out`:
    cells not taken, row kept.
    """

    id: int
    version: int
    state: str
    kind: str
    filename: str
    rows: int
    new: int
    changed: int
    unchanged: int
    ask: int
    fault: int
    applied: int
    skipped: int
    undone: int
    kept: int
    missing: int
    left_out: int
    totals: tuple[int, ...]
    columns: tuple[ColumnView, ...]
    unmapped: tuple[tuple[str, str], ...]
    ambiguous: tuple[str, ...]
    others: tuple[str, ...] = ()
    new_villages: tuple[str, ...] = ()
    new_helpers: int = 0
    """Households whose helper no people sheet has brought."""
    kinds: dict[str, int] = field(default_factory=dict)
    """How many rows are a new head, a split, a merge, a move."""

    @property
    def recognised(self) -> int:
        """Rows that belong to somebody known already."""
        return self.changed + self.unchanged


def find_open(session: Session, person_id: int | None) -> Sequence[Import]:
    """Imports of a person that are read or shown, but not confirmed."""
    mine = Import.person_id.is_(None) if person_id is None else Import.person_id == person_id
    return session.scalars(select(Import).where(mine, Import.state.in_(OPEN))).all()


def find_last(session: Session, person_id: int) -> Import | None:
    """The newest import of a person that was read to its end."""
    read = Import.state.in_(("previewed", "applying", "done", "undoing", "undone"))
    return session.scalar(select(Import).where(Import.person_id == person_id, read).order_by(Import.id.desc()).limit(1))


def get_import(session: Session, import_id: int) -> Import:
    """Raises Refused("import.unknown")."""
    found = session.get(Import, import_id)
    if found is None:
        raise Refused("import.unknown")
    return found


def preview(session: Session, import_id: int) -> Preview:
    """Raises Refused("import.unknown")."""
    found = get_import(session, import_id)
    states = select(ImportRow.state, func.count()).where(ImportRow.import_id == import_id).group_by(ImportRow.state)
    mapping, counts = found.mapping, found.counts
    counted = counts.get("states") or {row.state: row[1] for row in session.execute(states)}
    return Preview(
        id=found.id,
        version=found.version,
        state=found.state,
        kind=found.kind,
        filename=found.filename,
        rows=sum(counted.values()),
        **{state: counted.get(state, 0) for state in STATES},
        missing=counts.get("missing", 0),
        left_out=counts.get("left_out", 0),
        totals=tuple(sorted(int(row) for row, why in counts.get("skipped", {}).items() if why == "totals")),
        columns=tuple(
            ColumnView(match["field"], match["column"]["letter"], match["column"]["header"], match["sure"])
            for match in mapping["matches"]
        ),
        unmapped=tuple((column["letter"], column["header"]) for column in mapping["unmapped"]),
        ambiguous=tuple(name for name, _ in mapping["ambiguous"]),
        others=tuple(mapping.get("others", ())),
        new_villages=tuple(counts.get("new_villages", ())),
        new_helpers=counts.get("new_helpers", 0),
        kinds=counts.get("kinds", {}),
    )


def list_faults(
    session: Session, import_id: int, *, offset: int = 0, limit: int = PAGE, blocking: bool = True
) -> list[FaultView]:
    """The faults of the rows that cannot be taken (`blocking`), or the cells left out of rows that are;
    by sheet row.
    """
    is_fault = ImportRow.state == "fault"
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, is_fault if blocking else ~is_fault, ImportRow.flawed)
        .order_by(ImportRow.sheet_row)
        .offset(offset)
        .limit(limit)
    )
    return [
        FaultView(
            row.sheet_row,
            fault["letter"],
            fault["header"],
            shown(value),
            fault["code"],
            fault["values"],
            fault["blocks"],
        )
        for row in rows
        for fault, value in zip(row.faults, load_cells(row.values), strict=True)
    ]


def list_rows(session: Session, import_id: int, state: str, *, offset: int = 0, limit: int = PAGE) -> list[RowView]:
    """Rows of one state by their place in the sheet, with what would change and, for `ask`,
    whom they might mean. "events": those that are a new head, a split, a merge, a move, written or not.
    """
    wanted = ImportRow.state == state
    if state == EVENTS:
        wanted = and_(
            ImportRow.changes["kinds"].as_string().is_not(None), ImportRow.state.in_(("new", "changed", "applied"))
        )
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, wanted)
        .order_by(ImportRow.sheet_row)
        .offset(offset)
        .limit(limit)
    )
    kind = get_import(session, import_id).kind
    return [_row_view(session, kind, row) for row in rows]


def _row_view(session: Session, kind: str, row: ImportRow) -> RowView:
    values = load_row(row.values)
    people = kind == "people"
    place = values.get("area" if people else "village", "")
    return RowView(
        row=row.sheet_row,
        state=row.state,
        name=values.get("name" if people else "head", ""),
        place=place if people else f"{place}{values.get('group', '')}",
        number=values.get("number", ""),
        changes=row.changes.get("fields", {}),
        candidates=_candidates(session, people, row.changes.get("candidates", [])),
        kinds=tuple(row.changes.get("kinds", "").split()),
        origin="".join(_heads(session, [row.changes["origin"]] if "origin" in row.changes else [])),
        merged=_heads(session, row.changes.get("merge", [])),
        merge_asked=_heads(session, row.changes.get("merge_asked", [])),
        kept=row.changes.get("kept", ""),
    )


def _heads(session: Session, ids: list[int]) -> tuple[str, ...]:
    if not ids:
        return ()
    return tuple(session.scalars(select(Household.head_name).where(Household.id.in_(ids)).order_by(Household.id)))


def _candidates(session: Session, people: bool, ids: list[int]) -> tuple[tuple[int, str, str, str], ...]:
    if not ids:
        return ()
    if people:
        found = session.execute(select(Person.id, Person.name, Person.unit).where(Person.id.in_(ids)))
        return tuple((row.id, row.name, row.unit or "", "") for row in found)
    return tuple((view.id, view.name, view.place, view.number) for view in list_views(session, Household.id.in_(ids)))


def list_overloaded(session: Session, township_id: int) -> list[tuple[str, int]]:
    """Helpers with more than five households (R12), the most first: (name, how many)."""
    path = session.get_one(Area, township_id).path
    inside = select(Area.id).where(Area.path.startswith(path, autoescape=True))
    count = func.count(Assignment.id)
    rows = session.execute(
        select(Person.name, count)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Household, Household.id == Assignment.household_id)
        .where(Assignment.ends_on.is_(None), Assignment.position == "first", Household.village_id.in_(inside))
        .group_by(Person.id, Person.name)
        .having(count > MOST_FOR_ONE_HELPER)
        .order_by(count.desc(), Person.id)
    )
    return [(name, number) for name, number in rows]


_OLDEST = select(Import.id).where(Import.state == bindparam("state")).order_by(Import.id).limit(1)


def find_oldest(session: Session, state: str) -> int | None:
    """The oldest import in a state: `applying`, it was confirmed and is not done; `undoing`, it is being taken back."""
    return session.scalar(_OLDEST, {"state": state})

"""What shows only when a sheet is read to its end: two rows for one household (分户), two numbers that became one (并户),
doubts that the sheet itself settles.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.households import Household, Member
from models.imports.comparing import KINDS, NEW, Compared
from models.imports.known import Scope
from models.imports.rows import compare_rows, problems_of
from models.imports.tables import Import, ImportRow
from models.imports.values import SheetRow, add_cells, dump_faults, load_household, load_person

STANDING = ("new", "changed", "unchanged")


def facts_of(compared: Compared) -> dict[str, Any]:
    """What a staged row remembers of its comparison, as plain values."""
    facts: dict[str, Any] = {"fields": compared.changes} if compared.changes else {}
    if compared.candidates:
        facts["candidates"] = list(compared.candidates)
    if compared.place:
        facts["place"] = compared.place
    if compared.kinds:
        facts["kinds"] = " ".join(compared.kinds)
    if compared.origin is not None:
        facts["origin"] = compared.origin
    if compared.arrivals:
        facts["arrivals"] = {str(home): list(members) for home, members in compared.arrivals.items()}
    return facts


def settle_sheet(session: Session, found: Import, scope: Scope) -> None:
    """Decides what the whole sheet decides; what stays doubtful is asked. Counts what is more than a changed value."""
    session.flush()
    _one_row_each(session, found, scope)
    session.flush()
    _settle_doubts(session, found)
    session.flush()
    for row in _with(session, found, "arrivals"):
        if row.state in STANDING:
            settle_merges(session, found, row)
    count_kinds(session, found)


def compare_again(session: Session, found: Import, scope: Scope, row: ImportRow, decided: int | str) -> None:
    """The row once more, with what was said or found out about it."""
    values = load_household(row.values)
    _, (compared,) = compare_rows(session, scope, [values], import_id=found.id, decided={values.row: decided})
    row.state, row.subject_id = compared.state, compared.subject_id
    row.changes = {**facts_of(compared), "decided": decided}


def compare_anew(session: Session, found: Import, scope: Scope, rows: Sequence[ImportRow]) -> None:
    """Rows once more, after something was said that concerns several of them."""
    load = load_household if found.kind == "households" else load_person
    values: list[SheetRow | None] = [load(row.values) for row in rows]
    _, compared = compare_rows(session, scope, values, import_id=found.id)
    for row, result in zip(rows, compared, strict=True):
        row.state, row.subject_id, row.changes = result.state, result.subject_id, facts_of(result)
        if result.problems:
            row.faults = [*row.faults, *dump_faults(problems_of(row.sheet_row, result))]
            row.values = add_cells(row.values, len(result.problems))
            row.flawed = True


def list_asked(session: Session, import_id: int) -> Sequence[ImportRow]:
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.state == "ask")
    return session.scalars(query.order_by(ImportRow.sheet_row)).all()


def _one_row_each(session: Session, found: Import, scope: Scope) -> None:
    """Where two rows would be one household, it is the row with its number; the other has split off."""
    of = ImportRow.import_id == found.id
    twice = session.scalars(
        select(ImportRow.subject_id)
        .where(of, ImportRow.subject_id.is_not(None), ImportRow.state.in_(STANDING))
        .group_by(ImportRow.subject_id)
        .having(func.count() > 1)
    )
    for household_id in twice.all():
        number = session.scalar(select(Household.number).where(Household.id == household_id))
        rows = session.scalars(select(ImportRow).where(of, ImportRow.subject_id == household_id).order_by(ImportRow.id))
        for row in _others(rows.all(), number):
            if load_household(row.values).number:
                compare_again(session, found, scope, row, NEW)
            else:
                row.state, row.changes = "ask", {"candidates": [household_id]}
                row.subject_id = None


def _others(rows: Sequence[ImportRow], number: str | None) -> Iterable[ImportRow]:
    keeper = next((row for row in rows if number and load_household(row.values).number == number), rows[0])
    return [row for row in rows if row is not keeper]


def _settle_doubts(session: Session, found: Import) -> None:
    """A household that another row of the sheet names by its keys cannot be meant by a doubtful row as well."""
    of = ImportRow.import_id == found.id
    taken = set(session.scalars(select(ImportRow.subject_id).where(of, ImportRow.subject_id.is_not(None))))
    for row in session.scalars(select(ImportRow).where(of, ImportRow.state == "ask")).all():
        candidates = row.changes.get("candidates", []) if "place" not in row.changes else []
        left = [candidate for candidate in candidates if candidate not in taken]
        if candidates and not left:
            _make_new(row)
        elif left != candidates:
            row.changes = {**row.changes, "candidates": left}


def _make_new(row: ImportRow) -> None:
    facts = {name: value for name, value in row.changes.items() if name != "candidates"}
    row.state, row.changes = "new", {**facts, "decided": NEW}


def settle_merges(session: Session, found: Import, row: ImportRow) -> None:
    """Households that are not in the sheet, and whose people stand in this row: all of them, it is a merge; the head but
    not all of them, it is asked."""
    row.changes = {name: value for name, value in row.changes.items() if name not in ("merge", "merge_asked")}
    if row.subject_id is None:
        return
    merged, asked = [], []
    for home, arriving in row.changes.get("arrivals", {}).items():
        stands = select(ImportRow.id).where(ImportRow.import_id == found.id, ImportRow.subject_id == int(home)).limit(1)
        how = "" if session.scalar(stands) else how_merged(session, int(home), set(arriving))
        merged += [int(home)] if how == "all" else []
        asked += [int(home)] if how == "head" else []
    if asked:
        row.state = "ask"
        row.changes = {**row.changes, "merge_asked": asked}
    if merged:
        row.changes = {**row.changes, "merge": merged}
        _add_kind(row, "merge")


def how_merged(session: Session, home: int, arriving: set[int]) -> str:
    """Of a household that is not in the sheet: "all" of its people stand in another, or the "head" but not all, or "" """
    household = session.get_one(Household, home)
    people = session.execute(
        select(Member.id, Member.id_hash, Member.name).where(Member.household_id == home, Member.ended_on.is_(None))
    ).all()
    heads = [person for person in people if _is_head(person.id_hash, person.name, household)]
    if heads and heads[0].id not in arriving:
        return ""
    all_known = bool(people) or household.people_count == 1
    return "all" if all_known and {person.id for person in people} <= arriving else "head"


def _is_head(id_hash: str | None, name: str, household: Household) -> bool:
    return id_hash == household.head_id_hash if id_hash and household.head_id_hash else name == household.head_name


def say_merge(row: ImportRow, *, merged: bool) -> None:
    """The officer's word about a doubtful merge."""
    facts = dict(row.changes)
    asked = facts.pop("merge_asked")
    if merged:
        facts["merge"] = [*facts.get("merge", []), *asked]
    row.changes = facts
    row.state = "changed"
    if merged:
        _add_kind(row, "merge")


def _add_kind(row: ImportRow, kind: str) -> None:
    kinds = {*row.changes.get("kinds", "").split(), kind}
    row.changes = {**row.changes, "kinds": " ".join(name for name in KINDS if name in kinds)}
    if row.state == "unchanged":
        row.state = "changed"


def _with(session: Session, found: Import, name: str) -> Sequence[ImportRow]:
    has = ImportRow.changes[name].as_string().is_not(None)
    query = select(ImportRow).where(ImportRow.import_id == found.id, has).order_by(ImportRow.sheet_row)
    return session.scalars(query).all()


def count_kinds(session: Session, found: Import) -> None:
    """How many rows are a new head, a split, a merge, a move, doubtful ones not yet; and who is merged into others."""
    session.flush()
    rows = [row for row in _with(session, found, "kinds") if row.state in ("new", "changed")]
    kinds = {kind: sum(kind in row.changes["kinds"].split() for row in rows) for kind in KINDS}
    found.counts = {
        **found.counts,
        "kinds": {kind: count for kind, count in kinds.items() if count},
        "merged": sorted({home for row in rows for home in row.changes.get("merge", [])}),
    }

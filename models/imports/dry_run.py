"""What an import would do, without a row written: for the command line, beside a running bot."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy.orm import Session

from models.imports.arriving import Arrivals
from models.imports.comparing import Compared
from models.imports.known import Scope, scope_of
from models.imports.missing import MissingView, list_absent
from models.imports.queries import FaultView
from models.imports.rows import DataLine, Line, compare_rows, faults_of, row_of
from models.imports.settling import how_merged
from models.imports.values import shown
from models.sheets.households import HouseholdRow
from models.sheets.lines import Skipped
from models.sheets.mapping import Mapping
from models.sheets.people import PersonRow

BATCH = 500


@dataclass
class DryRun:
    """`counts` by state (new, changed, unchanged, ask, fault), `kinds` of what is more than a changed value; `changes`:
    (row, name, field → [from, to])."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[FaultView] = field(default_factory=list)
    changes: list[tuple[int, str, dict[str, list[object]]]] = field(default_factory=list)
    asks: list[tuple[int, str, tuple[int, ...]]] = field(default_factory=list)
    missing: list[MissingView] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    subjects: Counter[int] = field(default_factory=Counter)
    villages: set[str] = field(default_factory=set)
    new_villages: set[str] = field(default_factory=set)
    places: Counter[str] = field(default_factory=Counter)
    """Names of places that may mean another, and in how many rows."""
    parts: set[int] = field(default_factory=set)
    """Doubtful rows that are part of a household known already."""
    renumbered: list[int] = field(default_factory=list)
    """Households that a row names by the head, under another number."""
    arrivals: list[tuple[int, str, Arrivals]] = field(default_factory=list)


def dry_run(session: Session, township_id: int, mapping: Mapping, lines: Iterable[Line]) -> DryRun:
    """Reads a whole sheet against the database; the answer is the same as an import's preview."""
    scope = scope_of(session, township_id, None)
    found = DryRun()
    for batch in _batches(lines):
        found.skipped += [line for line in batch if isinstance(line, Skipped)]
        _look(session, scope, found, [line for line in batch if not isinstance(line, Skipped)])
        session.expunge_all()
    _settle(session, found)
    found.missing = list_absent(session, mapping.kind, township_id, found.villages, found.subjects)
    return found


def _settle(session: Session, found: DryRun) -> None:
    """What only the whole sheet shows, as `settling.settle_sheet` decides it for an import."""
    doubts = found.asks
    found.asks = [ask for ask in doubts if any(candidate not in found.subjects for candidate in ask[2])]
    settled = {ask[0] for ask in doubts} - {ask[0] for ask in found.asks}
    split = [household_id for household_id in found.renumbered if found.subjects[household_id] > 1]
    found.counts["new"] += len(settled) + len(split)
    found.counts["changed"] -= len(split)
    found.kinds["split"] += len(settled & found.parts) + len(split)
    for row, name, arrivals in found.arrivals:
        gone = [(home, set(members)) for home, members in arrivals.items() if home not in found.subjects]
        ways = {how_merged(session, home, members) for home, members in gone}
        if "head" in ways:
            found.asks.append((row, name, ()))
            found.counts["changed"] -= 1
        else:
            found.kinds["merge"] += "all" in ways
    found.counts["ask"] = len(found.asks)
    del found.places[""]


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    coming = iter(lines)
    while batch := list(islice(coming, BATCH)):
        yield batch


def _look(session: Session, scope: Scope, found: DryRun, lines: list[DataLine]) -> None:
    known, compared = compare_rows(session, scope, [row_of(line) for line in lines])
    for line, result in zip(lines, compared, strict=True):
        row = row_of(line)
        found.counts[result.state] += 1
        if isinstance(row, HouseholdRow):
            village = known.village(row.village)
            found.villages.add(village.name if village else row.village)
            if village is None and not result.place:
                found.new_villages.add(row.village)
        if result.subject_id is not None:
            found.subjects[result.subject_id] += 1
            found.kinds.update(result.kinds)
            if result.arrivals and row is not None:
                found.arrivals.append((line.number, _name(row), result.arrivals))
            if result.changes.get("number", [None])[0]:
                found.renumbered.append(result.subject_id)
        elif result.origin is not None:
            found.parts.add(line.number)
        if row is not None and result.state == "changed":
            found.changes.append((line.number, _name(row), result.changes))
        if row is not None and result.state == "ask":
            # Areas have numbers of their own: no household in the sheet answers such a question.
            places = tuple(-candidate for candidate in result.candidates) if result.place else ()
            found.asks.append((line.number, _name(row), places or result.candidates))
            found.places[result.place] += 1
        found.faults += _fault_views(line, result)


def _name(row: HouseholdRow | PersonRow) -> str:
    return row.head if isinstance(row, HouseholdRow) else row.name


def _fault_views(line: DataLine, result: Compared) -> list[FaultView]:
    return [
        FaultView(fault.row, fault.letter, fault.header, shown(fault.value), fault.code, fault.values, fault.blocks)
        for fault in faults_of(line, result)
    ]

"""A batch of sheet rows against what is known: what staging, the dry run and applying have in common."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from models.imports.comparing import Compared, compare_household
from models.imports.known import Known, Scope, know_households, know_people
from models.imports.people import compare_person
from models.imports.values import SheetRow
from models.sheets.cells import Fault
from models.sheets.households import HouseholdLine, HouseholdRow
from models.sheets.lines import Skipped
from models.sheets.people import PersonLine, PersonRow

DataLine = HouseholdLine | PersonLine
Line = DataLine | Skipped


def line_number(line: Line) -> int:
    return line.row if isinstance(line, Skipped) else line.number


def row_of(line: DataLine) -> SheetRow | None:
    """The row's values, None where a fault blocks it."""
    return line.household if isinstance(line, HouseholdLine) else line.person


def compare_rows(
    session: Session,
    scope: Scope,
    rows: Sequence[SheetRow | None],
    *,
    import_id: int | None = None,
    decided: dict[int, Any] | None = None,
) -> tuple[Known, list[Compared]]:
    """Every row against what is known now, in their order; a row blocked by a fault (None) stays one."""
    said = decided or {}
    households = [row for row in rows if isinstance(row, HouseholdRow)]
    people = [row for row in rows if isinstance(row, PersonRow)]
    known = know_people(session, scope, people) if people else know_households(session, scope, households, import_id)
    compared = []
    for row in rows:
        if row is None:
            compared.append(Compared("fault"))
        elif isinstance(row, HouseholdRow):
            compared.append(compare_household(known, row, said.get(row.row)))
        else:
            compared.append(compare_person(known, row, said.get(row.row)))
    return known, compared


def faults_of(line: DataLine, compared: Compared) -> tuple[Fault, ...]:
    """The sheet's own faults and those that show against what is known (a phone known as somebody else's)."""
    return line.faults + problems_of(line.number, compared)


def problems_of(number: int, compared: Compared) -> tuple[Fault, ...]:
    """What is wrong with a row against what is known; such a fault has no cell of its own."""
    return tuple(Fault(number, "", column, "", code, {}, blocks) for column, code, blocks in compared.problems)

"""A roster file as one thing: which sheet it is, what its columns mean, and its rows one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.sheets.households import HouseholdLine, read_households
from models.sheets.lines import Skipped
from models.sheets.mapping import Mapping, map_book
from models.sheets.members import has_members, read_families
from models.sheets.people import PersonLine, read_people
from models.sheets.reading import LIMITS, Limits, Sheet, open_book


@dataclass(frozen=True)
class Roster:
    """An opened file; `mapping.kind` says whether it has households or people."""

    sheet: Sheet
    mapping: Mapping

    def lines(self, today: date) -> Iterator[HouseholdLine | PersonLine | Skipped]:
        """Its rows from the top, each time it is asked for. `today`: births after it are faults."""
        if has_members(self.mapping):
            return read_families(self.sheet, self.mapping, today=today)
        if self.mapping.kind == "households":
            return read_households(self.sheet, self.mapping, today=today)
        return read_people(self.sheet, self.mapping)


def open_roster(source: Path | bytes, limits: Limits = LIMITS) -> Roster:
    """Opens a file and recognises its columns. Raises Refused with a `sheet.` code;
    missing columns are in the mapping.
    """
    return Roster(*map_book(open_book(source, limits)))

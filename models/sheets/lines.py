"""What households and people sheets have in common: taking cells one by one, keeping every fault,
skipping what is no data.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from models.sheets.cells import EMPTY, Fault, Unreadable, plain
from models.sheets.headings import comparable
from models.sheets.mapping import Mapping
from models.sheets.reading import Row

TOTALS = re.compile(r"(合计|小计|总计|共计|累计)")
FOOT = re.compile(r"(填表人|制表人|填报人|填报单位|填报日期|填表日期|审核人|审批人|负责人签字|注:|说明:|备注:)")

Value = TypeVar("Value")


class Reader:
    """Reads the cells of one row by field and collects the faults, all at once."""

    def __init__(self, row: Row, mapping: Mapping) -> None:
        self.row = row
        self.mapping = mapping
        self.faults: list[Fault] = []

    def take(self, field: str, parse: Callable[..., Value], *more: Any, blocks: bool = True) -> Value | None:
        """The parsed cell of a field, None where there is no such column or it cannot be read (a fault
        is kept).
        """
        column = self.mapping.find(field)
        if column is None:
            return None
        try:
            return parse(self.row.cell(column.index), *more)
        except Unreadable as error:
            self.fault(field, error.code, blocks=blocks, **error.values)
            return None

    def fault(self, field: str, code: str, /, *, blocks: bool = True, **values: Any) -> None:
        column = self.mapping.find(field)
        self.faults.append(
            Fault(
                row=self.row.number,
                letter=column.letter if column else "",
                header=column.header if column else "",
                value=plain(self.row.cell(column.index)) if column else "",
                code=code,
                values=values,
                blocks=blocks,
            )
        )

    def sorted_faults(self) -> tuple[Fault, ...]:
        """In the order of the columns, as the eye goes along the row."""
        return tuple(sorted(self.faults, key=lambda fault: (len(fault.letter), fault.letter)))

    def has_fault(self, field: str) -> bool:
        column = self.mapping.find(field)
        return column is not None and any(fault.letter == column.letter for fault in self.faults)


@dataclass(frozen=True)
class Skipped:
    """A row that is no data: `why` is blank, totals, foot or header."""

    row: int
    why: str


class Skipper:
    """Recognises blank rows, totals, the foot of a page and headers printed again."""

    def __init__(self, mapping: Mapping) -> None:
        self._columns = [match.column.index for match in mapping.matches if match.field != "serial"]
        self._headings = {(match.column.index, comparable(match.column.header)) for match in mapping.matches}
        self._least = max(3, len(self._headings) // 2)

    def why(self, row: Row) -> str | None:
        texts = [text for text in map(plain, row.cells) if text]
        if not texts or (len(texts) == 1 and all(plain(row.cell(index)) in EMPTY for index in self._columns)):
            return "blank"
        first = re.sub(r"\s+", "", texts[0])
        if TOTALS.match(first):
            return "totals"
        if FOOT.match(first):
            return "foot"
        same = sum(1 for index, heading in self._headings if comparable(row.cell(index)) == heading)
        return "header" if same >= self._least else None

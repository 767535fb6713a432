"""Sheet rows as text for the encrypted column, and back; what of a cell may be shown."""

import json
import re
from dataclasses import fields
from datetime import date
from typing import Any

from models.secrets import mask
from models.sheets.cells import Fault
from models.sheets.households import HouseholdRow, MemberRow
from models.sheets.people import PersonRow
from models.sheets.words import Post

SheetRow = HouseholdRow | PersonRow
LONG = re.compile(r"[0-9Xx\-\s]{7,}")


def dump(row: SheetRow | None, faults: tuple[Fault, ...]) -> str:
    """The row and the cell values of its faults; both may hold ID numbers and phones."""
    values = {"row": vars(row) if row else None, "cells": [fault.value for fault in faults]}
    return json.dumps(values, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else vars(value)


def load_household(text: str) -> HouseholdRow:
    values = json.loads(text)["row"]
    values["causes"] = tuple(values["causes"])
    if values["started_on"]:
        values["started_on"] = date.fromisoformat(values["started_on"])
    values["members"] = tuple(MemberRow(**member) for member in values.get("members", ()))
    return HouseholdRow(**{field.name: values[field.name] for field in fields(HouseholdRow)})


def load_person(text: str) -> PersonRow:
    values = json.loads(text)["row"]
    values["posts"] = tuple(Post(**post) for post in values["posts"])
    return PersonRow(**values)


def load_row(text: str) -> dict[str, Any]:
    """The row as plain values, empty for a row that a fault blocks."""
    return json.loads(text)["row"] or {}


def load_cells(text: str) -> list[str]:
    found: list[str] = json.loads(text)["cells"]
    return found


def add_cells(text: str, count: int) -> str:
    """The same row with places for so many more faults that have no cell."""
    values = json.loads(text)
    values["cells"] += [""] * count
    return json.dumps(values, ensure_ascii=False)


def dump_faults(faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    """The faults without the cells' own values, which may be personal."""
    return [
        {
            "letter": fault.letter,
            "header": fault.header,
            "code": fault.code,
            "values": {name: value for name, value in fault.values.items() if isinstance(value, int)},
            "blocks": fault.blocks,
        }
        for fault in faults
    ]


def shown(value: str) -> str:
    """A cell's value for a list of faults: long runs of digits (IDs, phones) are masked."""
    return LONG.sub(lambda found: mask(found[0]), value)

"""What a change replaced and what it made, kept so that the change can be taken back."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect

from models.base import Base

Key = tuple[str, int]


@dataclass
class Trail:
    """`made`: (table, id) of new rows. `was`: the former values of changed rows by (table, id)."""

    made: list[Key] = field(default_factory=list)
    was: dict[Key, dict[str, Any]] = field(default_factory=dict)

    def keep(self, row: Base, *names: str) -> None:
        """Remembers values that are about to be replaced; what was remembered before stays."""
        found = self.was.setdefault(_key(row), {})
        for name in names:
            found.setdefault(name, getattr(row, name))

    def add(self, row: Base) -> None:
        """Remembers a new row; it must have its id by now."""
        self.made.append(_key(row))

    def ids(self, table: str) -> list[int]:
        """The new rows of a table."""
        return [number for name, number in self.made if name == table]

    def __bool__(self) -> bool:
        return bool(self.made or self.was)

    def dump(self) -> str:
        """The trail as text for an encrypted column; it holds names and numbers."""
        was = [[table, number, values] for (table, number), values in self.was.items()]
        return json.dumps({"made": self.made, "was": was}, ensure_ascii=False, default=_plain)

    @classmethod
    def load(cls, text: str) -> "Trail":
        values = json.loads(text)
        made = [(str(table), int(number)) for table, number in values["made"]]
        return cls(made, {(table, number): was for table, number, was in values["was"]})


def _key(row: Base) -> Key:
    return row.__tablename__, int(row.id)  # type: ignore[attr-defined]


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept")


def put_back(row: Base, was: dict[str, Any]) -> None:
    """Sets a row's former values, as `Trail.load` gives them."""
    columns = inspect(type(row)).columns
    for name, value in was.items():
        kind = columns[name].type.python_type
        if isinstance(value, str) and kind in (date, datetime):
            value = kind.fromisoformat(value)
        setattr(row, name, value)

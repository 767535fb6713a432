"""Names of places in a sheet that may mean another: what is still to be asked, one name at a time."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.areas import Area
from models.imports.tables import ImportRow


@dataclass(frozen=True)
class PlaceView:
    """A name of a place that may mean another: how many rows have it, one of them, and (id, name) of candidates."""

    name: str
    row: int
    rows: int
    candidates: tuple[tuple[int, str], ...]
    new: bool
    """Whether it may be a new one."""


def find_place(session: Session, import_id: int) -> PlaceView | None:
    """The next name of a place to be asked about; one answer is for all its rows."""
    rows = session.execute(
        select(ImportRow.sheet_row, ImportRow.changes)
        .where(ImportRow.import_id == import_id, ImportRow.state == "ask")
        .order_by(ImportRow.sheet_row)
    ).all()
    first = next((row for row in rows if "place" in row.changes), None)
    if first is None:
        return None
    name, ids = first.changes["place"], first.changes["candidates"]
    areas = session.execute(select(Area.id, Area.name, Area.level).where(Area.id.in_(ids)).order_by(Area.id)).all()
    same = sum(row.changes.get("place") == name for row in rows)
    is_village = all(area.level == "village" for area in areas)
    return PlaceView(name, first.sheet_row, same, tuple((area.id, area.name) for area in areas), is_village)


def count_places(session: Session, import_id: int) -> dict[str, int]:
    """Names of places that are to be asked about, and in how many rows they stand."""
    asked = session.scalars(select(ImportRow.changes).where(ImportRow.import_id == import_id, ImportRow.state == "ask"))
    return dict(Counter(changes["place"] for changes in asked if "place" in changes))

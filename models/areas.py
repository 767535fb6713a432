"""Areas: province, city, county, township, village, group. Rights follow the path of ids; codes are dated attributes."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.base import Base, Id, ref
from models.naming import names

UNNAMED_TOWNSHIP = "本乡镇"
"""What the township is called until the settings name it."""


@names("name", "path")
class Area(Base):
    __tablename__ = "areas"
    id: Mapped[Id]
    parent_id: Mapped[int | None] = ref("areas", index=False)
    level: Mapped[str]
    name: Mapped[str]
    path: Mapped[str]
    """Ids from the root to this area, `/1/4/17/`; a right at an area covers every path that begins with its own."""
    successor_id: Mapped[int | None] = ref("areas", index=False)
    ended_on: Mapped[date | None]
    __table_args__ = (
        UniqueConstraint("parent_id", "level", "name"),
        Index("ix_areas_path", "path"),
    )


VILLAGE, GROUP = aliased(Area), aliased(Area)
"""A household's village, and the area it lies in, for queries that name both. Here once: to make an alias costs more
than a query."""


class AreaCode(Base):
    """A 统计用区划代码 with the days it was valid."""

    __tablename__ = "area_codes"
    id: Mapped[Id]
    area_id: Mapped[int] = ref("areas")
    code: Mapped[str] = mapped_column(index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


def find_township(session: Session) -> int | None:
    """The installation's township, where it has one."""
    return session.scalar(
        select(Area.id).where(Area.level == "township", Area.ended_on.is_(None)).order_by(Area.id).limit(1)
    )


def ensure_area(session: Session, parent_id: int | None, level: str, name: str) -> int:
    """The area of this name under a parent, made if it is new."""
    same_parent = Area.parent_id.is_(None) if parent_id is None else Area.parent_id == parent_id
    found = session.scalar(select(Area.id).where(same_parent, Area.level == level, Area.name == name))
    if found is not None:
        return found
    parent_path = "/" if parent_id is None else session.get_one(Area, parent_id).path
    area = Area(parent_id=parent_id, level=level, name=name, path="")
    session.add(area)
    session.flush()
    area.path = f"{parent_path}{area.id}/"
    session.flush()
    return area.id


def ensure_township(session: Session, county: str, township: str) -> int:
    """County and township of this installation, by the names of its settings; a new name renames, never doubles."""
    found = find_township(session)
    if found is None:
        return ensure_area(session, ensure_area(session, None, "county", county), "township", township)
    area = session.get_one(Area, found)
    area.name = township
    if area.parent_id is not None:
        session.get_one(Area, area.parent_id).name = county
    return found

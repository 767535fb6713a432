"""Areas: province, city, county, township, village, group. Rights follow the path of ids; codes are dated attributes."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, ref

LEVELS = ("province", "city", "county", "township", "village", "group")


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


class AreaCode(Base):
    """A 统计用区划代码 with the days it was valid."""

    __tablename__ = "area_codes"
    id: Mapped[Id]
    area_id: Mapped[int] = ref("areas")
    code: Mapped[str] = mapped_column(index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

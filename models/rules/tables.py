"""The rules table: every change is a new immutable version."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Facts, Id, ref


class Rule(Base):
    """One version. `parameters` as its family reads them (families.py), `starts_on` a local day."""

    __tablename__ = "rules"
    id: Mapped[Id]
    code: Mapped[str]
    """R1 … R21 of domain.md 1.J, or a local code."""
    version: Mapped[int]
    area_id: Mapped[int | None] = ref("areas")
    """Where it holds; the most specific area wins. None: the whole installation."""
    state: Mapped[str]
    """on, off; an area's own version also removed: from then on the rule of the area above holds there again."""
    source: Mapped[str]
    """toml or chat; locked rules are changed in TOML only."""
    locked: Mapped[bool] = mapped_column(default=False)
    parameters: Mapped[Facts]
    author_id: Mapped[int | None] = ref("people", index=False)
    starts_on: Mapped[date]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("code", "area_id", "version"),)

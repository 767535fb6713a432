"""Imports: a spreadsheet staged row by row, compared, confirmed, applied in short commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, EncryptedText, Facts, Id, ref


class Import(Base):
    """States: fetching, fetched, staging, previewed, applying, done, undoing, undone, cancelled, refused."""

    __tablename__ = "imports"
    id: Mapped[Id]
    person_id: Mapped[int | None] = ref("people")
    township_id: Mapped[int | None] = ref("areas", index=False)
    filename: Mapped[str]
    sha256: Mapped[str]
    kind: Mapped[str]
    """households or people."""
    state: Mapped[str]
    mapping: Mapped[Facts]
    counts: Mapped[Facts]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = ref("people", index=False)


class ImportRow(Base):
    """One sheet row. States: new, changed, unchanged, ask, fault, applied, skipped; taken back: undone, or kept."""

    __tablename__ = "import_rows"
    id: Mapped[Id]
    import_id: Mapped[int] = ref("imports", index=False)
    sheet_row: Mapped[int]
    state: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BigId)
    """The household or person it belongs to, once known."""
    values: Mapped[str] = mapped_column(EncryptedText)
    """The recognised values as JSON (they hold ID numbers and phones, so encrypted)."""
    changes: Mapped[Facts]
    before: Mapped[str | None] = mapped_column(EncryptedText)
    """What an applied row replaced and made (models.trails), so that the import can be undone."""
    faults: Mapped[list[Any]]
    flawed: Mapped[bool] = mapped_column(default=False)
    """Has faults, whether they block the row or only leave a cell out."""
    __table_args__ = (
        UniqueConstraint("import_id", "sheet_row"),
        Index("ix_import_rows_state", "import_id", "state", "sheet_row"),
        Index("ix_import_rows_subject", "import_id", "subject_id"),
    )

"""The officer's own words: what people of this township say, and what it means to the reader of reports."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from models.base import Base, Id, ref


class Word(Base):
    """`meaning` is one of the parser's kinds (`met`, `not_home`, `away` …). Ended, never deleted."""

    __tablename__ = "words"
    id: Mapped[Id]
    word: Mapped[str]
    meaning: Mapped[str]
    added_by: Mapped[int | None] = ref("people", index=False)
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_words_open",
            "word",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

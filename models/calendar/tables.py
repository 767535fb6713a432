"""Days set in the chat: a market day, a snow day. Append-only: an entry ends, it is never changed."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from models.base import Base, Id, ref


class CalendarDay(Base):
    """From `first_on` to `last_on`, for the whole township. One that ended holds for its days before that day."""

    __tablename__ = "calendar_days"
    id: Mapped[Id]
    first_on: Mapped[date]
    last_on: Mapped[date]
    worked: Mapped[bool]
    name: Mapped[str]
    """Why, in a few words: 赶场, 大雪."""
    author_id: Mapped[int] = ref("people", index=False)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = ref("people", index=False)

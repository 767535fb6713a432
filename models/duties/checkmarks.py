"""办好了: the owner's word that a fixed-date duty is done, with its evidence; taken back, it is a row that says so."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, EncryptedText, Id, ref
from models.duties.tables import Duty
from models.people import Person
from models.photos.queries import count_of_draft
from models.times import local_day


class Checkmark(Base):
    """One 办好了. Its photos and documents are the photos of its draft."""

    __tablename__ = "checkmarks"
    id: Mapped[Id]
    duty_id: Mapped[int] = ref("duties")
    person_id: Mapped[int] = ref("people", index=False)
    draft_id: Mapped[int | None] = ref("drafts")
    words: Mapped[str | None] = mapped_column(EncryptedText)
    """The line of evidence, as written."""
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


def _standing(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Checkmark)
        .where(Checkmark.duty_id == Duty.id, Checkmark.withdrawn_at.is_(None), *conditions)
        .correlate(Duty)
        .scalar_subquery()
    )


def checked() -> ScalarSelect[int]:
    """For each row of `Duty` of a fixed date: how many checkmarks stand; one is enough."""
    return _standing()


def checked_late() -> ScalarSelect[int]:
    """The same for those made after the last day of grace: late is fine, hidden is not."""
    return _standing(Checkmark.made_at >= Duty.closes_at)


def find_standing(session: Session, duty_id: int) -> Checkmark | None:
    """The checkmark that closed a duty."""
    return session.scalar(
        select(Checkmark)
        .where(Checkmark.duty_id == duty_id, Checkmark.withdrawn_at.is_(None))
        .order_by(Checkmark.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Evidence:
    """What a duty's card shows of its checkmark. `files`: how many by medium and state, `photo_stored`."""

    by: str
    on: date
    words: str | None
    files: dict[str, int]
    made_at: datetime


def find_evidence(session: Session, duty_id: int) -> Evidence | None:
    mark = find_standing(session, duty_id)
    if mark is None:
        return None
    name = session.scalar(select(Person.name).where(Person.id == mark.person_id)) or ""
    files = count_of_draft(session, mark.draft_id) if mark.draft_id is not None else {}
    return Evidence(name, local_day(mark.made_at), mark.words, files, mark.made_at)

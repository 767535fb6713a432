"""The audit log: who did and who looked. Append-only."""

from datetime import datetime

from sqlalchemy import BigInteger, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Facts, Id, bare, ref


class AuditRow(Base):
    __tablename__ = "audit_log"
    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = ref("people")
    sender: Mapped[int | None] = mapped_column(BigInteger)
    """The channel's number, also of strangers."""
    action: Mapped[str]
    subject: Mapped[str | None]
    """`household:12`, `person:5`: what it was done to."""
    outcome: Mapped[str] = mapped_column(default="done")
    """done, or refused with the code in `reason`."""
    reason: Mapped[str | None]
    facts: Mapped[Facts]


ADD = insert(bare(AuditRow))


def record(
    session: Session,
    action: str,
    *,
    now: datetime,
    person_id: int | None = None,
    sender: int | None = None,
    subject: str | None = None,
    outcome: str = "done",
    reason: str | None = None,
    **facts: object,
) -> None:
    """Adds one line to the log, in the caller's transaction. `facts` are ids and codes, never names or texts."""
    session.execute(
        ADD,
        {
            "at": now,
            "person_id": person_id,
            "sender": sender,
            "action": action,
            "subject": subject,
            "outcome": outcome,
            "reason": reason,
            "facts": facts,
        },
    )

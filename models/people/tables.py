"""The tables of people, their grants, their invitations."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, EncryptedText, Id, ref
from models.naming import names

ROLES = (
    "helper",
    "team_head",
    "clerk",
    "officer",
    "deputy",
    "leader",
    "inspector",
    "county",
    "unit_contact",
    "operator",
)


@names("name")
class Person(Base):
    """Somebody with an account. `telegram_id` is Telegram's number, `id` ours."""

    __tablename__ = "people"
    id: Mapped[Id]
    name: Mapped[str]
    pinyin: Mapped[str | None]
    initials: Mapped[str | None]
    unit: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    telegram_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    locale: Mapped[str | None]
    digest_minute: Mapped[int | None]
    """Own hour of the digest, minutes after local midnight; none = the hour of the role."""
    joined_at: Mapped[datetime | None]
    unreachable_at: Mapped[datetime | None]
    unreachable_reason: Mapped[str | None]
    ended_on: Mapped[date | None]
    merged_into: Mapped[int | None] = ref("people", index=False)
    """The same human being, entered twice: the row that goes on."""
    created_at: Mapped[datetime]


class Grant(Base):
    """(person, role, post, area or unit, from, to). `on_ladder` false: the role without its place on the ladder (村支书)."""

    __tablename__ = "grants"
    id: Mapped[Id]
    person_id: Mapped[int] = ref("people")
    role: Mapped[str]
    post: Mapped[str | None]
    area_id: Mapped[int | None] = ref("areas")
    unit: Mapped[str | None]
    on_ladder: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    __table_args__ = (Index("ix_grants_role_area_id", "role", "area_id"),)


class Invitation(Base):
    """A single-use link; only the keyed hash of its token is kept."""

    __tablename__ = "invitations"
    id: Mapped[Id]
    person_id: Mapped[int] = ref("people")
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[int | None] = ref("people", index=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[datetime | None]

"""Column types named once, for every table and both databases."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    types,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from models.secrets import keyring

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcMoment(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, a time zone aware column on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EncryptedText(TypeDecorator[str]):
    """Text that is encrypted at rest under a named key; never searched by, see `models.secrets.keyed_hash`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().decrypt(value)


BigId = BigInteger().with_variant(Integer, "sqlite")
Plain: types.TypeEngine[Any] = types.JSON().with_variant(JSONB(), "postgresql")

Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Facts = Annotated[dict[str, Any], mapped_column(Plain)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        int: Integer,
        str: Text,
        bool: Boolean,
        date: Date,
        datetime: UtcMoment,
        dict[str, Any]: Plain,
        list[Any]: Plain,
    }


def bare(entity: type[Base]) -> Table:
    """The table without its class, for the writing statements of every message: the ORM's part costs as much again."""
    return cast(Table, entity.__table__)


def ref(table: str, *, index: bool = True) -> Any:
    """A column that refers to another table's id."""
    return mapped_column(BigId, ForeignKey(f"{table}.id"), index=index)

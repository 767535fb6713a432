"""Alembic's entry: run by `zoufang migrate` and at start, on an open connection that the caller hands over."""

from typing import Any, Literal

from alembic import context

from models.base import EncryptedText, UtcMoment
from models.tables import metadata


def plain_types(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Migrations name plain column types, so that an old one never changes when our types do."""
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, UtcMoment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item.__class__.__name__ == "JSON":
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_types,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

"""what is stuck"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PARTIAL = (
    ("ix_duties_paused", "duties", ["paused_until"], "state = 'open' AND paused_until IS NOT NULL"),
    ("ix_duties_taken", "duties", ["taken_until"], "state = 'open' AND taken_by IS NOT NULL"),
    ("ix_duties_open_household", "duties", ["household_id"], "state = 'open'"),
    ("ix_duties_open_village", "duties", ["village_id"], "state = 'open'"),
    ("ix_people_unreachable", "people", ["unreachable_at"], "unreachable_at IS NOT NULL"),
    ("ix_outbox_day", "outbox", ["local_day", "recipient_id"], "local_day IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("heals", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("healed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    _index("uq_findings_open", "findings", ["kind", "subject"], "ended_at IS NULL", unique=True)
    for name, table, columns, where in PARTIAL:
        _index(name, table, columns, where)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))

"""wider ids"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # an id like all others; SQLite knows one width only
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("photos", "inbox_id", existing_type=sa.Integer(), type_=sa.BigInteger())

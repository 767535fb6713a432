"""the rules"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # in a row
    op.add_column("duties", sa.Column("in_row", sa.Integer(), server_default="0", nullable=False))
    op.add_column("duties", sa.Column("wish", sa.Text(), nullable=True))

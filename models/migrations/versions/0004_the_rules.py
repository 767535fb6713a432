"""the rules"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # in a row
    op.add_column("duties", sa.Column("in_row", sa.Integer(), server_default="0", nullable=False))
    op.add_column("duties", sa.Column("wish", sa.Text(), nullable=True))
    # fixed dates
    op.create_table(
        "checkmarks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("duty_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name=op.f("fk_checkmarks_duty_id_duties")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_checkmarks_person_id_people")),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_checkmarks_draft_id_drafts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkmarks")),
    )
    op.create_index(op.f("ix_checkmarks_duty_id"), "checkmarks", ["duty_id"])
    op.create_index(op.f("ix_checkmarks_draft_id"), "checkmarks", ["draft_id"])
    # a typed reason, encrypted
    op.add_column("assignments", sa.Column("words", sa.Text(), nullable=True))
    # days that differ here
    op.create_table(
        "calendar_days",
        sa.Column("id", BIG, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_calendar_days_author_id_people")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_calendar_days_ended_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
    )

"""the conversation"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def refers(name: str, table: str, to: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=op.f(f"fk_{table}_{name}_{to}"))
    return sa.Column(name, number(), key, nullable=True)


def added_columns() -> list[tuple[str, "sa.Column[Any]"]]:
    return [
        ("duties", sa.Column("postponed", sa.Integer(), server_default="0", nullable=False)),
        ("duties", sa.Column("needed_home", sa.Integer(), nullable=True)),
        ("households", sa.Column("away_until", sa.Date(), nullable=True)),
        ("households", refers("merged_into", "households", "households")),
        ("import_rows", sa.Column("before", sa.Text(), nullable=True)),
        ("imports", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True)),
        ("imports", refers("undone_by", "imports", "people")),
        ("people", refers("merged_into", "people", "people")),
        ("nicknames", sa.Column("kept", sa.Boolean(), server_default=sa.true(), nullable=False)),
        ("nicknames", sa.Column("asked", sa.Integer(), server_default="0", nullable=False)),
        ("photo_files", sa.Column("look", sa.Text(), nullable=True)),
        ("photo_files", sa.Column("number", sa.BigInteger(), nullable=True)),
        ("photo_files", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True)),
        ("photo_files", sa.Column("camera", sa.Text(), nullable=True)),
        ("photos", sa.Column("medium", sa.Text(), server_default="photo", nullable=False)),
        ("photos", refers("twin_id", "photos", "photos")),
        ("photos", sa.Column("explanation", sa.Text(), nullable=True)),
        ("visits", sa.Column("away_until", sa.Date(), nullable=True)),
        ("visits", sa.Column("away_ended_on", sa.Date(), nullable=True)),
        ("visits", refers("consented_by", "visits", "people")),
    ]


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("cover_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cover_state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agreed_by"], ["people.id"], name=op.f("fk_absences_agreed_by_people")),
        sa.ForeignKeyConstraint(["cover_id"], ["people.id"], name=op.f("fk_absences_cover_id_people")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_absences_active",
            ["starts_on"],
            unique=False,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )
        batch_op.create_index(batch_op.f("ix_absences_cover_id"), ["cover_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_absences_person_id"), ["person_id"], unique=False)

    op.create_table(
        "words",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_words_added_by_people")),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_words_area_id_areas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words")),
    )
    with op.batch_alter_table("words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_words_area_id"), ["area_id"], unique=False)
        batch_op.create_index(
            "uq_words_open",
            ["area_id", "word"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("village_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("absence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["absence_id"], ["absences.id"], name=op.f("fk_requests_absence_id_absences")),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_requests_answered_by_people")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_requests_household_id_households")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_requests_person_id_people")),
        sa.ForeignKeyConstraint(["village_id"], ["areas.id"], name=op.f("fk_requests_village_id_areas")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_requests_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requests_absence_id"), ["absence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_household_id"), ["household_id"], unique=False)
        batch_op.create_index(
            "ix_requests_open",
            ["village_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_requests_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_village_id"), ["village_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "visit_returns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("returned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["returned_by"], ["people.id"], name=op.f("fk_visit_returns_returned_by_people")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_returns_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_returns")),
    )
    with op.batch_alter_table("visit_returns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_returns_visit_id"), ["visit_id"], unique=False)

    # Plain ADD COLUMN with its reference inside: no table is copied, so no reference to one breaks on the way.
    for table, column in added_columns():
        op.add_column(table, column, inline_references=True)
    op.create_index("uq_photo_files_number", "photo_files", ["number"], unique=True)

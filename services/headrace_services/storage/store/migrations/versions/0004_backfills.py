"""Backfills, and the ends of their runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ACTIVE = (1, 2)


def upgrade() -> None:
    op.create_table(
        "backfills",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("backfill_id", _NAME, nullable=False, unique=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("finish_time", sa.BigInteger()),
        sa.Column("due_time", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("run_count", sa.BigInteger(), nullable=False),
        sa.Column("spec", sa.LargeBinary(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("failure", sa.LargeBinary()),
        sqlite_autoincrement=True,
    )
    op.create_index("backfills_by_time", "backfills", ["create_time", "number"])
    op.execute(f"CREATE INDEX backfills_active ON backfills (due_time) WHERE state IN {_ACTIVE}")
    op.create_table(
        "backfill_ends",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("backfill_number", sa.BigInteger(), nullable=False),
        sa.Column("run_number", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.SmallInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("backfill_ends_by_backfill", "backfill_ends", ["backfill_number", "taken", "number"])

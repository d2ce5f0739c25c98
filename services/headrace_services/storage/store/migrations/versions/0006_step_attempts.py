"""Attempts of steps that are executed apart from their run's worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "step_attempts",
        sa.Column("run_number", sa.BigInteger(), nullable=False),
        sa.Column("step_key", _NAME, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("step_order", sa.LargeBinary(), nullable=False),
        sa.Column("claim_id", sa.Text()),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("step_end", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("run_number", "step_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("step_attempts_by_change", "step_attempts", ["run_number", "change"])

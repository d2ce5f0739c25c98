"""Pools and their slots; what a reader of the queue passes runs over by; a limit of time for each run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_QUEUED = 1


def upgrade() -> None:
    op.add_column("runs", sa.Column("queue_group", _NAME, nullable=False, server_default=sa.text("''")))
    op.add_column("runs", sa.Column("hold_until", sa.BigInteger()))
    op.add_column("runs", sa.Column("max_runtime", sa.BigInteger()))
    op.add_column("runs", sa.Column("pool_round", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.execute("DROP INDEX runs_queued")
    op.execute(
        "CREATE INDEX runs_queued ON runs (priority DESC, create_time, number, queue_group, hold_until) "
        f"WHERE state = {_QUEUED}"
    )
    op.create_table(
        "pools",
        sa.Column("name", _NAME, primary_key=True),
        sa.Column("slots", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "pool_steps",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("run_number", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("step_key", _NAME, nullable=False),
        sa.Column("pool", _NAME, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("held", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("run_number", "step_key", name="pool_steps_by_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("pool_steps_by_pool", "pool_steps", ["pool", "held", "priority", "number"])

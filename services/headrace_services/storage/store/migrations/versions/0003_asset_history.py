"""Observations, verdicts of checks and states of partitions; the keys of dynamic partitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_MATERIALIZED = 20


def upgrade() -> None:
    _history()
    _partitions()
    _checks()
    _dynamic()


def _history() -> None:
    op.add_column(
        "materializations",
        sa.Column("kind", sa.SmallInteger(), nullable=False, server_default=sa.text(str(_MATERIALIZED))),
    )
    op.add_column("assets", sa.Column("latest_materialization", sa.BigInteger()))
    op.add_column(
        "assets", sa.Column("observation_count", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("assets", sa.Column("latest_observation", sa.BigInteger()))
    op.execute(
        "UPDATE assets SET latest_materialization = "
        "(SELECT max(number) FROM materializations WHERE materializations.asset_key = assets.asset_key)"
    )


def _partitions() -> None:
    op.create_table(
        "asset_partitions",
        sa.Column("asset_key", _NAME, nullable=False),
        sa.Column("partition_key", _NAME, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("asset_key", "partition_key"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO asset_partitions (asset_key, partition_key, number) "
        "SELECT asset_key, partition_key, max(number) FROM materializations "
        "WHERE partition_key <> '' GROUP BY asset_key, partition_key"
    )
    op.create_table(
        "asset_attempts",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("asset_key", _NAME, nullable=False),
        sa.Column("run_number", sa.BigInteger(), nullable=False),
        sa.Column("run_id", _NAME, nullable=False),
        sa.Column("first_key", _NAME, nullable=False),
        sa.Column("last_key", _NAME, nullable=False),
        sa.Column("after_number", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.SmallInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("asset_attempts_by_asset", "asset_attempts", ["asset_key", "first_key"])
    op.create_index("asset_attempts_by_run", "asset_attempts", ["run_number"])


def _checks() -> None:
    op.create_table(
        "asset_checks",
        sa.Column("asset_key", _NAME, nullable=False),
        sa.Column("check_name", _NAME, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("asset_key", "check_name"),
        sqlite_with_rowid=False,
    )


def _dynamic() -> None:
    op.create_table(
        "dynamic_partitions",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("partition_key", _NAME, nullable=False),
        sa.UniqueConstraint("name", "partition_key", name="dynamic_partitions_by_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("dynamic_partitions_by_name", "dynamic_partitions", ["name", "number"])

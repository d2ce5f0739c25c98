"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TRANSACTION = {"sqlite": "0", "postgresql": "(pg_current_xact_id()::text::bigint)"}


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _deployment()
    _queue()
    _runs()
    _run_specs()
    _run_tags()
    _events()
    _assets()
    _materializations()
    _outbox()
    _instigators()
    _ticks()
    _run_keys()
    _leases()
    _request_ids()


def _deployment() -> None:
    op.create_table(
        "deployment",
        sa.Column("key", _NAME, primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )


def _queue() -> None:
    op.create_table(
        "queue",
        sa.Column("only", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("run_id", _NAME, nullable=False, unique=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("state_time", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("location_name", _NAME, nullable=False),
        sa.Column("job_name", _NAME, nullable=False),
        sa.Column("root_run_id", _NAME, nullable=False),
        sa.Column("definitions_digest", sa.Text(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("admit_time", sa.BigInteger()),
        sa.Column("start_time", sa.BigInteger()),
        sa.Column("finish_time", sa.BigInteger()),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("worker_detail", sa.Text(), nullable=False),
        sa.Column("failure", sa.LargeBinary()),
        sa.Column("launch_token", sa.Text()),
        sa.Column("claim_id", sa.Text()),
        sa.Column("run_token", sa.Text()),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_ttl", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE runs SET (fillfactor = 70)")
    op.create_index("runs_active", "runs", ["number"], **_where("state IN (2, 3, 4)"))
    op.create_index("runs_by_job", "runs", ["job_name", "create_time", "number"])
    op.create_index("runs_by_root", "runs", ["root_run_id", "create_time", "number"])
    op.create_index("runs_by_time", "runs", ["create_time", "number"])
    op.create_index("runs_queued", "runs", [sa.text("priority DESC"), "create_time", "number"], **_where("state = 1"))


def _run_specs() -> None:
    op.create_table(
        "run_specs",
        sa.Column("run_number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("spec", sa.LargeBinary(), nullable=False),
    )


def _run_tags() -> None:
    op.create_table(
        "run_tags",
        sa.Column("key", _NAME, nullable=False),
        sa.Column("value", _NAME, nullable=False),
        sa.Column("run_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_number", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("run_tags_by_key", "run_tags", ["key", "value", "run_number"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column(
            "xid", sa.BigInteger(), nullable=False, server_default=sa.text(_TRANSACTION[op.get_bind().dialect.name])
        ),
        sa.Column("run_number", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("step_key", _NAME, nullable=False),
        sa.Column("asset_key", _NAME),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("run_number", "sequence", name="events_by_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_asset", "events", ["asset_key", "id"], **_where("asset_key IS NOT NULL"))
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("events_by_feed", "events", ["xid", "id"])


def _assets() -> None:
    op.create_table(
        "assets",
        sa.Column("asset_key", _NAME, primary_key=True),
        sa.Column("materialization_count", sa.BigInteger(), nullable=False),
    )


def _materializations() -> None:
    op.create_table(
        "materializations",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("asset_key", _NAME, nullable=False),
        sa.Column("partition_key", _NAME, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("materializations_by_asset", "materializations", ["asset_key", "number"])
    op.create_index("materializations_by_partition", "materializations", ["asset_key", "partition_key", "number"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("message_id", _NAME, nullable=False, unique=True),
        sa.Column("launcher_name", _NAME, nullable=False),
        sa.Column("run_number", sa.BigInteger()),
        sa.Column("launch_token", sa.Text()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("delivery_count", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_by_launcher", "outbox", ["launcher_name", "number"])


def _instigators() -> None:
    op.create_table(
        "instigators",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("location_name", _NAME, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("last_tick_time", sa.BigInteger()),
        sa.Column("last_run_key", sa.Text(), nullable=False),
        sa.Column("active_since_time", sa.BigInteger()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.UniqueConstraint("location_name", "kind", "name", name="instigators_by_name"),
        sqlite_autoincrement=True,
    )


def _ticks() -> None:
    op.create_table(
        "ticks",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("instigator_number", sa.BigInteger(), nullable=False),
        sa.Column("due_time", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.SmallInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("instigator_number", "due_time", name="ticks_by_instigator"),
        sqlite_autoincrement=True,
    )
    op.create_index("ticks_by_time", "ticks", ["due_time", "number"])


def _run_keys() -> None:
    op.create_table(
        "run_keys",
        sa.Column("instigator_number", sa.BigInteger(), nullable=False),
        sa.Column("run_key", _NAME, nullable=False),
        sa.Column("run_id", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("instigator_number", "run_key"),
        sqlite_with_rowid=False,
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("resource", _NAME, primary_key=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("ttl", sa.BigInteger(), nullable=False),
        sa.Column("expire_time", sa.BigInteger(), nullable=False),
    )


def _request_ids() -> None:
    op.create_table(
        "request_ids",
        sa.Column("request_id", _NAME, primary_key=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
    )
    op.create_index("request_ids_by_time", "request_ids", ["create_time"])

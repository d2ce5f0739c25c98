"""The tables, as they are at the head of the migrations.

Times are microseconds since 1970 in UTC, by the database's clock. Enumerations are stored as the numbers of the contract.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.event import listen
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

metadata = MetaData()


class CurrentTransaction(FunctionElement[int]):
    """The number of the transaction that evaluates it; SQLite has none."""

    inherit_cache = True


@compiles(CurrentTransaction, "sqlite")
def _none(element: CurrentTransaction, compiler: Any, **options: Any) -> str:
    return "0"


@compiles(CurrentTransaction, "postgresql")
def _current(element: CurrentTransaction, compiler: Any, **options: Any) -> str:
    return "(pg_current_xact_id()::text::bigint)"


# SQLite gives numbers out by itself only to a column whose type reads INTEGER.
Number = BigInteger().with_variant(Integer, "sqlite")
# Sorted by bytes on both databases: keys are paged through, and pages must not depend on a locale.
Name = Text().with_variant(Text(collation="C"), "postgresql")

QUEUED, STARTING, RUNNING, CANCELING, SUCCEEDED, FAILED, CANCELED = range(1, 8)
ACTIVE = (STARTING, RUNNING, CANCELING)
FINISHED = (SUCCEEDED, FAILED, CANCELED)


def _after(table: Table, statement: str, only: str | None = None) -> None:
    """Has a statement executed when the table was made.

    For what SQLAlchemy has dialect options for: naming one loads its dialect, which takes time and memory.
    """
    listen(table, "after_create", DDL(statement).execute_if(dialect=only))  # type: ignore[no-untyped-call]


deployment = Table(
    "deployment",
    metadata,
    Column("key", Name, primary_key=True),
    Column("value", Text, nullable=False),
)

queue = Table(
    "queue",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run_id", Name, nullable=False, unique=True),
    Column("state", SmallInteger, nullable=False),
    Column("state_time", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False, default=0),
    Column("attempt", Integer, nullable=False, default=0),
    Column("last_sequence", BigInteger, nullable=False, default=0),
    Column("priority", Integer, nullable=False),
    Column("location_name", Name, nullable=False),
    Column("job_name", Name, nullable=False),
    Column("root_run_id", Name, nullable=False),
    Column("definitions_digest", Text, nullable=False, default=""),
    Column("create_time", BigInteger, nullable=False),
    Column("admit_time", BigInteger),
    Column("start_time", BigInteger),
    Column("finish_time", BigInteger),
    Column("worker", Text, nullable=False, default=""),
    Column("worker_detail", Text, nullable=False, default=""),
    Column("failure", LargeBinary),
    # The attempt's one-time token, kept while the attempt lives; then the claim that used it and what it was given.
    Column("launch_token", Text),
    Column("claim_id", Text),
    Column("run_token", Text),
    Column("batch", BigInteger, nullable=False, default=0),
    Column("lease_until", BigInteger),
    Column("lease_ttl", BigInteger, nullable=False, default=0),
    # Runs of one group wait for the same limits: a reader of the queue leaves a whole group out.
    Column("queue_group", Name, nullable=False, server_default=text("''")),
    Column("hold_until", BigInteger),
    Column("max_runtime", BigInteger),
    # Number of the last thing heard of the attempt's slots in pools; 0 for the many that use none.
    Column("pool_round", BigInteger, nullable=False, server_default=text("0")),
    sqlite_autoincrement=True,
)
Index("runs_by_time", runs.c.create_time, runs.c.number)
Index("runs_by_job", runs.c.job_name, runs.c.create_time, runs.c.number)
Index("runs_by_root", runs.c.root_run_id, runs.c.create_time, runs.c.number)
# Every batch of events updates its run: room on the page keeps those updates away from the indexes.
_after(runs, "ALTER TABLE runs SET (fillfactor = 70)", only="postgresql")
# Partial, so that what is over costs the queue nothing.
# With all that a reader needs to pass a run over, so that passing over many of them costs next to nothing.
_after(
    runs,
    "CREATE INDEX runs_queued ON runs (priority DESC, create_time, number, queue_group, hold_until) "
    f"WHERE state = {QUEUED}",
)
_after(runs, f"CREATE INDEX runs_active ON runs (number) WHERE state IN {ACTIVE}")

# What never changes about a run. Apart, because configuration can be large and a run's row is written often.
run_specs = Table(
    "run_specs",
    metadata,
    Column("run_number", Number, primary_key=True, autoincrement=False),
    Column("spec", LargeBinary, nullable=False),
)

run_tags = Table(
    "run_tags",
    metadata,
    Column("key", Name, nullable=False),
    Column("value", Name, nullable=False),
    Column("run_number", BigInteger, nullable=False),
    PrimaryKeyConstraint("run_number", "key"),
    sqlite_with_rowid=False,
)
Index("run_tags_by_key", run_tags.c.key, run_tags.c.value, run_tags.c.run_number)

events = Table(
    "events",
    metadata,
    Column("id", Number, primary_key=True),
    # The transaction that stored it: PostgreSQL's feed is ordered by it. SQLite has one writer and needs no more than ids.
    Column("xid", BigInteger, nullable=False, server_default=CurrentTransaction()),
    Column("run_number", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("step_key", Name, nullable=False),
    Column("asset_key", Name),
    # The message without its sequence number, which is known only later, under the run's lock.
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("run_number", "sequence", name="events_by_run"),
    sqlite_autoincrement=True,
)
Index("events_by_feed", events.c.xid, events.c.id).ddl_if(dialect="postgresql")
_after(events, "CREATE INDEX events_by_asset ON events (asset_key, id) WHERE asset_key IS NOT NULL")

assets = Table(
    "assets",
    metadata,
    Column("asset_key", Name, primary_key=True),
    Column("materialization_count", BigInteger, nullable=False),
    # Numbers in the history of all assets.
    Column("latest_materialization", BigInteger),
    Column("observation_count", BigInteger, nullable=False, server_default=text("0")),
    Column("latest_observation", BigInteger),
)

# The history of assets: materializations, and observations and verdicts too. A projection of events, and more than that: it
# outlives the runs.
materializations = Table(
    "materializations",
    metadata,
    Column("number", Number, primary_key=True),
    Column("asset_key", Name, nullable=False),
    Column("partition_key", Name, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("kind", SmallInteger, nullable=False, server_default=text("20")),
    sqlite_autoincrement=True,
)
Index("materializations_by_asset", materializations.c.asset_key, materializations.c.number)
Index(
    "materializations_by_partition",
    materializations.c.asset_key,
    materializations.c.partition_key,
    materializations.c.number,
)

# The partitions that were ever made, each with its latest materialization: one row for each that was used, none for others.
asset_partitions = Table(
    "asset_partitions",
    metadata,
    Column("asset_key", Name, nullable=False),
    Column("partition_key", Name, nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("asset_key", "partition_key"),
    sqlite_with_rowid=False,
)

# What runs plan to make of an asset: a range of partitions, or all of it. Gone when it was made, or when the run succeeded.
asset_attempts = Table(
    "asset_attempts",
    metadata,
    Column("number", Number, primary_key=True),
    Column("asset_key", Name, nullable=False),
    Column("run_number", BigInteger, nullable=False),
    Column("run_id", Name, nullable=False),
    Column("first_key", Name, nullable=False),
    Column("last_key", Name, nullable=False),
    # What has a greater number in the history was made since.
    Column("after_number", BigInteger, nullable=False),
    Column("failed", SmallInteger, nullable=False),
    sqlite_autoincrement=True,
)
Index("asset_attempts_by_asset", asset_attempts.c.asset_key, asset_attempts.c.first_key)
Index("asset_attempts_by_run", asset_attempts.c.run_number)

asset_checks = Table(
    "asset_checks",
    metadata,
    Column("asset_key", Name, nullable=False),
    Column("check_name", Name, nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("asset_key", "check_name"),
    sqlite_with_rowid=False,
)

dynamic_partitions = Table(
    "dynamic_partitions",
    metadata,
    Column("number", Number, primary_key=True),
    Column("name", Name, nullable=False),
    Column("partition_key", Name, nullable=False),
    UniqueConstraint("name", "partition_key", name="dynamic_partitions_by_key"),
    sqlite_autoincrement=True,
)
Index("dynamic_partitions_by_name", dynamic_partitions.c.name, dynamic_partitions.c.number)

outbox = Table(
    "outbox",
    metadata,
    Column("number", Number, primary_key=True),
    Column("message_id", Name, nullable=False, unique=True),
    Column("launcher_name", Name, nullable=False),
    # Set for launch orders: the order dies when the run has another token, or a worker.
    Column("run_number", BigInteger),
    Column("launch_token", Text),
    Column("body", LargeBinary, nullable=False),
    Column("claimed_until", BigInteger, nullable=False, default=0),
    Column("holder", Text, nullable=False, default=""),
    Column("delivery_count", Integer, nullable=False, default=0),
    sqlite_autoincrement=True,
)
Index("outbox_by_launcher", outbox.c.launcher_name, outbox.c.number)

instigators = Table(
    "instigators",
    metadata,
    Column("number", Number, primary_key=True),
    Column("location_name", Name, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("name", Name, nullable=False),
    Column("state", SmallInteger, nullable=False, default=0),
    Column("cursor", Text, nullable=False, default=""),
    Column("last_tick_time", BigInteger),
    Column("last_run_key", Text, nullable=False, default=""),
    Column("active_since_time", BigInteger),
    Column("version", BigInteger, nullable=False),
    Column("failure_count", Integer, nullable=False, default=0),
    UniqueConstraint("location_name", "kind", "name", name="instigators_by_name"),
    sqlite_autoincrement=True,
)

ticks = Table(
    "ticks",
    metadata,
    Column("number", Number, primary_key=True),
    Column("instigator_number", BigInteger, nullable=False),
    Column("due_time", BigInteger, nullable=False),
    Column("result", SmallInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("instigator_number", "due_time", name="ticks_by_instigator"),
    sqlite_autoincrement=True,
)
Index("ticks_by_time", ticks.c.due_time, ticks.c.number)

run_keys = Table(
    "run_keys",
    metadata,
    Column("instigator_number", BigInteger, nullable=False),
    Column("run_key", Name, nullable=False),
    Column("run_id", Name, nullable=False),
    PrimaryKeyConstraint("instigator_number", "run_key"),
    sqlite_with_rowid=False,
)

pools = Table(
    "pools",
    metadata,
    Column("name", Name, primary_key=True),
    Column("slots", BigInteger, nullable=False),
)

# Who holds slots and who waits. A row counts only while its run's worker holds the run under the same epoch.
pool_steps = Table(
    "pool_steps",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run_number", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("step_key", Name, nullable=False),
    Column("pool", Name, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("held", SmallInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    UniqueConstraint("run_number", "step_key", name="pool_steps_by_run"),
    sqlite_autoincrement=True,
)
Index("pool_steps_by_pool", pool_steps.c.pool, pool_steps.c.held, pool_steps.c.priority, pool_steps.c.number)

leases = Table(
    "leases",
    metadata,
    Column("resource", Name, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("ttl", BigInteger, nullable=False),
    Column("expire_time", BigInteger, nullable=False),
)

# The newest attempts of steps that are executed apart from their run's worker. A row counts only while that one holds the
# run under the same epoch. `change` numbers the changes of a run's rows: whoever watches goes on behind the last one seen.
step_attempts = Table(
    "step_attempts",
    metadata,
    Column("run_number", BigInteger, nullable=False),
    Column("step_key", Name, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("step_order", LargeBinary, nullable=False),
    Column("claim_id", Text),
    Column("worker", Text, nullable=False, default=""),
    Column("batch", BigInteger, nullable=False, default=0),
    Column("step_end", LargeBinary),
    PrimaryKeyConstraint("run_number", "step_key"),
    sqlite_with_rowid=False,
)
Index("step_attempts_by_change", step_attempts.c.run_number, step_attempts.c.change)

# The processes of the deployment, as they last said themselves.
replicas = Table(
    "replicas",
    metadata,
    Column("replica_id", Name, primary_key=True),
    Column("report_time", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("entry_id", Name, primary_key=True),
    Column("call_time", BigInteger, nullable=False),
    Column("caller_name", Name, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Index("audit_entries_by_time", "call_time"),
    Index("audit_entries_by_caller", "caller_name", "entry_id"),
    sqlite_with_rowid=False,
)

request_ids = Table(
    "request_ids",
    metadata,
    Column("request_id", Name, primary_key=True),
    Column("method", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("response", LargeBinary, nullable=False),
    Column("create_time", BigInteger, nullable=False),
)
Index("request_ids_by_time", request_ids.c.create_time)

backfills = Table(
    "backfills",
    metadata,
    Column("number", Number, primary_key=True),
    Column("backfill_id", Name, nullable=False, unique=True),
    Column("state", SmallInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("create_time", BigInteger, nullable=False),
    Column("finish_time", BigInteger),
    # When its next step is due if none of its runs ends before.
    Column("due_time", BigInteger, nullable=False),
    # After a step that came to nothing, the ends of runs have to wait as well.
    Column("not_before", BigInteger, nullable=False),
    Column("run_count", BigInteger, nullable=False),
    Column("spec", LargeBinary, nullable=False),
    Column("progress", Text, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("failure", LargeBinary),
    sqlite_autoincrement=True,
)
Index("backfills_by_time", backfills.c.create_time, backfills.c.number)
BACKFILL_RUNNING, BACKFILL_CANCELING, BACKFILL_SUCCEEDED, BACKFILL_FAILED, BACKFILL_CANCELED = range(1, 6)
BACKFILL_ACTIVE = (BACKFILL_RUNNING, BACKFILL_CANCELING)
_after(backfills, f"CREATE INDEX backfills_active ON backfills (due_time) WHERE state IN {BACKFILL_ACTIVE}")

# The ends of the runs of backfills. Marked one by one when a step has taken them into account: a position among them would
# not do, for they are numbered before they are committed.
backfill_ends = Table(
    "backfill_ends",
    metadata,
    Column("number", Number, primary_key=True),
    Column("backfill_number", BigInteger, nullable=False),
    Column("run_number", BigInteger, nullable=False),
    Column("taken", SmallInteger, nullable=False),
    sqlite_autoincrement=True,
)
Index("backfill_ends_by_backfill", backfill_ends.c.backfill_number, backfill_ends.c.taken, backfill_ends.c.number)

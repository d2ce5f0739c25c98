"""Partitions under `headrace dev`: what was made, what failed, which there are, and user code that asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace import AssetKey, AssetMaterialization, AssetPartitionStatus, Instance, RunsFilter
from headrace.client import Client
from headrace.errors import InvalidArgumentError, InvalidInvocationError
from rig import dev
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.waiting import wait_until

PARTITIONED = Path(__file__).parent / "locations/partitioned.py"
ORDERS = AssetKey("orders")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    directory = tmp_path_factory.mktemp("partitions")
    supervisor = Supervisor(directory)
    try:
        yield dev.start(supervisor, directory / "home", "-f", PARTITIONED)
    finally:
        supervisor.close()


@pytest.fixture
def client(instance: DevInstance) -> Iterator[Client]:
    with instance.client() as client:
        yield client


@pytest.fixture
def records(instance: DevInstance) -> Iterator[Instance]:
    with Instance.remote(instance.target) as records:
        yield records


def made(client: Client, asset: str, partition: str = "", **options: object) -> bool:
    run = client.materialize([asset], partition_key=partition, **options)  # type: ignore[arg-type]
    return client.wait(run.run_id, timeout=60).succeeded


def test_partitions_that_were_made_and_that_failed_are_told_as_ranges(client: Client, records: Instance) -> None:
    for day in ("2024-01-02", "2024-01-03", "2024-01-05"):
        assert made(client, "orders", day)
    assert not made(client, "orders", "2024-01-09")
    partitions = client.assets.partitions("orders")
    assert partitions.count == 31
    assert partitions.materialized.ranges == (("2024-01-02", "2024-01-03"), ("2024-01-05", "2024-01-05"))
    assert partitions.failed.ranges == (("2024-01-09", "2024-01-09"),)
    assert partitions.in_progress.count == 0
    days = ["2024-01-02", "2024-01-04", "2024-01-09"]
    assert list(records.get_status_by_partition(ORDERS, days, None).values()) == [  # type: ignore[arg-type]
        AssetPartitionStatus.MATERIALIZED,
        None,
        AssetPartitionStatus.FAILED,
    ]
    assert records.get_materialized_partitions(ORDERS) == {"2024-01-02", "2024-01-03", "2024-01-05"}


def test_one_run_of_a_range_makes_all_of_it(client: Client) -> None:
    ends = {"headrace/asset_partition_range_start": "2024-01-10", "headrace/asset_partition_range_end": "2024-01-20"}
    assert made(client, "totals", tags=ends)
    partitions = client.assets.partitions("totals")
    assert partitions.materialized.ranges == (("2024-01-10", "2024-01-20"),)
    assert (partitions.in_progress.count, partitions.failed.count) == (0, 0)


@pytest.mark.parametrize("here", [(), ("-f", PARTITIONED)], ids=["deployment", "code"])
def test_assets_with_partitions_are_refused_without_one(
    instance: DevInstance, client: Client, here: tuple[str, ...]
) -> None:
    before = client.list_runs()
    for chosen in (["orders"], []):
        refused = instance.cli("asset", "materialize", *chosen, *here)
        assert refused.code == 5
        assert re.search(
            r"has partitions, .* Give one \(--partition KEY\), .* backfill. Its partitions are: ", refused.err
        )
    assert client.list_runs() == before


def test_user_code_reads_what_was_made_and_adds_partitions(client: Client) -> None:
    assert made(client, "orders", "2024-01-06")
    assert made(client, "registry")
    (newest,) = client.assets.materializations("registry", limit=1)
    assert newest.detail["metadata"]["newest"] == "2024-01-06"
    assert "anna" in client.partitions.list("customers")
    assert made(client, "profile", "anna")


def test_a_run_of_a_dynamic_partition_that_is_not_there_is_refused(client: Client) -> None:
    with pytest.raises(InvalidArgumentError, match="no 'nobody' among the dynamic partitions 'customers'"):
        client.materialize(["profile"], partition_key="nobody")
    client.partitions.add("customers", ["nobody"])
    assert made(client, "profile", "nobody")
    client.partitions.delete("customers", ["nobody"])
    assert not client.partitions.has("customers", "nobody")
    with pytest.raises(InvalidArgumentError):
        client.materialize(["profile"], partition_key="nobody")


def test_a_sensor_adds_a_partition_and_asks_for_its_run_in_one_tick(client: Client) -> None:
    run = wait_until(
        lambda: next((run for run in client.list_runs(job_name="profiles") if run.finished), None),
        what="the run that the sensor asks for",
    )
    assert (run.partition_key, run.succeeded) == ("bert", True)
    assert client.partitions.has("customers", "bert")


def test_records_of_runs_and_checks_are_read_over_the_services(client: Client, records: Instance) -> None:
    assert made(client, "orders", "2024-01-07")
    newest = records.get_latest_materialization_event(ORDERS)
    assert newest is not None and newest.asset_materialization is not None
    run = records.get_run_by_id(newest.run_id)
    assert run is not None and run.is_success and run.partition_key == newest.partition
    types = [str(entry.dagster_event_type) for entry in records.all_logs(newest.run_id) if entry.is_dagster_event]
    assert types.index("STEP_START") < types.index("ASSET_MATERIALIZATION") < types.index("PIPELINE_SUCCESS")
    records.add_run_tags(run.run_id, {"reviewed": "yes"})
    assert [found.run_id for found in records.get_runs(RunsFilter(tags={"reviewed": "yes"}))] == [run.run_id]
    page = records.fetch_materializations(ORDERS, limit=1)
    assert page.has_more and page.records[0].run_id == newest.run_id
    older = records.fetch_materializations(ORDERS, limit=1, cursor=page.cursor)
    assert older.records[0].storage_id < page.records[0].storage_id
    with pytest.raises(InvalidInvocationError, match="of a run or of an asset"):
        records.fetch_run_status_changes(page.records[0].event_type, limit=1)


def test_what_happens_outside_of_runs_is_recorded_and_can_be_forgotten(client: Client, records: Instance) -> None:
    outside = AssetKey(["lake", "raw"])
    records.report_runless_asset_event(AssetMaterialization(outside, partition="p", metadata={"rows": 3}))
    (record,) = records.fetch_materializations(outside, limit=5).records
    assert record.run_id == "" and record.asset_materialization is not None
    assert record.asset_materialization.metadata["rows"].value == 3
    assert records.get_materialized_partitions(outside) == {"p"}
    records.wipe_assets([outside])
    assert not records.has_asset_key(outside)


def test_the_command_line_shows_an_asset_and_changes_keys(instance: DevInstance, client: Client) -> None:
    assert made(client, "orders", "2024-01-08")
    shown = instance.cli("asset", "show", "orders").out
    assert "of 31 made" in shown and "Check are_there" in shown
    assert "2024-01-0" in instance.cli("asset", "partitions", "orders").out
    assert "2024-01-08" in instance.cli("asset", "history", "orders", "--partition", "2024-01-08").out
    added = instance.cli("partition", "add", "customers", "carl", "dora", "--json").json
    assert added == {"name": "customers", "keys": ["carl", "dora"]}
    instance.cli("partition", "delete", "customers", "dora")
    assert instance.cli("partition", "list", "customers", "--json").json[-1] == "carl"

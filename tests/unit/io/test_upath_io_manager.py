"""I/O managers over any file system: paths, partitions, coroutines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from upath import UPath

import headrace as dg

DAYS = dg.DailyPartitionsDefinition("2024-01-01")
YESTERDAY_AND_TODAY = dg.TimeWindowPartitionMapping(start_offset=-1)


class JsonFiles(dg.UPathIOManager):
    extension = ".json"

    def dump_to_path(self, context: dg.OutputContext, obj: Any, path: UPath) -> None:
        path.write_text(json.dumps(obj))

    def load_from_path(self, context: dg.InputContext, path: UPath) -> Any:
        return json.loads(path.read_text())


class AsyncJsonFiles(JsonFiles):
    async def load_from_path(self, context: dg.InputContext, path: UPath) -> Any:
        return json.loads(path.read_text())


class Model(dg.ConfigurableIOManager, JsonFiles):
    base: str

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        self._base_path = UPath(self.base)

    _base_path: UPath = None  # type: ignore[assignment]


@dg.asset(partitions_def=DAYS)
def daily(context: dg.AssetExecutionContext) -> str:
    return context.partition_key


@dg.asset(partitions_def=DAYS, ins={"daily": dg.AssetIn(partition_mapping=YESTERDAY_AND_TODAY)})
def both(daily: dict[str, str]) -> dict[str, str]:
    return daily


def test_assets_and_outputs_have_paths_with_the_extension(tmp_path: Path) -> None:
    @dg.asset(key=["sales", "orders"])
    def orders() -> list[int]:
        return [1, 2]

    result = dg.materialize([orders], resources={"io_manager": JsonFiles(UPath(tmp_path))})
    path = tmp_path / "sales" / "orders.json"
    [made] = result.asset_materializations_for_node("sales__orders")
    assert (json.loads(path.read_text()), made.metadata["path"].value) == ([1, 2], str(path))

    @dg.op
    def number() -> int:
        return 5

    @dg.op
    def plus(value: int) -> int:
        return value + 1

    @dg.job(resource_defs={"io_manager": dg.IOManagerDefinition.hardcoded_io_manager(JsonFiles(UPath(tmp_path)))})
    def chained() -> None:
        plus(number())

    done = chained.execute_in_process()
    assert done.output_for_node("plus") == 6
    assert (tmp_path / done.run_id / "number" / "result.json").exists()


@pytest.mark.parametrize("kind", [JsonFiles, AsyncJsonFiles])
def test_several_partitions_are_a_dict_and_missing_ones_are_told_unless_allowed(
    tmp_path: Path, kind: type[JsonFiles]
) -> None:
    resources = {"io_manager": kind(UPath(tmp_path))}
    dg.materialize([daily], partition_key="2024-01-01", resources=resources)
    dg.materialize([daily], partition_key="2024-01-02", resources=resources)
    made = dg.materialize([daily, both], selection=[both], partition_key="2024-01-02", resources=resources)
    assert made.output_for_node("both") == {day: day for day in ("2024-01-01", "2024-01-02")}
    with pytest.raises((FileNotFoundError, dg.PartitionsNotStoredError), match="2024-01-03"):
        dg.materialize([daily, both], selection=[both], partition_key="2024-01-03", resources=resources)

    @dg.asset(
        partitions_def=DAYS,
        ins={"daily": dg.AssetIn(partition_mapping=YESTERDAY_AND_TODAY, metadata={"allow_missing_partitions": True})},
    )
    def lenient(daily: dict[str, str]) -> list[str]:
        return list(daily)

    made = dg.materialize([daily, lenient], selection=[lenient], partition_key="2024-01-03", resources=resources)
    assert made.output_for_node("lenient") == ["2024-01-02"]


def test_an_input_of_several_partitions_must_be_able_to_hold_them(tmp_path: Path) -> None:
    @dg.asset(partitions_def=DAYS, ins={"daily": dg.AssetIn(partition_mapping=YESTERDAY_AND_TODAY)})
    def wrong(daily: str) -> str:
        return daily

    resources = {"io_manager": JsonFiles(UPath(tmp_path))}
    with pytest.raises(dg.InvariantViolationError, match=r"several partitions of 'daily'.*Annotate it as dict\[str"):
        dg.materialize([daily, wrong], selection=[wrong], partition_key="2024-01-03", resources=resources)


def test_partition_keys_cannot_leave_the_base(tmp_path: Path) -> None:
    keys = dg.StaticPartitionsDefinition(["/etc/passwd", "a.b"])

    @dg.asset(partitions_def=keys)
    def kept(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    for key in keys.get_partition_keys():
        dg.materialize([kept], partition_key=key, resources={"io_manager": JsonFiles(UPath(tmp_path))})
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json")}
    assert found == {"kept/%2Fetc/passwd.json", "kept/a.b.json"}


def test_dimensions_are_directories(tmp_path: Path) -> None:
    dimensions = dg.MultiPartitionsDefinition({"day": DAYS, "place": dg.StaticPartitionsDefinition(["x"])})

    @dg.asset(partitions_def=dimensions)
    def measured() -> int:
        return 1

    key = dg.MultiPartitionKey({"day": "2024-01-01", "place": "x"})
    dg.materialize([measured], partition_key=key, resources={"io_manager": JsonFiles(UPath(tmp_path))})
    assert (tmp_path / "measured" / "2024-01-01" / "x.json").exists()


def test_an_asset_may_become_partitioned(tmp_path: Path) -> None:
    class Plain(JsonFiles):
        extension = None

    @dg.asset(name="daily")
    def before() -> int:
        return 1

    resources = {"io_manager": Plain(UPath(tmp_path))}
    dg.materialize([before], resources=resources)
    dg.materialize([daily], partition_key="2024-01-01", resources=resources)
    assert (tmp_path / "daily" / "2024-01-01").exists()


def test_metadata_and_paths_are_for_subclasses_to_change_and_models_may_inherit(tmp_path: Path) -> None:
    class Measured(Model):
        def get_metadata(self, context: dg.OutputContext, obj: Any) -> dict[str, dg.MetadataValue]:
            return {"length": dg.MetadataValue.int(len(obj))}

        def get_path_for_partition(self, context: Any, path: UPath, partition: str) -> UPath:
            return path / f"day={partition}"

    result = dg.materialize([daily], partition_key="2024-01-01", resources={"io_manager": Measured(base=str(tmp_path))})
    [made] = result.asset_materializations_for_node("daily")
    assert made.metadata["length"].value == len("2024-01-01")
    assert (tmp_path / "daily" / "day=2024-01-01.json").exists()
    assert list(Measured.model_fields) == ["base"]


def test_other_file_systems_are_reached_by_their_protocol() -> None:
    manager = JsonFiles(UPath("memory://bucket"))
    dg.materialize([daily], partition_key="2024-01-05", resources={"io_manager": manager})
    context = dg.build_input_context(asset_key="daily", partition_key="2024-01-05")
    assert manager.load_input(context) == "2024-01-05"
    assert manager.has_output(dg.build_output_context(asset_key="daily", partition_key="2024-01-05"))
    assert type(manager.fs).__name__ == "MemoryFileSystem"


def test_a_coroutine_is_awaited_from_inside_of_an_event_loop_too(tmp_path: Path) -> None:
    import asyncio

    manager = AsyncJsonFiles(UPath(tmp_path))
    manager.handle_output(dg.build_output_context(asset_key="a"), [1])

    async def load() -> Any:
        return manager.load_input(dg.build_input_context(asset_key="a"))

    assert asyncio.run(load()) == [1]

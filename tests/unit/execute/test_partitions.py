"""Runs for a partition or a range of them: what code sees, where values go, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import headrace as dg
from headrace.definitions.partitions.keys import PartitionKeyRange

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
HOURS = dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-02-01-00:00")
COLORS = dg.StaticPartitionsDefinition(["red", "green"])
RANGE = {"headrace/asset_partition_range_start": "2024-01-01", "headrace/asset_partition_range_end": "2024-01-03"}


@dg.asset(partitions_def=DAYS)
def daily(context: dg.AssetExecutionContext) -> str:
    return f"day {context.partition_key}"


def partitions_of(result: dg.ExecuteInProcessResult, asset: str) -> Sequence[str | None]:
    return [each.partition for each in result.asset_materializations_for_node(asset)]


def kept_in(path: Path) -> Mapping[str, Any]:
    return {"io_manager": dg.FilesystemIOManager(base_dir=str(path))}


def test_a_partition_has_a_file_of_its_own(tmp_path: Path) -> None:
    result = dg.materialize([daily], partition_key="2024-01-02", resources=kept_in(tmp_path))
    assert partitions_of(result, "daily") == ["2024-01-02"]
    assert (tmp_path / "daily" / "2024-01-02").is_file()


def test_code_sees_key_and_window() -> None:
    seen: dict[str, Any] = {}

    @dg.asset(partitions_def=DAYS)
    def looking(context: dg.AssetExecutionContext) -> None:
        seen.update(
            key=context.partition_key,
            keys=context.partition_keys,
            range=context.partition_key_range,
            window=context.partition_time_window,
            made=context.asset_partition_key_for_output(),
            made_window=context.asset_partitions_time_window_for_output(),
            has=(context.has_partition_key, context.has_partition_key_range, context.has_partitions),
            tags=context.run_tags,
        )

    dg.materialize([looking], partition_key="2024-01-02")
    assert seen["key"] == seen["made"] == "2024-01-02"
    assert seen["keys"] == ["2024-01-02"]
    assert seen["range"] == PartitionKeyRange("2024-01-02", "2024-01-02")
    assert seen["window"] == seen["made_window"] == DAYS.time_window_for_partition_key("2024-01-02")
    assert seen["has"] == (True, False, True)
    assert seen["tags"] == {"headrace/partition": "2024-01-02"}


def test_several_partitions_upstream_are_loaded_as_a_dict(tmp_path: Path) -> None:
    seen: dict[str, Any] = {}

    @dg.asset(
        ins={"daily": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1))}, partitions_def=DAYS
    )
    def both(context: dg.AssetExecutionContext, daily: dict[str, str]) -> None:
        seen.update(daily=daily, keys=context.asset_partition_keys_for_input("daily"))

    for day in ("2024-01-01", "2024-01-02"):
        dg.materialize([daily], partition_key=day, resources=kept_in(tmp_path))
    dg.materialize([daily, both], selection=[both], partition_key="2024-01-02", resources=kept_in(tmp_path))
    assert seen["daily"] == {"2024-01-01": "day 2024-01-01", "2024-01-02": "day 2024-01-02"}
    assert seen["keys"] == ["2024-01-01", "2024-01-02"]


def test_an_asset_without_partitions_is_made_from_all_of_them(tmp_path: Path) -> None:
    @dg.asset(partitions_def=COLORS)
    def shade(context: dg.AssetExecutionContext) -> str:
        return context.partition_key.upper()

    @dg.asset
    def palette(shade: dict[str, str]) -> list[str]:
        return sorted(shade.values())

    for color in COLORS.get_partition_keys():
        dg.materialize([shade], partition_key=color, resources=kept_in(tmp_path))
    made = dg.materialize([shade, palette], selection=[palette], resources=kept_in(tmp_path))
    assert made.output_for_node("palette") == ["GREEN", "RED"]


def test_an_asset_can_be_made_from_its_own_past(tmp_path: Path) -> None:
    @dg.asset(
        partitions_def=DAYS,
        ins={"total": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))},
    )
    def total(total: int | None) -> int:
        return (total or 0) + 1

    made = [
        dg.materialize([total], partition_key=f"2024-01-0{day}", resources=kept_in(tmp_path)).output_for_node("total")
        for day in (1, 2, 3)
    ]
    assert made == [1, 2, 3]


def test_a_range_is_made_in_one_run_and_told_for_each_partition() -> None:
    seen: list[Any] = []

    @dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
    def ranged(context: dg.AssetExecutionContext) -> None:
        seen.extend([context.partition_keys, context.partition_key_range, context.partition_time_window])
        with pytest.raises(dg.InvariantViolationError, match="3 partitions, not one"):
            context.partition_key  # noqa: B018

    @dg.asset(partitions_def=DAYS, deps=[ranged])
    def plain() -> dg.MaterializeResult[Any]:
        return dg.MaterializeResult(metadata={"rows": 3})

    result = dg.materialize([plain], tags=RANGE)
    assert partitions_of(result, "plain") == ["2024-01-01", "2024-01-02", "2024-01-03"]
    dg.materialize([ranged], tags=RANGE)
    assert seen[0] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert seen[1] == PartitionKeyRange("2024-01-01", "2024-01-03")
    assert (seen[2].end - seen[2].start).days == 3


def test_a_range_downstream_reads_the_windows_that_it_overlaps() -> None:
    seen: list[Any] = []

    @dg.asset(partitions_def=DAYS, deps=[dg.AssetSpec("hourly", partitions_def=HOURS)])
    def summed(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        seen.append(context.asset_partition_key_range_for_input("hourly"))
        seen.append(context.asset_partitions_time_window_for_input("hourly"))
        return dg.MaterializeResult()

    dg.materialize([summed, dg.AssetSpec("hourly", partitions_def=HOURS)], tags=RANGE)
    assert seen[0] == PartitionKeyRange("2024-01-01-00:00", "2024-01-03-23:00")
    assert (seen[1].end - seen[1].start).days == 3


def test_two_dimensions_tell_their_parts() -> None:
    both = dg.MultiPartitionsDefinition({"day": DAYS, "color": COLORS})
    seen: dict[str, Any] = {}

    @dg.asset(partitions_def=both)
    def crossed(context: dg.AssetExecutionContext) -> None:
        seen.update(keys=context.partition_key.keys_by_dimension, tags=context.run_tags)  # type: ignore[attr-defined]

    dg.materialize([crossed], partition_key=dg.MultiPartitionKey({"day": "2024-01-05", "color": "red"}))
    assert seen["keys"] == {"color": "red", "day": "2024-01-05"}
    assert seen["tags"]["headrace/partition/day"] == "2024-01-05"


@pytest.mark.parametrize(("key", "message"), [("2025-01-01", "there are 31"), ("x", "form '%Y-%m-%d'")])
def test_a_partition_that_there_is_not_is_refused_before_anything_runs(key: str, message: str) -> None:
    with pytest.raises(dg.UnknownPartitionError, match=message):
        dg.materialize([daily], partition_key=key)


def test_a_partition_of_what_is_not_partitioned_is_refused() -> None:
    @dg.asset
    def whole() -> None: ...

    with pytest.raises(dg.InvariantViolationError, match="is not partitioned"):
        dg.materialize([whole], partition_key="x")


def test_partitions_upstream_that_there_are_not_are_named() -> None:
    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-10", end_date="2024-02-01"))
    def late() -> int:
        return 1

    @dg.asset(partitions_def=DAYS)
    def early(late: int) -> None: ...

    with pytest.raises(
        dg.InvariantViolationError, match="invalid partitions of asset 'late', which there are not: '2024-01-05'"
    ):
        dg.materialize([late, early], selection=[early], partition_key="2024-01-05")


def test_config_and_tags_of_a_partition_are_those_of_its_run() -> None:
    seen: dict[str, Any] = {}

    @dg.daily_partitioned_config("2024-01-01", tags_for_partition_fn=lambda start, _: {"month": f"{start:%m}"})
    def by_day(start: Any, end: Any) -> dict[str, Any]:
        return {"ops": {"work": {"config": {"day": f"{start:%d}"}}}}

    @dg.op(config_schema={"day": str})
    def work(context: dg.OpExecutionContext) -> None:
        seen.update(day=context.op_config["day"], key=context.partition_key, tags=context.run_tags)

    @dg.job(config=by_day)
    def working() -> None:
        work()

    working.execute_in_process(partition_key="2024-01-07")
    assert (seen["day"], seen["key"]) == ("07", "2024-01-07")
    assert seen["tags"] == {"month": "01", "headrace/partition": "2024-01-07"}
    with pytest.raises(dg.UnknownPartitionError):
        working.execute_in_process(partition_key="2023-12-31")
    assert by_day(DAYS.start, DAYS.start) == {"ops": {"work": {"config": {"day": "01"}}}}


def test_io_managers_are_told_the_partitions_of_both_sides() -> None:
    told: dict[str, Any] = {}

    class Telling(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            told["out"] = (
                context.asset_partition_key,
                context.asset_partitions_time_window,
                context.has_asset_partitions,
            )

        def load_input(self, context: dg.InputContext) -> Any:
            told["in"] = (context.asset_partition_key_range, context.partition_key, context.asset_partitions_def)
            told["upstream"] = len(context.upstream_output.asset_partition_keys)  # type: ignore[union-attr]
            return {}

    @dg.asset(partitions_def=HOURS)
    def hourly() -> int:
        return 1

    @dg.asset(partitions_def=DAYS)
    def summed(hourly: dict[str, int]) -> int:
        return 1

    dg.materialize(
        [hourly, summed], selection=[summed], partition_key="2024-01-02", resources={"io_manager": Telling()}
    )
    assert told["out"] == ("2024-01-02", DAYS.time_window_for_partition_key("2024-01-02"), True)
    assert told["in"] == (PartitionKeyRange("2024-01-02-00:00", "2024-01-02-23:00"), "2024-01-02", HOURS)
    assert told["upstream"] == 24


def test_dynamic_partitions_are_those_that_the_instance_keeps() -> None:
    @dg.asset(partitions_def=dg.DynamicPartitionsDefinition(name="fish"))
    def caught(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    @dg.asset
    def soup(caught: dict[str, str]) -> list[str]:
        return sorted(caught.values())

    kept, memory = dg.Instance.ephemeral(), {"io_manager": dg.InMemoryIOManager()}
    kept.add_dynamic_partitions("fish", ["cod", "eel"])
    for fish in kept.get_dynamic_partitions("fish"):
        dg.materialize([caught], partition_key=fish, resources=memory, instance=kept)
    made = dg.materialize([caught, soup], selection=[soup], resources=memory, instance=kept)
    assert made.output_for_node("soup") == ["cod", "eel"]
    with pytest.raises(dg.UnknownPartitionError, match="add it to the dynamic partitions 'fish' first"):
        dg.materialize([caught], partition_key="tuna", instance=kept)


def test_partitions_that_were_never_made_can_be_left_out() -> None:
    @dg.asset(ins={"daily": dg.AssetIn(metadata={"allow_missing_partitions": True})})
    def some(daily: dict[str, str]) -> list[str]:
        return list(daily)

    memory = {"io_manager": dg.InMemoryIOManager()}
    dg.materialize([daily], partition_key="2024-01-03", resources=memory)
    made = dg.materialize([daily, some], selection=[some], resources=memory)
    assert made.output_for_node("some") == ["2024-01-03"]


def test_a_direct_call_is_told_its_partitions_by_its_context() -> None:
    @dg.asset(partitions_def=DAYS)
    def looking(context: dg.AssetExecutionContext) -> tuple[Any, ...]:
        return context.partition_keys, context.asset_partition_key_range_for_output(), context.partition_time_window

    one = looking(dg.build_asset_context(partition_key="2024-01-02"))
    assert one == (
        ["2024-01-02"],
        PartitionKeyRange("2024-01-02", "2024-01-02"),
        DAYS.time_window_for_partition_key("2024-01-02"),
    )
    several = looking(dg.build_asset_context(partition_key_range=PartitionKeyRange("2024-01-02", "2024-01-04")))
    assert several[:2] == (
        ["2024-01-02", "2024-01-03", "2024-01-04"],
        PartitionKeyRange("2024-01-02", "2024-01-04"),
    )


def test_storing_what_is_partitioned_without_a_partition_says_what_to_give() -> None:
    @dg.asset(partitions_def=DAYS)
    def whole() -> int:
        return 1

    with pytest.raises(
        dg.InvariantViolationError, match="Asset 'whole' is partitioned, but this run is for no partition"
    ):
        dg.materialize([whole])


def test_loading_all_partitions_by_mistake_is_told() -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["eu", "us"]))
    def region() -> str:
        return "there"

    @dg.asset_check(asset=region)
    def known(region: dict[str, str]) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    @dg.asset(ins={"region": dg.AssetIn(partition_mapping=dg.SpecificPartitionsPartitionMapping(["us"]))})
    def meant(region: str) -> None: ...

    def failure(step: str, *selection: str, partition: str | None = None) -> str:
        result = dg.materialize(
            [region, meant, known],
            selection=selection,
            partition_key=partition,
            instance=dg.Instance.ephemeral(),
            raise_on_error=False,
        )
        failed = result.failure_data_for_node(step)
        assert failed is not None
        return str(failed.error)

    assert "all 2 partitions of it, as what reads it has none itself" in failure(
        "region_known", "region", partition="eu"
    )
    assert "partitions of it" not in failure("meant", "meant")

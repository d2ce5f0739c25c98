"""Moving stored values from one I/O manager to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import headrace as dg

DAYS = dg.StaticPartitionsDefinition(["1", "2", "3", "5"])


@dg.asset
def whole() -> int:
    return 1


@dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.multi_run(2))
def daily(context: dg.AssetExecutionContext) -> str:
    return f"of {context.partition_key}"


@dg.asset
def never() -> None: ...


class Kept(dg.IOManager):
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        if obj == "of 3":
            raise ValueError("no room")
        partitions = f"[{','.join(context.asset_partition_keys)}]" if context.has_asset_partitions else ""
        self.values[context.asset_key.to_user_string() + partitions] = obj

    def load_input(self, context: dg.InputContext) -> Any:
        raise NotImplementedError


@pytest.fixture
def world(tmp_path: Path) -> tuple[dg.Definitions, dg.Instance]:
    definitions = dg.Definitions(
        [whole, daily, never], resources={"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}
    )
    instance = dg.Instance.ephemeral()
    job = definitions.resolve_implicit_global_asset_job_def()
    job.execute_in_process(instance=instance, asset_selection=[whole.key])
    for key in ("1", "2", "3"):
        job.execute_in_process(instance=instance, asset_selection=[daily.key], partition_key=key)
    return definitions, instance


def test_all_that_was_made_is_moved_and_what_fails_keeps_nothing_else(world: tuple[Any, Any]) -> None:
    definitions, instance = world
    kept = Kept()
    result = dg.migrate_io_storage(
        definitions=definitions,
        instance=instance,
        destination_io_manager=kept,
        should_skip=lambda _key, partition: partition == "1",
    )
    assert kept.values == {"whole": 1, "daily[2]": "of 2"}
    assert result.migrated == [(daily.key, "2"), (whole.key, None)]
    assert result.skipped == [(daily.key, "1")]
    assert result.failed == [(daily.key, "3")]


def test_partitions_are_moved_together_as_far_as_the_policy_allows(world: tuple[Any, Any]) -> None:
    definitions, instance = world
    kept = Kept()
    dg.migrate_io_storage(
        definitions=definitions,
        instance=instance,
        destination_io_manager=kept,
        selection=dg.AssetSelection.assets(daily),
        batch_partitions=True,
        transform=lambda value: sorted(value) if isinstance(value, dict) else [value],
    )
    assert kept.values == {"daily[1,2]": ["1", "2"], "daily[3]": ["of 3"]}


def test_a_step_may_do_it(world: tuple[Any, Any], tmp_path: Path) -> None:
    _definitions, instance = world
    kept = Kept()

    @dg.asset
    def mover(context: dg.AssetExecutionContext) -> None:
        result = dg.migrate_io_storage(context=context, destination_io_manager=kept)
        context.add_output_metadata({"moved": len(result.migrated)})

    resources = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}
    dg.materialize([whole, mover], selection=[mover], instance=instance, resources=resources)
    assert kept.values == {"whole": 1}


def test_it_is_told_where_the_values_are() -> None:
    with pytest.raises(dg.InvalidInvocationError, match="either definitions or a context"):
        dg.migrate_io_storage(destination_io_manager=Kept())
    with pytest.raises(dg.InvalidInvocationError, match="needs an instance"):
        dg.migrate_io_storage(definitions=dg.Definitions(), destination_io_manager=Kept())

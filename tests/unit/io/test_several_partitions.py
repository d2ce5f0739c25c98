"""One value is not stored as that of several partitions."""

from __future__ import annotations

from pathlib import Path

import pytest

import headrace as dg


class TextFiles(dg.UPathIOManager):
    """Stores text."""

    extension = ".txt"

    def dump_to_path(self, context: dg.OutputContext, obj: str, path: Path) -> None:
        path.write_text(obj)

    def load_from_path(self, context: dg.InputContext, path: Path) -> str:
        return path.read_text()


@pytest.mark.parametrize("kind", ["pickles", "paths"])
def test_an_asset_of_several_partitions_has_no_single_value(kind: str, tmp_path: Path) -> None:
    @dg.asset(
        partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c"]), backfill_policy=dg.BackfillPolicy.single_run()
    )
    def letters() -> str:
        return "all of them"

    manager = dg.FilesystemIOManager(base_dir=str(tmp_path)) if kind == "pickles" else TextFiles(tmp_path)
    tags = {"dagster/asset_partition_range_start": "a", "dagster/asset_partition_range_end": "b"}
    result = dg.materialize([letters], resources={"io_manager": manager}, tags=tags, raise_on_error=False)
    [failure] = result.get_step_failure_events()
    message = str(failure.step_failure_data.error)
    assert "does not support persisting an output associated with multiple partitions" in message
    assert "'letters' is made for 2 at once" in message
    assert dg.materialize([letters], resources={"io_manager": manager}, partition_key="a").success

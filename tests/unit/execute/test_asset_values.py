"""Loading values of assets outside of runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import headrace as dg


def test_a_value_is_loaded_by_the_manager_that_stored_it(tmp_path: Path) -> None:
    days = dg.DailyPartitionsDefinition("2024-01-01")

    @dg.asset(partitions_def=days)
    def daily(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    @dg.asset(io_manager_key="elsewhere")
    def whole() -> int:
        return 7

    files = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path)), "elsewhere": dg.InMemoryIOManager()}
    defs = dg.Definitions(assets=[daily, whole], resources=files)
    for day in ("2024-01-01", "2024-01-02"):
        dg.materialize([daily], partition_key=day, resources=files)
    dg.materialize([whole], resources=files)
    assert defs.load_asset_value("whole") == 7
    assert defs.load_asset_value("daily", partition_key="2024-01-02") == "2024-01-02"
    with defs.get_asset_value_loader() as loader:
        both = dg.PartitionKeyRange("2024-01-01", "2024-01-02")
        assert loader.load_asset_value("daily", partition_key_range=both) == {
            day: day for day in ("2024-01-01", "2024-01-02")
        }
        with pytest.raises(dg.InvalidInvocationError, match="not both"):
            loader.load_asset_value("daily", partition_key="2024-01-01", partition_key_range=both)
        with pytest.raises(dg.UnknownNameError, match="no asset 'nowhere'"):
            loader.load_asset_value("nowhere")


def test_resources_start_once_take_config_and_end_with_the_loader() -> None:
    happened: list[str] = []

    class Asking(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None: ...

        def load_input(self, context: dg.InputContext) -> Any:
            assert context.upstream_output is not None
            return (
                context.asset_key.to_user_string(),
                context.resources.prefix,
                context.dagster_type.typing_type,
                context.upstream_output.definition_metadata["table"],
                context.definition_metadata,
            )

    @dg.resource(config_schema={"prefix": str})
    @contextmanager
    def prefix(context: dg.InitResourceContext) -> Iterator[str]:
        happened.append("up")
        yield context.resource_config["prefix"]
        happened.append("down")

    @dg.io_manager(required_resource_keys={"prefix"})
    def asking() -> Asking:
        return Asking()

    @dg.asset(metadata={"table": "t1"})
    def one() -> None: ...

    defs = dg.Definitions(
        assets=[one, dg.AssetSpec("far", metadata={"table": "t2"})], resources={"io_manager": asking, "prefix": prefix}
    )
    config = {"prefix": {"config": {"prefix": "p"}}}
    with defs.get_asset_value_loader() as loader:
        assert happened == []
        found = loader.load_asset_value("one", python_type=int, metadata={"x": 1}, resource_config=config)
        assert found == ("one", "p", int, "t1", {"x": 1})
        assert loader.load_asset_value("far")[:2] == ("far", "p")
        assert happened == ["up"]
    assert happened == ["up", "down"]


kept = dg.InMemoryIOManager()


def test_the_environment_may_name_the_default_io_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    @dg.asset
    def stored() -> int:
        return 3

    monkeypatch.setenv("HEADRACE_DEFAULT_IO_MANAGER_MODULE", __name__)
    monkeypatch.setenv("HEADRACE_DEFAULT_IO_MANAGER_ATTRIBUTE", "kept")
    assert dg.materialize([stored]).success
    assert list(kept.values.values()) == [3]
    monkeypatch.setenv("HEADRACE_DEFAULT_IO_MANAGER_ATTRIBUTE", "nothing")
    with pytest.raises(dg.InvalidDefinitionError, match="There is no 'nothing' in module"):
        dg.materialize([stored])
    monkeypatch.delenv("HEADRACE_DEFAULT_IO_MANAGER_ATTRIBUTE")
    with pytest.raises(dg.InvalidDefinitionError, match="only one of them is set"):
        dg.materialize([stored])

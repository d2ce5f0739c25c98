"""Values in pickle files, where one's name is the beginning of another one's."""

from __future__ import annotations

from pathlib import Path

import pytest

import headrace as dg


def made(name: list[str], value: str) -> dg.AssetsDefinition:
    @dg.asset(key=name)
    def asset() -> str:
        return value

    return asset


@dg.asset(ins={"short": dg.AssetIn(key=["x"]), "long": dg.AssetIn(key=["x", "y"])})
def both(short: str, long: str) -> str:
    return f"{short} {long}"


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0), (1, 0, 1)])
def test_an_asset_may_be_called_like_the_beginning_of_another_one(order: tuple[int, ...], tmp_path: Path) -> None:
    assets = [made(["x"], "x"), made(["x", "y"], "x/y")]
    resources = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}
    for place in order:
        dg.materialize([assets[place]], resources=resources)
    result = dg.materialize([*assets, both], selection=[both], resources=resources)
    assert result.output_for_node("both") == "x x/y"


def test_what_lies_below_a_value_is_missing_like_anything_else(tmp_path: Path) -> None:
    resources = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}
    assets = [made(["x"], "x"), made(["x", "y"], "x/y")]
    dg.materialize([assets[0]], resources=resources)
    with pytest.raises(dg.StepOutputNotFoundError, match="Nothing is stored at"):
        dg.materialize([*assets, both], selection=[both], resources=resources)


def test_an_asset_that_was_whole_may_get_partitions(tmp_path: Path) -> None:
    resources = {"io_manager": dg.FilesystemIOManager(base_dir=str(tmp_path))}
    dg.materialize([made(["x"], "whole")], resources=resources)

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a"]))
    def x(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    dg.materialize([x], resources=resources, partition_key="a")
    assert dg.Definitions([x], resources=resources).load_asset_value("x", partition_key="a") == "a"

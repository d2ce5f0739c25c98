"""Data frames as Parquet files, with pandas and with Polars."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from headrace import AssetExecutionContext, StaticPartitionsDefinition, asset, materialize
from headrace.errors import InvariantViolationError
from headrace.integrations.parquet import PandasParquetIOManager, PolarsParquetIOManager

COLOURS = StaticPartitionsDefinition(["red", "green"])
KINDS: dict[str, tuple[Any, Any]] = {
    "pandas": (pd.DataFrame, PandasParquetIOManager),
    "polars": (pl.DataFrame, PolarsParquetIOManager),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def frame(kind: str) -> Any:
    return KINDS[kind][0]


@pytest.fixture
def resources(kind: str, tmp_path: Path) -> dict[str, Any]:
    return {"io_manager": KINDS[kind][1](base_dir=str(tmp_path))}


def test_a_frame_is_a_file_that_others_can_read(frame: Any, resources: dict[str, Any], tmp_path: Path) -> None:
    @asset(key_prefix="shop")
    def people() -> Any:
        return frame({"name": ["ada", "bob"], "age": [36, 7]})

    @asset(key_prefix="shop")
    def ages(people: Any) -> Any:
        assert isinstance(people, frame)
        return frame({"total": [int(people["age"].sum())]})

    result = materialize([people, ages], resources=resources)
    assert pl.read_parquet(tmp_path / "shop/ages.parquet")["total"].to_list() == [43]
    metadata = result.asset_materializations_for_node("shop__people")[0].metadata
    assert metadata["row_count"].value == 2
    assert [column.name for column in metadata["dataframe_columns"].value.columns] == ["name", "age"]


def test_partitions_are_files_of_their_own(frame: Any, resources: dict[str, Any], tmp_path: Path) -> None:
    @asset(partitions_def=COLOURS)
    def shades(context: AssetExecutionContext) -> Any:
        return frame({"shade": [context.partition_key]})

    @asset
    def count(shades: Mapping[str, Any]) -> Any:
        return frame({"rows": [sum(map(len, shades.values()))]})

    for key in COLOURS.get_partition_keys():
        materialize([shades], resources=resources, partition_key=key)
    materialize([shades, count], selection=[count], resources=resources)
    assert sorted(path.name for path in (tmp_path / "shades").iterdir()) == ["green.parquet", "red.parquet"]
    assert pl.read_parquet(tmp_path / "count.parquet")["rows"].to_list() == [2]


def test_a_lazy_frame_is_collected_and_loaded_lazily(tmp_path: Path) -> None:
    @asset
    def lazily() -> pl.LazyFrame:
        return pl.LazyFrame({"x": [1, 2]})

    @asset
    def doubled(lazily: pl.LazyFrame) -> pl.DataFrame:
        return lazily.select(pl.col("x") * 2).collect()

    materialize([lazily, doubled], resources={"io_manager": PolarsParquetIOManager(base_dir=str(tmp_path))})
    assert pl.read_parquet(tmp_path / "doubled.parquet")["x"].to_list() == [2, 4]


def test_another_type_is_refused(kind: str, resources: dict[str, Any]) -> None:
    @asset
    def number() -> int:
        return 1

    with pytest.raises(
        InvariantViolationError, match=rf"Output 'result' is of type int, and .*ParquetFiles stores {kind}"
    ):
        materialize([number], resources=resources)

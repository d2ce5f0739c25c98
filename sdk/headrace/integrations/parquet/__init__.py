"""Parquet files: `headrace[fsspec]`, with `[pandas]` or `[polars]`."""

from __future__ import annotations

from headrace.integrations.parquet.io_manager import PandasParquetIOManager, PolarsParquetIOManager

__all__ = ["PandasParquetIOManager", "PolarsParquetIOManager"]

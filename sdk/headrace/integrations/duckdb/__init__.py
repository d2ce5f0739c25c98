"""DuckDB: `headrace[duckdb]`, with `[pandas]` or `[polars]` for their data frames."""

from __future__ import annotations

from headrace.integrations.duckdb.handlers import DuckDBPandasTypeHandler, DuckDBPolarsTypeHandler
from headrace.integrations.duckdb.io_manager import (
    DuckDBIOManager,
    DuckDBPandasIOManager,
    DuckDBPolarsIOManager,
    build_duckdb_io_manager,
    duckdb_pandas_io_manager,
    duckdb_polars_io_manager,
)
from headrace.integrations.duckdb.resource import DuckDBResource

__all__ = [
    "DuckDBIOManager",
    "DuckDBPandasIOManager",
    "DuckDBPandasTypeHandler",
    "DuckDBPolarsIOManager",
    "DuckDBPolarsTypeHandler",
    "DuckDBResource",
    "build_duckdb_io_manager",
    "duckdb_pandas_io_manager",
    "duckdb_polars_io_manager",
]

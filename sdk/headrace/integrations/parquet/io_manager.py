"""Data frames as Parquet files, as models."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from pydantic import Field

from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.integrations.parquet.files import PandasParquetFiles, ParquetFiles, PolarsParquetFiles
from headrace.integrations.vendor import vendor
from headrace.io.home import storage_of


class _ParquetIOManager(ConfigurableIOManagerFactory[ParquetFiles]):
    """Stores each data frame as one Parquet file.

    An op's output goes to `<base_dir>/<run>/<step>/<output>.parquet`, an asset to `<base_dir>/<parts of its key>.parquet`,
    with a partition below.
    """

    base_dir: str | None = Field(
        default=None, description="The root, a path or the URL of a bucket; `$HEADRACE_HOME/storage` when left out."
    )
    storage_options: dict[str, Any] = Field(
        default_factory=dict, description="What the file system of the URL is opened with, as fsspec takes it."
    )

    def create_io_manager(self, context: InitResourceContext) -> ParquetFiles:
        """The I/O manager."""
        path = vendor("upath", "fsspec").UPath
        return self._files(path(self.base_dir or storage_of(context.instance), **self.storage_options))

    @abstractmethod
    def _files(self, base: Any) -> ParquetFiles: ...


class PandasParquetIOManager(_ParquetIOManager):
    """Stores each data frame of pandas as one Parquet file."""

    def _files(self, base: Any) -> ParquetFiles:
        return PandasParquetFiles(base)


class PolarsParquetIOManager(_ParquetIOManager):
    """Stores each data frame of Polars as one Parquet file."""

    def _files(self, base: Any) -> ParquetFiles:
        return PolarsParquetFiles(base)

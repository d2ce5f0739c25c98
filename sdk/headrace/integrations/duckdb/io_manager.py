"""Values as tables of DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.io_manager import IOManagerDefinition
from headrace.integrations.duckdb.client import DuckDbClient
from headrace.integrations.duckdb.handlers import DuckDBPandasTypeHandler, DuckDBPolarsTypeHandler
from headrace.integrations.tables.configurable import ConfigurableDbIOManager, older_style, with_handlers
from headrace.integrations.tables.io_manager import DbIOManager
from headrace.integrations.tables.type_handler import DbTypeHandler
from headrace.integrations.vendor import vendor


class DuckDBIOManager(ConfigurableDbIOManager):
    """Stores values as tables of DuckDB: say which types of values by `type_handlers`."""

    database: str = Field(description="The database's file.")
    connection_config: dict[str, Any] = Field(default_factory=dict, description="Settings of connections.")
    schema_: str | None = Field(default=None, alias="schema", description="The schema of what names none.")

    def create_io_manager(self, context: InitResourceContext) -> DbIOManager:
        """The I/O manager."""
        return DbIOManager(
            type_handlers=self.type_handlers(),
            db_client=DuckDbClient(self.database, self.connection_config),
            database=self.database,
            schema=self.schema_,
            io_manager_name=type(self).__name__,
            default_load_type=self.default_load_type(),
        )


class DuckDBPandasIOManager(DuckDBIOManager):
    """Stores data frames of pandas as tables of DuckDB."""

    @staticmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """That of pandas."""
        return [DuckDBPandasTypeHandler()]

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """`pandas.DataFrame`."""
        found: type[Any] = vendor("pandas", "pandas").DataFrame
        return found


class DuckDBPolarsIOManager(DuckDBIOManager):
    """Stores data frames of Polars as tables of DuckDB."""

    @staticmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """That of Polars."""
        return [DuckDBPolarsTypeHandler()]

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """`polars.DataFrame`."""
        found: type[Any] = vendor("polars", "polars").DataFrame
        return found


def build_duckdb_io_manager(
    type_handlers: Sequence[DbTypeHandler[Any]], default_load_type: type[Any] | None = None
) -> IOManagerDefinition:
    """Makes an I/O manager that stores values as tables of DuckDB, in the older style.

    Args:
        type_handlers: One for each type of value.
        default_load_type: What inputs are loaded as that have no type annotation.
    """
    return with_handlers(DuckDBIOManager, type_handlers, default_load_type)  # type: ignore[type-abstract]


duckdb_pandas_io_manager = older_style(DuckDBPandasIOManager)
duckdb_polars_io_manager = older_style(DuckDBPolarsIOManager)

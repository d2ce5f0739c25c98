"""Values as tables of DuckDB."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import Field

from headrace.config.fields import Field as ConfigField
from headrace.config.fields import Permissive
from headrace.config.sources import StringSource
from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.io_manager import IOManagerDefinition
from headrace.integrations.duckdb.client import DuckDbClient
from headrace.integrations.duckdb.handlers import DuckDBPandasTypeHandler, DuckDBPolarsTypeHandler
from headrace.integrations.tables.io_manager import DbIOManager
from headrace.integrations.tables.type_handler import DbTypeHandler
from headrace.integrations.vendor import vendor

_SCHEMA = "The schema of what names none."
_CONFIG = "Settings of connections."
_DATABASE = "The database's file."


class DuckDBIOManager(ConfigurableIOManagerFactory[DbIOManager]):
    """Stores values as tables of DuckDB: say which types of values by `type_handlers`."""

    database: str = Field(description=_DATABASE)
    connection_config: dict[str, Any] = Field(default_factory=dict, description=_CONFIG)
    schema_: str | None = Field(default=None, alias="schema", description=_SCHEMA)

    @staticmethod
    @abstractmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """One handler for each type of value."""

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """What inputs are loaded as that have no type annotation."""
        return None

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
        return _pandas_frame()


class DuckDBPolarsIOManager(DuckDBIOManager):
    """Stores data frames of Polars as tables of DuckDB."""

    @staticmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """That of Polars."""
        return [DuckDBPolarsTypeHandler()]

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """`polars.DataFrame`."""
        return _polars_frame()


def build_duckdb_io_manager(
    type_handlers: Sequence[DbTypeHandler[Any]], default_load_type: type[Any] | None = None
) -> IOManagerDefinition:
    """Makes an I/O manager that stores values as tables of DuckDB, in the older style.

    Args:
        type_handlers: One for each type of value.
        default_load_type: What inputs are loaded as that have no type annotation.
    """
    return _definition(type_handlers, lambda: default_load_type, "Stores values as tables of DuckDB.")


def _definition(
    type_handlers: Sequence[DbTypeHandler[Any]], default: Callable[[], type[Any] | None], text: str
) -> IOManagerDefinition:
    def make(context: InitResourceContext) -> DbIOManager:
        config = context.resource_config
        return DbIOManager(
            type_handlers=type_handlers,
            db_client=DuckDbClient(config["database"], config["connection_config"]),
            database=config["database"],
            schema=config.get("schema"),
            io_manager_name="DuckDBIOManager",
            default_load_type=default(),
        )

    schema = {
        "database": ConfigField(StringSource, description=_DATABASE),
        "connection_config": ConfigField(Permissive(), is_required=False, default_value={}, description=_CONFIG),
        "schema": ConfigField(StringSource, is_required=False, description=_SCHEMA),
    }
    return IOManagerDefinition(make, schema, description=text)


def _pandas_frame() -> type[Any]:
    found: type[Any] = vendor("pandas", "pandas").DataFrame
    return found


def _polars_frame() -> type[Any]:
    found: type[Any] = vendor("polars", "polars").DataFrame
    return found


duckdb_pandas_io_manager = _definition(
    [DuckDBPandasTypeHandler()], _pandas_frame, "Stores data frames of pandas as tables of DuckDB."
)
duckdb_polars_io_manager = _definition(
    [DuckDBPolarsTypeHandler()], _polars_frame, "Stores data frames of Polars as tables of DuckDB."
)

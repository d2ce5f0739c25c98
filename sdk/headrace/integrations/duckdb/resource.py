"""DuckDB as a resource."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from pydantic import Field

from headrace.definitions.resources.configurable_resource import ConfigurableResource
from headrace.integrations.duckdb.connections import connected


class DuckDBResource(ConfigurableResource[Any]):
    """A DuckDB database; one process at a time has it open, and others wait."""

    database: str = Field(description="Its file; `:memory:` for none.")
    connection_config: dict[str, Any] = Field(default_factory=dict, description="Settings of the connection.")

    def get_connection(self) -> AbstractContextManager[Any]:
        """A `DuckDBPyConnection` for a `with` statement, which closes it."""
        return connected(self.database, self.connection_config)

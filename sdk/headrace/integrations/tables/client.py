"""`DbClient`: what the one I/O manager of tables needs to know of a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from headrace.integrations.tables.slices import TableSlice

if TYPE_CHECKING:
    from headrace.execute.contexts.io_context import IOContext
    from headrace.execute.contexts.output_context import OutputContext


class DbClient(ABC):
    """What the one I/O manager of tables needs to know of a database."""

    @abstractmethod
    def connect(self, context: IOContext, table_slice: TableSlice) -> AbstractContextManager[Any]:
        """Opens a connection; for an output, what happens until its end is kept as a whole or not at all, where that can be.

        Args:
            context: The input or output.
            table_slice: What it is about.
        """

    @abstractmethod
    def ensure_schema_exists(self, context: OutputContext, table_slice: TableSlice, connection: Any) -> None:
        """Makes the schema of a slice, if it is not there."""

    @abstractmethod
    def delete_table_slice(self, context: OutputContext, table_slice: TableSlice, connection: Any) -> None:
        """Removes the rows of a slice; a table that is not there has none."""

    @abstractmethod
    def get_select_statement(self, table_slice: TableSlice) -> str:
        """The statement that reads a slice."""

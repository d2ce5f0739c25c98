"""Values as tables of a database: one I/O manager for all databases, and a handler for each type of value."""

from __future__ import annotations

from headrace.integrations.tables.client import DbClient
from headrace.integrations.tables.io_manager import DbIOManager
from headrace.integrations.tables.slices import TablePartitionDimension, TableSlice
from headrace.integrations.tables.type_handler import DbTypeHandler

__all__ = ["DbClient", "DbIOManager", "DbTypeHandler", "TablePartitionDimension", "TableSlice"]

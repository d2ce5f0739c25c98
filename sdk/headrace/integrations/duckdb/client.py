"""What is particular about DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from headrace.errors import InvariantViolationError, StoredFileNotFoundError
from headrace.integrations.duckdb.connections import connected
from headrace.integrations.tables.client import DbClient
from headrace.integrations.tables.slices import TableSlice
from headrace.integrations.vendor import vendor

if TYPE_CHECKING:
    from headrace.execute.contexts.io_context import IOContext
    from headrace.execute.contexts.output_context import OutputContext

_NEW_ROWS = "headrace_new_rows"


class DuckDbClient(DbClient):
    """Connects to one DuckDB database.

    Args:
        database: The database.
        config: Settings of connections.
    """

    def __init__(self, database: str, config: Mapping[str, Any]) -> None:
        self._database = database
        self._config = config

    @contextmanager
    def connect(self, context: IOContext, table_slice: TableSlice) -> Iterator[Any]:
        """Opens a connection and a transaction on it."""
        with connected(self._database, self._config) as connection:
            connection.begin()
            yield connection
            connection.commit()

    def ensure_schema_exists(self, context: OutputContext, table_slice: TableSlice, connection: Any) -> None:
        """Makes the schema, if it is not there."""
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table_slice.schema)}")

    def delete_table_slice(self, context: OutputContext, table_slice: TableSlice, connection: Any) -> None:
        """Removes the rows of the slice; of a value that is all of its table, the table, for its columns may change."""
        if not table_slice.partition_dimensions:
            connection.execute(f"DROP TABLE IF EXISTS {table_of(table_slice)}")
        elif has_table(table_slice, connection):
            connection.execute(f"DELETE FROM {table_of(table_slice)}{table_slice.where}")

    def get_select_statement(self, table_slice: TableSlice) -> str:
        """The statement that reads the slice."""
        columns = ", ".join(map(quoted, table_slice.columns)) if table_slice.columns else "*"
        return f"SELECT {columns} FROM {table_of(table_slice)}{table_slice.where}"


def store_rows(rows: Any, table_slice: TableSlice, connection: Any) -> None:
    """Adds rows to a table, and makes it if it is not there.

    Args:
        rows: What DuckDB can read: a data frame of pandas or Polars, or a table of Arrow.
        table_slice: Where to.
        connection: The connection.

    Raises:
        InvariantViolationError: the table has other columns.
    """
    table = table_of(table_slice)
    connection.register(_NEW_ROWS, rows)
    try:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT * FROM {_NEW_ROWS} LIMIT 0")
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {_NEW_ROWS}")
    except vendor("duckdb", "duckdb").BinderException as error:
        raise InvariantViolationError(
            f"The rows do not fit table {table}: {' '.join(str(error).split())}. Partitions share one table: return the same "
            "columns for each, or change the table."
        ) from error
    connection.unregister(_NEW_ROWS)


def read_rows(table_slice: TableSlice, statement: str, connection: Any) -> Any:
    """What a statement reads, as a relation of DuckDB's.

    Args:
        table_slice: What is read.
        statement: The statement.
        connection: The connection.

    Raises:
        StoredFileNotFoundError: the table is not there.
    """
    if not has_table(table_slice, connection):
        raise StoredFileNotFoundError(
            f"There is no table {table_of(table_slice)} in {table_slice.database}: it has not been produced yet, or was stored "
            "elsewhere or removed."
        )
    return connection.sql(statement)


def has_table(table_slice: TableSlice, connection: Any) -> bool:
    """Whether there is such a table."""
    found = connection.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
        [table_slice.schema, table_slice.table],
    )
    return bool(found.fetchall())


def table_of(table_slice: TableSlice) -> str:
    """The table of a slice, as statements name it."""
    schema = quoted(table_slice.schema)
    # DuckDB calls a database like its file; a schema of the same name would be ambiguous.
    database = PurePath(table_slice.database or "").stem
    catalog = f"{quoted(database)}." if database.lower() == table_slice.schema.lower() else ""
    return f"{catalog}{schema}.{quoted(table_slice.table)}"


def quoted(name: str) -> str:
    """A name as statements have it, whatever is in it."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'

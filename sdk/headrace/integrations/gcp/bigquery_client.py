"""What is particular about BigQuery."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headrace.errors import StoredFileNotFoundError
from headrace.integrations.gcp.bigquery_trouble import explained
from headrace.integrations.gcp.clients import service_account_credentials, service_account_of
from headrace.integrations.tables.client import DbClient
from headrace.integrations.tables.slices import TableSlice
from headrace.integrations.vendor import vendor

if TYPE_CHECKING:
    from headrace.execute.contexts.io_context import IOContext
    from headrace.execute.contexts.output_context import OutputContext

EMULATOR = "BIGQUERY_EMULATOR_HOST"
"""The variable by which Google's library finds a server that is not Google's."""


@dataclass(frozen=True)
class BigQueryAccess:
    """How BigQuery is reached.

    Attributes:
        project: The project.
        location: Where jobs run and datasets are made.
        gcp_credentials: The key of a service account, in base64; found as Google's libraries do when left out.
        timeout: Seconds that one job may take.
    """

    project: str | None
    location: str | None = None
    gcp_credentials: str | None = field(default=None, repr=False)
    timeout: float | None = None

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """A client, closed at the end."""
        bigquery = vendor("google.cloud.bigquery", "gcp")
        with explained("open", f"project {self.project}"):
            client = bigquery.Client(project=self.project, location=self.location, credentials=self._credentials())
        try:
            yield client
        finally:
            client.close()

    def _credentials(self) -> Any:
        if self.gcp_credentials:
            return service_account_credentials(service_account_of(self.gcp_credentials, "gcp_credentials"))
        if os.environ.get(EMULATOR):
            # It asks nobody who he is.
            return vendor("google.auth.credentials", "gcp").AnonymousCredentials()
        return None


class BigQueryClient(DbClient):
    """Connects to BigQuery.

    Args:
        access: How it is reached.
    """

    def __init__(self, access: BigQueryAccess) -> None:
        self._access = access

    @contextmanager
    def connect(self, context: IOContext, table_slice: TableSlice) -> Iterator[Any]:
        """Opens a client; every job is kept by itself, for BigQuery knows no transaction of several."""
        with self._access.connected() as client:
            yield client

    def ensure_schema_exists(self, context: OutputContext, table_slice: TableSlice, connection: Any) -> None:
        """Makes the dataset, if it is not there."""
        with explained("make the dataset of", table_of(table_slice)):
            connection.create_dataset(f"{table_slice.database}.{table_slice.schema}", exists_ok=True)

    def delete_table_slice(self, context: OutputContext, table_slice: TableSlice, connection: Any) -> None:
        """Removes the rows of partitions; a whole table is replaced by the job that loads it."""
        if not table_slice.partition_dimensions:
            return
        statement = f"DELETE FROM `{table_of(table_slice)}`{table_slice.where}"
        try:
            with explained("remove rows of", table_of(table_slice)):
                connection.query(statement).result(timeout=self._access.timeout)
        except StoredFileNotFoundError:
            pass  # what was never there has no rows

    def get_select_statement(self, table_slice: TableSlice) -> str:
        """The statement that reads the slice."""
        columns = ", ".join(f"`{name}`" for name in table_slice.columns) if table_slice.columns else "*"
        return f"SELECT {columns} FROM `{table_of(table_slice)}`{table_slice.where}"


def table_of(table_slice: TableSlice) -> str:
    """The table of a slice, as BigQuery names it."""
    return f"{table_slice.database}.{table_slice.schema}.{table_slice.table}"

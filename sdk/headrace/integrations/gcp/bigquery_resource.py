"""BigQuery as a resource."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from pydantic import Field

from headrace.definitions.resources.configurable_resource import ConfigurableResource
from headrace.definitions.resources.resource import resource
from headrace.integrations.gcp.bigquery_client import BigQueryAccess


class BigQueryResource(ConfigurableResource[Any]):
    """BigQuery, through a client of Google's library."""

    project: str | None = Field(default=None, description="The project that jobs are run for.")
    location: str | None = Field(default=None, description="Where jobs run and datasets are made.")
    gcp_credentials: str | None = Field(default=None, description="The key of a service account, in base64.")

    def get_client(self) -> AbstractContextManager[Any]:
        """A client for a `with` statement, which closes it."""
        return BigQueryAccess(self.project, self.location, self.gcp_credentials).connected()


@resource(config_schema=BigQueryResource.to_config_schema())
def bigquery_resource(context: Any) -> Iterator[Any]:
    """A client of BigQuery."""
    with BigQueryResource.from_resource_context(context).get_client() as client:
        yield client

"""Google Cloud Storage as a resource."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from headrace.definitions.resources.configurable_resource import ConfigurableResource
from headrace.definitions.resources.resource import resource
from headrace.integrations.gcp.clients import storage_client


class GCSResource(ConfigurableResource[Any]):
    """Google Cloud Storage; credentials are found as Google's libraries do."""

    project: str | None = Field(default=None, description="The project that requests are made for.")

    def get_client(self) -> Any:
        """A client of Google's library."""
        return storage_client(self.project)


@resource(config_schema=GCSResource.to_config_schema())
def gcs_resource(context: Any) -> Any:
    """A client of Google Cloud Storage."""
    return GCSResource.from_resource_context(context).get_client()

"""Values as pickled objects in a bucket of Google Cloud Storage."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from headrace.config.fields import Field as ConfigField
from headrace.config.sources import StringSource
from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.dependency import ResourceDependency
from headrace.definitions.resources.io_manager import io_manager
from headrace.integrations.gcp.gcs_resource import GCSResource
from headrace.integrations.gcp.gcs_store import GcsClientStore
from headrace.integrations.objects.pickle_io_manager import PREFIX, PickledObjects


class GCSPickleIOManager(ConfigurableIOManagerFactory[PickledObjects]):
    """Stores each output as one pickled object of Google Cloud Storage.

    An op's output goes to `<gcs_prefix>/storage/<run>/<step>/<output>`, an asset to `<gcs_prefix>/<parts of its key>`, with
    a partition below.
    """

    gcs: ResourceDependency[GCSResource]
    gcs_bucket: str = Field(description="The bucket.")
    gcs_prefix: str = Field(default=PREFIX, description="Begins all keys.")

    def create_io_manager(self, context: InitResourceContext) -> PickledObjects:
        """The I/O manager."""
        return _pickled_objects(self.gcs, self.gcs_bucket, self.gcs_prefix)


@io_manager(
    config_schema={
        "gcs_bucket": ConfigField(StringSource, description="The bucket."),
        "gcs_prefix": ConfigField(
            StringSource, is_required=False, default_value=PREFIX, description="Begins all keys."
        ),
    },
    required_resource_keys={"gcs"},
)
def gcs_pickle_io_manager(context: InitResourceContext) -> PickledObjects:
    """Stores each output as one pickled object of Google Cloud Storage, through the resource `gcs`."""
    config = context.resource_config
    return _pickled_objects(context.resources.gcs, config["gcs_bucket"], config["gcs_prefix"])


def _pickled_objects(gcs: Any, bucket: str, prefix: str) -> PickledObjects:
    # The older resource is the client itself.
    client = gcs.get_client() if isinstance(gcs, GCSResource) else gcs
    return PickledObjects(GcsClientStore(client, bucket), prefix)

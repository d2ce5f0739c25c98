"""Values as pickled objects in a bucket of S3."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from headrace.config.fields import Field as ConfigField
from headrace.config.sources import StringSource
from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.dependency import ResourceDependency
from headrace.definitions.resources.io_manager import io_manager
from headrace.integrations.aws.s3_resource import S3Resource
from headrace.integrations.aws.s3_store import S3ClientStore
from headrace.integrations.objects.pickle_io_manager import PREFIX, PickledObjects


class S3PickleIOManager(ConfigurableIOManagerFactory[PickledObjects]):
    """Stores each output as one pickled object of S3.

    An op's output goes to `<s3_prefix>/storage/<run>/<step>/<output>`, an asset to `<s3_prefix>/<parts of its key>`, with
    a partition below.
    """

    s3_resource: ResourceDependency[S3Resource]
    s3_bucket: str = Field(description="The bucket.")
    s3_prefix: str = Field(default=PREFIX, description="Begins all keys.")

    def create_io_manager(self, context: InitResourceContext) -> PickledObjects:
        """The I/O manager."""
        return _pickled_objects(self.s3_resource, self.s3_bucket, self.s3_prefix)


@io_manager(
    config_schema={
        "s3_bucket": ConfigField(StringSource, description="The bucket."),
        "s3_prefix": ConfigField(StringSource, is_required=False, default_value=PREFIX, description="Begins all keys."),
    },
    required_resource_keys={"s3"},
)
def s3_pickle_io_manager(context: InitResourceContext) -> PickledObjects:
    """Stores each output as one pickled object of S3, through the resource `s3`."""
    config = context.resource_config
    return _pickled_objects(context.resources.s3, config["s3_bucket"], config["s3_prefix"])


def _pickled_objects(s3: Any, bucket: str, prefix: str) -> PickledObjects:
    # The older resource is the client itself.
    client = s3.get_client() if isinstance(s3, S3Resource) else s3
    return PickledObjects(S3ClientStore(client, bucket), prefix)

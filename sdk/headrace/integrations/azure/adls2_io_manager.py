"""Values as pickled blobs in a container of Azure, which a data lake calls a file system."""

from __future__ import annotations

from pydantic import Field

from headrace.config.fields import Field as ConfigField
from headrace.config.sources import StringSource
from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.dependency import ResourceDependency
from headrace.definitions.resources.io_manager import io_manager
from headrace.integrations.azure.adls2_resource import ADLS2Resource
from headrace.integrations.azure.blob_store import open_container
from headrace.integrations.objects.pickle_io_manager import PREFIX, PickledObjects

_LEASE_SECONDS = 60
_NO_LEASES = "Accepted and not used: a blob is replaced as a whole, so nobody needs a lease of it."


class ADLS2PickleIOManager(ConfigurableIOManagerFactory[PickledObjects]):
    """Stores each output as one pickled blob of Azure.

    An op's output goes to `<adls2_prefix>/storage/<run>/<step>/<output>`, an asset to `<adls2_prefix>/<parts of its key>`,
    with a partition below.
    """

    adls2: ResourceDependency[ADLS2Resource]
    adls2_file_system: str = Field(description="The container.")
    adls2_prefix: str = Field(default=PREFIX, description="Begins all keys.")
    lease_duration: int = Field(default=_LEASE_SECONDS, description=_NO_LEASES)

    def create_io_manager(self, context: InitResourceContext) -> PickledObjects:
        """The I/O manager."""
        return _pickled_objects(self.adls2, self.adls2_file_system, self.adls2_prefix)


@io_manager(
    config_schema={
        "adls2_file_system": ConfigField(StringSource, description="The container."),
        "adls2_prefix": ConfigField(
            StringSource, is_required=False, default_value=PREFIX, description="Begins all keys."
        ),
        "lease_duration": ConfigField(int, is_required=False, default_value=_LEASE_SECONDS, description=_NO_LEASES),
    },
    required_resource_keys={"adls2"},
)
def adls2_pickle_io_manager(context: InitResourceContext) -> PickledObjects:
    """Stores each output as one pickled blob of Azure, through the resource `adls2`."""
    config = context.resource_config
    return _pickled_objects(context.resources.adls2, config["adls2_file_system"], config["adls2_prefix"])


def _pickled_objects(adls2: ADLS2Resource, container: str, prefix: str) -> PickledObjects:
    return PickledObjects(open_container(adls2.access, container, "set them on the ADLS2 resource"), prefix)

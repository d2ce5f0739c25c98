"""Google Cloud: `headrace[gcp]`."""

from __future__ import annotations

from headrace.integrations.gcp.compute_logs import GCSComputeLogManager
from headrace.integrations.gcp.gcs_io_manager import GCSPickleIOManager, gcs_pickle_io_manager
from headrace.integrations.gcp.gcs_resource import GCSResource, gcs_resource

ConfigurablePickledObjectGCSIOManager = GCSPickleIOManager

__all__ = [
    "ConfigurablePickledObjectGCSIOManager",
    "GCSComputeLogManager",
    "GCSPickleIOManager",
    "GCSResource",
    "gcs_pickle_io_manager",
    "gcs_resource",
]

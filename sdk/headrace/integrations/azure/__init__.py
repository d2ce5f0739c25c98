"""Microsoft Azure: `headrace[azure]`."""

from __future__ import annotations

from headrace.integrations.azure.adls2_file_manager import ADLS2FileHandle, ADLS2FileManager, adls2_file_manager
from headrace.integrations.azure.adls2_io_manager import ADLS2PickleIOManager, adls2_pickle_io_manager
from headrace.integrations.azure.adls2_resource import (
    ADLS2DefaultAzureCredential,
    ADLS2Key,
    ADLS2Resource,
    ADLS2SASToken,
    adls2_resource,
)
from headrace.integrations.azure.blob_resource import (
    AzureBlobStorageAnonymousCredential,
    AzureBlobStorageDefaultCredential,
    AzureBlobStorageKeyCredential,
    AzureBlobStorageResource,
    AzureBlobStorageSASTokenCredential,
)
from headrace.integrations.azure.compute_logs import AzureBlobComputeLogManager

ConfigurablePickledObjectADLS2IOManager = ADLS2PickleIOManager

__all__ = [
    "ADLS2DefaultAzureCredential",
    "ADLS2FileHandle",
    "ADLS2FileManager",
    "ADLS2Key",
    "ADLS2PickleIOManager",
    "ADLS2Resource",
    "ADLS2SASToken",
    "AzureBlobComputeLogManager",
    "AzureBlobStorageAnonymousCredential",
    "AzureBlobStorageDefaultCredential",
    "AzureBlobStorageKeyCredential",
    "AzureBlobStorageResource",
    "AzureBlobStorageSASTokenCredential",
    "ConfigurablePickledObjectADLS2IOManager",
    "adls2_file_manager",
    "adls2_pickle_io_manager",
    "adls2_resource",
]

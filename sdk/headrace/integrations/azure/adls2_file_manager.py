"""Files in Azure Data Lake Storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headrace.config.fields import Field as ConfigField
from headrace.config.sources import StringSource
from headrace.definitions.resources.resource import resource
from headrace.integrations.azure.adls2_resource import ADLS2_CONFIG, resource_of
from headrace.integrations.azure.blob_store import AzureAccess, open_container
from headrace.integrations.objects.file_manager import ObjectFileHandle, ObjectFileManager
from headrace.integrations.objects.pickle_io_manager import PREFIX
from headrace.integrations.objects.store import ObjectStore
from headrace.io.file_manager import FileHandle


class ADLS2FileHandle(ObjectFileHandle):
    """A file in Azure Data Lake Storage.

    Args:
        account: The storage account.
        file_system: The file system, which the storage of blobs calls a container.
        key: The blob.
    """

    scheme = "abfss"

    def __init__(self, account: str, file_system: str, key: str) -> None:
        super().__init__(file_system, key)
        self.account = account

    @property
    def file_system(self) -> str:
        """The file system."""
        return self.bucket

    @property
    def path_desc(self) -> str:
        """Where it is, for people."""
        return self.adls2_path

    @property
    def adls2_path(self) -> str:
        """The URL."""
        return f"{self.scheme}://{self.bucket}@{self.account}.dfs.core.windows.net/{self.key}"


class ADLS2FileManager(ObjectFileManager):
    """Keeps files in a file system of Azure Data Lake Storage.

    Args:
        access: How the account is reached.
        file_system: Where new files go.
        prefix: Begins their keys.
    """

    def __init__(self, access: AzureAccess, file_system: str, prefix: str) -> None:
        super().__init__(prefix)
        self._access = access
        self._file_system = file_system

    def _handle(self, key: str) -> ADLS2FileHandle:
        return ADLS2FileHandle(self._access.account, self._file_system, key)

    def _store_of(self, handle: FileHandle) -> tuple[ObjectStore, str] | None:
        if not isinstance(handle, ADLS2FileHandle) or handle.account != self._access.account:
            return None
        return open_container(self._access, handle.file_system, "set them on the file manager"), handle.key


@resource(
    config_schema={
        **ADLS2_CONFIG,
        "adls2_file_system": ConfigField(StringSource, description="Where new files go."),
        "adls2_prefix": ConfigField(
            StringSource, is_required=False, default_value=PREFIX, description="Begins all keys."
        ),
    }
)
def adls2_file_manager(context: Any) -> Iterator[ADLS2FileManager]:
    """Keeps files in a file system of Azure Data Lake Storage."""
    config = context.resource_config
    manager = ADLS2FileManager(resource_of(config).access, config["adls2_file_system"], config["adls2_prefix"])
    try:
        yield manager
    finally:
        manager.delete_local_temp()

"""Files in Google Cloud Storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from headrace.definitions.resources.configurable_resource import ConfigurableResource
from headrace.definitions.resources.resource import resource
from headrace.integrations.gcp.clients import storage_client
from headrace.integrations.gcp.gcs_store import GcsClientStore
from headrace.integrations.objects.file_manager import ObjectFileHandle, ObjectFileManager
from headrace.integrations.objects.pickle_io_manager import PREFIX
from headrace.integrations.objects.store import ObjectStore
from headrace.io.file_manager import FileHandle


class GCSFileHandle(ObjectFileHandle):
    """A file in Google Cloud Storage.

    Args:
        gcs_bucket: The bucket.
        gcs_key: The object.
    """

    scheme = "gs"

    def __init__(self, gcs_bucket: str, gcs_key: str) -> None:
        super().__init__(gcs_bucket, gcs_key)

    @property
    def gcs_bucket(self) -> str:
        """The bucket."""
        return self.bucket

    @property
    def gcs_key(self) -> str:
        """The object."""
        return self.key

    @property
    def gcs_path(self) -> str:
        """The URL."""
        return self.path_desc


class GCSFileManager(ObjectFileManager):
    """Keeps files in a bucket of Google Cloud Storage.

    Args:
        client: A client of Google's library.
        gcs_bucket: Where new files go.
        gcs_base_key: Begins their keys.
    """

    def __init__(self, client: Any, gcs_bucket: str, gcs_base_key: str) -> None:
        super().__init__(gcs_base_key)
        self._client = client
        self._bucket = gcs_bucket

    def _handle(self, key: str) -> GCSFileHandle:
        return GCSFileHandle(self._bucket, key)

    def _store_of(self, handle: FileHandle) -> tuple[ObjectStore, str] | None:
        if not isinstance(handle, GCSFileHandle):
            return None
        return GcsClientStore(self._client, handle.gcs_bucket), handle.gcs_key


class GCSFileManagerResource(ConfigurableResource[Any]):
    """Keeps files in a bucket of Google Cloud Storage; credentials are found as Google's libraries do."""

    project: str | None = Field(default=None, description="The project that requests are made for.")
    gcs_bucket: str = Field(description="Where new files go.")
    gcs_prefix: str = Field(default=PREFIX, description="Begins all keys.")

    def get_client(self) -> GCSFileManager:
        """The file manager."""
        return GCSFileManager(storage_client(self.project), self.gcs_bucket, self.gcs_prefix)


@resource(config_schema=GCSFileManagerResource.to_config_schema())
def gcs_file_manager(context: Any) -> Iterator[GCSFileManager]:
    """Keeps files in a bucket of Google Cloud Storage."""
    manager = GCSFileManagerResource.from_resource_context(context).get_client()
    try:
        yield manager
    finally:
        manager.delete_local_temp()

"""Files in S3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from headrace.definitions.resources.resource import resource
from headrace.integrations.aws.s3_resource import S3Settings
from headrace.integrations.aws.s3_store import S3ClientStore
from headrace.integrations.objects.file_manager import ObjectFileHandle, ObjectFileManager
from headrace.integrations.objects.pickle_io_manager import PREFIX
from headrace.integrations.objects.store import ObjectStore
from headrace.io.file_manager import FileHandle


class S3FileHandle(ObjectFileHandle):
    """A file in S3.

    Args:
        s3_bucket: The bucket.
        s3_key: The object.
    """

    scheme = "s3"

    def __init__(self, s3_bucket: str, s3_key: str) -> None:
        super().__init__(s3_bucket, s3_key)

    @property
    def s3_bucket(self) -> str:
        """The bucket."""
        return self.bucket

    @property
    def s3_key(self) -> str:
        """The object."""
        return self.key

    @property
    def s3_path(self) -> str:
        """The URL."""
        return self.path_desc


class S3FileManager(ObjectFileManager):
    """Keeps files in a bucket of S3.

    Args:
        s3_session: A boto3 client of S3.
        s3_bucket: Where new files go.
        s3_base_key: Begins their keys.
    """

    def __init__(self, s3_session: Any, s3_bucket: str, s3_base_key: str) -> None:
        super().__init__(s3_base_key)
        self._client = s3_session
        self._bucket = s3_bucket

    def _handle(self, key: str) -> S3FileHandle:
        return S3FileHandle(self._bucket, key)

    def _store_of(self, handle: FileHandle) -> tuple[ObjectStore, str] | None:
        if not isinstance(handle, S3FileHandle):
            return None
        return S3ClientStore(self._client, handle.s3_bucket), handle.s3_key


class S3FileManagerResource(S3Settings):
    """Keeps files in a bucket of S3."""

    s3_bucket: str = Field(description="Where new files go.")
    s3_prefix: str = Field(default=PREFIX, description="Begins all keys.")

    def get_client(self) -> S3FileManager:
        """The file manager."""
        return S3FileManager(self.s3_client(), self.s3_bucket, self.s3_prefix)


@resource(config_schema=S3FileManagerResource.to_config_schema())
def s3_file_manager(context: Any) -> Iterator[S3FileManager]:
    """Keeps files in a bucket of S3."""
    manager = S3FileManagerResource.from_resource_context(context).get_client()
    try:
        yield manager
    finally:
        manager.delete_local_temp()

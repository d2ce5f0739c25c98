"""Buckets of S3 through a boto3 client: the one that the user's resource makes, with whatever it is allowed to."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from headrace.integrations.objects.codes import PAST_THE_END, TROUBLES
from headrace.integrations.objects.store import LINK_SECONDS, Entry, ObjectStore
from headrace.integrations.objects.trouble import Trouble
from headrace.integrations.vendor import vendor

_AT_ONCE = 8 * 1024 * 1024
"""More bytes than these are sent in parts."""
_DELETED_AT_ONCE = 1000

_BY_TYPE: dict[str, Trouble] = {
    "NoCredentialsError": Trouble.NO_CREDENTIALS,
    "PartialCredentialsError": Trouble.NO_CREDENTIALS,
    "ProfileNotFound": Trouble.NO_CREDENTIALS,
    "UnauthorizedSSOTokenError": Trouble.WRONG_CREDENTIALS,
    "ParamValidationError": Trouble.INVALID_NAME,
    "ConnectionError": Trouble.UNREACHABLE,
    "HTTPClientError": Trouble.UNREACHABLE,
}


class S3ClientStore(ObjectStore):
    """A bucket that a boto3 client reaches.

    Args:
        client: The client.
        bucket: The bucket.
        extra_args: Further arguments of every upload, such as `ServerSideEncryption`.
    """

    scheme = "s3"

    def __init__(self, client: Any, bucket: str, extra_args: Mapping[str, Any] | None = None) -> None:
        place = getattr(getattr(client, "meta", None), "endpoint_url", "S3")
        super().__init__(bucket, place, "set them on the S3 resource, or in the environment as boto3 reads it")
        self._client = client
        self._extra_args = dict(extra_args or {})

    def _put(self, key: str, data: bytes) -> None:
        if len(data) <= _AT_ONCE:
            self._client.put_object(Bucket=self.bucket, Key=key, Body=data, **self._extra_args)
        else:
            self._client.upload_fileobj(io.BytesIO(data), self.bucket, key, ExtraArgs=self._extra_args or None)

    def _put_file(self, key: str, path: Path) -> None:
        self._client.upload_file(str(path), self.bucket, key, ExtraArgs=self._extra_args or None)

    def _get(self, key: str) -> bytes:
        data: bytes = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return data

    def _get_range(self, key: str, offset: int, length: int) -> bytes:
        wanted = f"bytes={offset}-{offset + length - 1}"
        try:
            data: bytes = self._client.get_object(Bucket=self.bucket, Key=key, Range=wanted)["Body"].read()
        except Exception as error:
            if _code(error) in (PAST_THE_END, "416"):
                return b""
            raise
        return data

    def _exists(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self.bucket, Key=key)
        except Exception as error:
            if _code(error) not in ("404", "NoSuchKey"):
                raise
            return False
        return True

    def _entries(self, prefix: str) -> Iterator[Entry]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for each in page.get("Contents", ()):
                yield Entry(each["Key"], each["Size"], each["LastModified"])

    def _delete(self, keys: Sequence[str]) -> None:
        for begin in range(0, len(keys), _DELETED_AT_ONCE):
            objects = [{"Key": key} for key in keys[begin : begin + _DELETED_AT_ONCE]]
            self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})

    def _link(self, key: str) -> str:
        signed: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=LINK_SECONDS
        )
        return signed

    def _trouble(self, error: Exception) -> Trouble | None:
        exceptions = vendor("botocore.exceptions", "aws")
        code = _code(error) or _code_in_upload(error)
        if code:
            return TROUBLES.get(code, Trouble.OTHER)
        if not isinstance(error, (exceptions.BotoCoreError, vendor("boto3.exceptions", "aws").Boto3Error)):
            return None
        names = (each.__name__ for each in type(error).__mro__)
        return next((_BY_TYPE[name] for name in names if name in _BY_TYPE), Trouble.OTHER)


def _code(error: BaseException) -> str:
    answer = getattr(error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, Mapping) else ""


def _code_in_upload(error: Exception) -> str:
    # What fails in a part of an upload is wrapped, with the cause as its context.
    inner = error.__cause__ or error.__context__
    return _code(inner) if inner is not None and type(error).__name__ == "S3UploadFailedError" else ""

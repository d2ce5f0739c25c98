"""Buckets of Google Cloud Storage through Google's client: the one that the user's resource makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from headrace.integrations.gcp.clients import REMEDY
from headrace.integrations.objects.store import LINK_SECONDS, Entry, ObjectStore
from headrace.integrations.objects.trouble import Trouble
from headrace.integrations.vendor import vendor

RETRY_SECONDS = 60.0
"""How long a request is repeated."""
_TIMEOUT = (10.0, 60.0)
"""Seconds in which a connection, and an answer, must come."""
_AT_ONCE = 8 * 1024 * 1024
"""More bytes than these are sent in parts."""

_BY_NAME: dict[str, Trouble] = {
    "NotFound": Trouble.MISSING,
    "Forbidden": Trouble.FORBIDDEN,
    "Unauthorized": Trouble.WRONG_CREDENTIALS,
    "RefreshError": Trouble.WRONG_CREDENTIALS,
    "DefaultCredentialsError": Trouble.NO_CREDENTIALS,
    "TooManyRequests": Trouble.BUSY,
    "ServiceUnavailable": Trouble.BUSY,
    "TransportError": Trouble.UNREACHABLE,
    "ConnectionError": Trouble.UNREACHABLE,
    "Timeout": Trouble.UNREACHABLE,
}


class GcsClientStore(ObjectStore):
    """A bucket that a client of Google's reaches.

    Args:
        client: The client.
        bucket: The bucket.
        retry_seconds: How long a request is repeated.
    """

    scheme = "gs"

    def __init__(self, client: Any, bucket: str, retry_seconds: float = RETRY_SECONDS) -> None:
        place = str(getattr(client, "api_endpoint", "") or "Google Cloud Storage")
        super().__init__(bucket, place, REMEDY)
        self._client = client
        self._bucket = client.bucket(bucket)
        retry = vendor("google.cloud.storage.retry", "gcp").DEFAULT_RETRY.with_timeout(retry_seconds)
        self._how = {"timeout": _TIMEOUT, "retry": retry}

    def _put(self, key: str, data: bytes) -> None:
        self._bucket.blob(key).upload_from_string(data, "application/octet-stream", **self._how)

    def _put_file(self, key: str, path: Path) -> None:
        # The file may grow: what counts is what it has now.
        size = path.stat().st_size
        with path.open("rb") as file:
            if size <= _AT_ONCE:
                self._put(key, file.read(size))
            else:
                self._bucket.blob(key).upload_from_file(file, size=size, **self._how)

    def _get(self, key: str) -> bytes:
        data: bytes = self._bucket.blob(key).download_as_bytes(**self._how)
        return data

    def _get_range(self, key: str, offset: int, length: int) -> bytes:
        past_the_end = vendor("google.api_core.exceptions", "gcp").RequestRangeNotSatisfiable
        try:
            data: bytes = self._bucket.blob(key).download_as_bytes(start=offset, end=offset + length - 1, **self._how)
        except past_the_end:
            return b""
        return data

    def _exists(self, key: str) -> bool:
        return bool(self._bucket.blob(key).exists(**self._how))

    def _entries(self, prefix: str) -> Iterator[Entry]:
        for each in self._client.list_blobs(self._bucket, prefix=prefix, **self._how):
            yield Entry(each.name, each.size, each.updated)

    def _delete(self, keys: Sequence[str]) -> None:
        self._bucket.delete_blobs(list(keys), on_error=lambda blob: None, **self._how)

    def _link(self, key: str) -> str:
        blob = self._bucket.blob(key)
        try:
            signed: str = blob.generate_signed_url(version="v4", expiration=timedelta(seconds=LINK_SECONDS))
        except AttributeError:
            # Whoever has no private key cannot sign.
            return f"https://console.cloud.google.com/storage/browser/_details/{self.bucket}/{key}"
        return signed

    def _trouble(self, error: Exception) -> Trouble | None:
        if not type(error).__module__.startswith(("google.", "requests.", "urllib3.")):
            return None
        # What was repeated for too long has the last answer as its cause.
        last = error.__cause__ or error if type(error).__name__ == "RetryError" else error
        names = (each.__name__ for each in type(last).__mro__)
        found = next((_BY_NAME[name] for name in names if name in _BY_NAME), Trouble.OTHER)
        return Trouble.NO_BUCKET if found is Trouble.MISSING and not self._has_bucket() else found

    def _has_bucket(self) -> bool:
        try:
            return bool(self._bucket.exists(timeout=_TIMEOUT, retry=None))
        except Exception:
            return True  # nobody can say: the object is what was asked for

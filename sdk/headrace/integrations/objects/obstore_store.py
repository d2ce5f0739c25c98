"""Buckets through obstore: S3 and whatever speaks it, and Azure Blob Storage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from headrace.integrations.objects.codes import PAST_THE_END, TROUBLES
from headrace.integrations.objects.store import LINK_SECONDS, Entry, ObjectStore
from headrace.integrations.objects.trouble import Trouble
from headrace.integrations.vendor import vendor

RETRIES: Mapping[str, Any] = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
"""How often, and for how long, a request is repeated."""

_CODE = re.compile(r"<Code>(\w+)</Code>")
_DETAIL_END = re.compile(r"\s*(<\?xml|Debug source:)")


class ObstoreStore(ObjectStore):
    """A bucket that one of obstore's stores reaches.

    Attributes:
        extra: What installs obstore for it.
    """

    extra: ClassVar[str] = "aws"

    def __init__(self, native: Any, bucket: str, place: str, remedy: str) -> None:
        super().__init__(bucket, place, remedy)
        self.native = native
        self._obstore = vendor("obstore", self.extra)

    def _put(self, key: str, data: bytes) -> None:
        self._obstore.put(self.native, key, data)

    def _put_file(self, key: str, path: Path) -> None:
        with path.open("rb") as file:
            self._obstore.put(self.native, key, file)

    def _get(self, key: str) -> bytes:
        return bytes(self._obstore.get(self.native, key).bytes())

    def _get_range(self, key: str, offset: int, length: int) -> bytes:
        try:
            return bytes(self._obstore.get_range(self.native, key, start=offset, length=length))
        except Exception as error:
            # Some providers leave it to obstore to notice.
            if _code(error) == PAST_THE_END or "StartTooLarge" in str(error):
                return b""
            raise

    def _exists(self, key: str) -> bool:
        try:
            self._obstore.head(self.native, key)
        except FileNotFoundError as error:
            if _code(error) not in ("", "NoSuchKey", "BlobNotFound"):
                raise
            return False
        return True

    def _entries(self, prefix: str) -> Iterator[Entry]:
        for batch in self._obstore.list(self.native, prefix=prefix):
            for each in batch:
                yield Entry(each["path"], each["size"], each["last_modified"])

    def _delete(self, keys: Sequence[str]) -> None:
        try:
            self._obstore.delete(self.native, list(keys))
        except FileNotFoundError:
            # Azure minds what S3 does not.
            for key in keys:
                self._delete_one(key)

    def _delete_one(self, key: str) -> None:
        try:
            self._obstore.delete(self.native, key)
        except FileNotFoundError as error:
            if TROUBLES.get(_code(error), Trouble.MISSING) is not Trouble.MISSING:
                raise

    def _link(self, key: str) -> str:
        signed: str = self._obstore.sign(self.native, "GET", key, timedelta(seconds=LINK_SECONDS))
        return signed

    def _trouble(self, error: Exception) -> Trouble | None:
        if not isinstance(error, FileNotFoundError) and not type(error).__module__.startswith("obstore"):
            return None
        known = TROUBLES.get(_code(error))
        if known is not None:
            return known
        if isinstance(error, FileNotFoundError):
            return Trouble.MISSING
        return _by_text(str(error))

    def _detail(self, error: Exception) -> str:
        return " ".join(_DETAIL_END.split(str(error))[0].split())


class S3ObstoreStore(ObstoreStore):
    """A bucket of S3."""

    scheme = "s3"


def _code(error: Exception) -> str:
    found = _CODE.search(str(error))
    return found[1] if found else ""


def _by_text(text: str) -> Trouble:
    if "kind: Connect" in text or "kind: Timeout" in text or "operation timed out" in text:
        return Trouble.UNREACHABLE
    if "privileges" in text or "403 Forbidden" in text:
        return Trouble.FORBIDDEN
    if "401 Unauthorized" in text or "valid authentication credentials" in text:
        return Trouble.WRONG_CREDENTIALS
    if "169.254.169.254" in text:
        # Nothing was given, so it asked the machine's metadata service, which is not there.
        return Trouble.NO_CREDENTIALS
    if "503 Service Unavailable" in text or "429 Too Many Requests" in text:
        return Trouble.BUSY
    return Trouble.OTHER

"""`ObjectStore`: one bucket, whoever provides it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from headrace.errors import StoredFileNotFoundError, StoreError
from headrace.integrations.objects.trouble import Scene, Trouble, sentence

LINK_SECONDS = 3600
"""How long a link to an object is good."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An object as a listing has it.

    Attributes:
        key: Its key.
        size: Its bytes.
        modified: When it was written.
    """

    key: str
    size: int
    modified: datetime


class ObjectStore(ABC):
    """The objects of one bucket; a reader sees an old object or a new one, never half of one.

    Every method asks again a few times where that may help, and then raises a `StoreError` that says what to do.

    Attributes:
        scheme: Begins the URLs of objects.
        word: What the provider calls a bucket.

    Args:
        bucket: The bucket.
        place: Where that is, for messages.
        remedy: Where its credentials come from, for messages.
    """

    scheme: ClassVar[str]
    word: ClassVar[str] = "bucket"

    def __init__(self, bucket: str, place: str, remedy: str) -> None:
        self.bucket = bucket
        self.place = place
        self._remedy = remedy

    def url(self, key: str) -> str:
        """Where an object is, for people."""
        return f"{self.scheme}://{self.bucket}/{key}"

    def put(self, key: str, data: bytes) -> None:
        """Writes an object, in parts if it is large."""
        with self._explained("write", key):
            self._put(key, data)

    def put_file(self, key: str, path: Path) -> None:
        """Writes what is in a file, in parts if it is large."""
        with self._explained("write", key):
            self._put_file(key, path)

    def get(self, key: str) -> bytes:
        """The content of an object.

        Raises:
            StoredFileNotFoundError: it is not there.
        """
        with self._explained("read", key):
            return self._get(key)

    def get_range(self, key: str, offset: int, length: int) -> bytes | None:
        """What an object has from `offset` on, at most `length` bytes; None if there is no such object."""
        try:
            with self._explained("read", key):
                return self._get_range(key, offset, length)
        except StoredFileNotFoundError:
            return None

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        with self._explained("look at", key):
            return self._exists(key)

    def entries(self, folder: str) -> Iterator[Entry]:
        """The objects below a folder."""
        with self._explained("list", folder):
            yield from self._entries(f"{folder}/")

    def delete(self, keys: Sequence[str]) -> None:
        """Removes objects; those that are not there are none."""
        if keys:
            with self._explained("remove", keys[0]):
                self._delete(keys)

    def link(self, key: str) -> str:
        """A link to an object for a browser; good for an hour where the provider signs it."""
        with self._explained("link to", key):
            return self._link(key)

    @contextmanager
    def _explained(self, action: str, key: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            trouble = self._trouble(error)
            if trouble is None:
                raise
            scene = Scene(action, self.url(key), self.bucket, self.word, self.place, self._remedy)
            kind = StoredFileNotFoundError if trouble is Trouble.MISSING else StoreError
            raise kind(sentence(trouble, scene, self._detail(error))) from error

    def _detail(self, error: Exception) -> str:
        return " ".join(str(error).split())[:300]

    @abstractmethod
    def _trouble(self, error: Exception) -> Trouble | None:
        """What an error of the provider's library means; None if it is not one."""

    @abstractmethod
    def _put(self, key: str, data: bytes) -> None: ...

    @abstractmethod
    def _put_file(self, key: str, path: Path) -> None: ...

    @abstractmethod
    def _get(self, key: str) -> bytes: ...

    @abstractmethod
    def _get_range(self, key: str, offset: int, length: int) -> bytes: ...

    @abstractmethod
    def _exists(self, key: str) -> bool: ...

    @abstractmethod
    def _entries(self, prefix: str) -> Iterator[Entry]: ...

    @abstractmethod
    def _delete(self, keys: Sequence[str]) -> None: ...

    @abstractmethod
    def _link(self, key: str) -> str: ...

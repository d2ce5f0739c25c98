"""Files as objects of a bucket, whoever provides it."""

from __future__ import annotations

import io
import shutil
import tempfile
import uuid
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, ClassVar

from headrace.errors import InvalidInvocationError, StoredFileNotFoundError
from headrace.integrations.objects.store import ObjectStore
from headrace.io.file_manager import FileHandle, FileManager

_PIECE = 8 * 1024 * 1024
"""Bytes of a file that are in memory at a time."""


class ObjectFileHandle(FileHandle):
    """A file that is an object.

    Attributes:
        scheme: Begins the URLs of such objects.

    Args:
        bucket: The bucket.
        key: The object.
    """

    scheme: ClassVar[str]

    def __init__(self, bucket: str, key: str) -> None:
        self.bucket = bucket
        self.key = key

    @property
    def path_desc(self) -> str:
        """Where it is, for people."""
        return f"{self.scheme}://{self.bucket}/{self.key}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.path_desc == self.path_desc

    def __hash__(self) -> int:
        return hash(self.path_desc)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.path_desc!r})"


class ObjectFileManager(FileManager):
    """Keeps files as objects of a bucket.

    Args:
        prefix: Begins the keys of new files.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix.strip("/")
        self._copies: tempfile.TemporaryDirectory[str] | None = None

    @abstractmethod
    def _handle(self, key: str) -> ObjectFileHandle:
        """The handle of a new file."""

    @abstractmethod
    def _store_of(self, handle: FileHandle) -> tuple[ObjectStore, str] | None:
        """The bucket and key of a file; None if it is not of this kind."""

    def copy_handle_to_local_temp(self, file_handle: FileHandle) -> str:
        """The path of a copy, which lasts until `delete_local_temp`."""
        store, key = self._found(file_handle)
        if self._copies is None:
            self._copies = tempfile.TemporaryDirectory(prefix="headrace-files-")
        copy = Path(self._copies.name) / (uuid.uuid4().hex + PurePosixPath(key).suffix)
        with copy.open("wb") as file:
            _download(store, key, file)
        return str(copy)

    def delete_local_temp(self) -> None:
        """Removes all copies that were made."""
        copies, self._copies = self._copies, None
        if copies is not None:
            copies.cleanup()

    @contextmanager
    def read(self, file_handle: FileHandle, mode: str = "rb") -> Iterator[IO[Any]]:
        """Opens a file; `mode` is `r` or `rb`. For a `with` statement."""
        if mode not in ("r", "rb"):
            raise InvalidInvocationError(f"A file is read with mode 'r' or 'rb', not {mode!r}.")
        with tempfile.TemporaryFile() as file:
            _download(*self._found(file_handle), file)
            file.seek(0)
            yield file if mode == "rb" else io.TextIOWrapper(file, encoding="utf-8")

    def read_data(self, file_handle: FileHandle) -> bytes:
        """The content of a file."""
        store, key = self._found(file_handle)
        return store.get(key)

    def write(self, file_obj: IO[Any], mode: str = "wb", ext: str | None = None) -> FileHandle:
        """Keeps the content of an open file."""
        if mode not in ("w", "wb"):
            raise InvalidInvocationError(f"A file is written with mode 'w' or 'wb', not {mode!r}.")
        with tempfile.NamedTemporaryFile(mode, encoding=None if "b" in mode else "utf-8") as file:
            shutil.copyfileobj(file_obj, file)
            file.flush()
            handle = self._new(ext)
            store, key = self._found(handle)
            store.put_file(key, Path(file.name))
        return handle

    def write_data(self, data: bytes, ext: str | None = None) -> FileHandle:
        """Keeps bytes."""
        handle = self._new(ext)
        store, key = self._found(handle)
        store.put(key, data)
        return handle

    def _new(self, ext: str | None) -> ObjectFileHandle:
        name = str(uuid.uuid4()) + (f".{ext.removeprefix('.')}" if ext else "")
        return self._handle(f"{self._prefix}/{name}" if self._prefix else name)

    def _found(self, handle: FileHandle) -> tuple[ObjectStore, str]:
        found = self._store_of(handle)
        if found is None:
            raise InvalidInvocationError(f"{type(self).__name__} cannot read {handle!r}: another manager keeps it.")
        return found


def _download(store: ObjectStore, key: str, file: IO[bytes]) -> None:
    offset = 0
    while True:
        piece = store.get_range(key, offset, _PIECE)
        if piece is None:
            raise StoredFileNotFoundError(f"{store.url(key)} is not there: it was removed, or never stored.")
        file.write(piece)
        offset += len(piece)
        if len(piece) < _PIECE:
            return

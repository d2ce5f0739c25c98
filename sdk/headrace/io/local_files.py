"""The file manager of one machine."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from headrace.config.fields import Field
from headrace.config.sources import StringSource
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidInvocationError
from headrace.io.file_manager import FileHandle, FileManager
from headrace.io.home import storage_of

if TYPE_CHECKING:
    from headrace.definitions.resources.context import InitResourceContext


class LocalFileHandle(FileHandle):
    """A file of this machine.

    Args:
        path: Where it is.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    @property
    def path(self) -> str:
        """Where it is."""
        return self._path

    @property
    def path_desc(self) -> str:
        """Where it is, for people."""
        return self._path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalFileHandle) and self._path == other._path

    def __hash__(self) -> int:
        return hash(self._path)

    def __repr__(self) -> str:
        return f"LocalFileHandle({self._path!r})"


class LocalFileManager(FileManager):
    """Keeps files in a directory of this machine.

    Args:
        base_dir: The directory; made when it is missing.
    """

    def __init__(self, base_dir: str) -> None:
        self.base_dir = base_dir
        self._copies: str | None = None

    def copy_handle_to_local_temp(self, file_handle: FileHandle) -> str:
        """The path of a copy, which lasts until `delete_local_temp`."""
        path = _path_of(file_handle)
        if self._copies is None:
            self._copies = tempfile.mkdtemp(prefix="headrace-files-")
        copy = os.path.join(self._copies, str(uuid.uuid4()) + os.path.splitext(path)[1])
        shutil.copyfile(path, copy)
        return copy

    def delete_local_temp(self) -> None:
        """Removes all copies that were made."""
        if self._copies is not None:
            shutil.rmtree(self._copies, ignore_errors=True)
            self._copies = None

    @contextmanager
    def read(self, file_handle: FileHandle, mode: str = "rb") -> Iterator[IO[Any]]:
        """Opens a file; `mode` is `r` or `rb`. For a `with` statement."""
        if mode not in ("r", "rb"):
            raise InvalidInvocationError(f"A file is read with mode 'r' or 'rb', not {mode!r}.")
        with open(_path_of(file_handle), mode, encoding=None if "b" in mode else "utf-8") as file:
            yield file

    def read_data(self, file_handle: FileHandle) -> bytes:
        """The content of a file."""
        with self.read(file_handle, "rb") as file:
            data: bytes = file.read()
        return data

    def write(self, file_obj: IO[Any], mode: str = "wb", ext: str | None = None) -> LocalFileHandle:
        """Keeps the content of an open file."""
        if mode not in ("w", "wb"):
            raise InvalidInvocationError(f"A file is written with mode 'w' or 'wb', not {mode!r}.")
        os.makedirs(self.base_dir, exist_ok=True)
        path = os.path.join(self.base_dir, str(uuid.uuid4()) + _suffix(ext))
        with open(path, mode, encoding=None if "b" in mode else "utf-8") as file:
            shutil.copyfileobj(file_obj, file)
        return LocalFileHandle(path)

    def write_data(self, data: bytes, ext: str | None = None) -> LocalFileHandle:
        """Keeps bytes."""
        return self.write(io.BytesIO(data), "wb", ext)


def _path_of(handle: FileHandle) -> str:
    if not isinstance(handle, LocalFileHandle):
        raise InvalidInvocationError(f"LocalFileManager keeps files of this machine; it cannot read {handle!r}.")
    return handle.path


def _suffix(ext: str | None) -> str:
    return "" if not ext else ext if ext.startswith(".") else f".{ext}"


def _local_files(context: InitResourceContext) -> Iterator[LocalFileManager]:
    """Keeps files in a directory of this machine."""
    given = (context.resource_config or {}).get("base_dir")
    manager = LocalFileManager(given or os.path.join(storage_of(context.instance), "file_manager"))
    try:
        yield manager
    finally:
        manager.delete_local_temp()


local_file_manager = ResourceDefinition(
    _local_files,
    {"base_dir": Field(StringSource, is_required=False, description="The directory; below the home by default.")},
    description=_local_files.__doc__,
)

"""File managers: files that ops hand on, wherever they are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import IO, Any


class FileHandle(ABC):
    """A file that a `FileManager` keeps."""

    @property
    @abstractmethod
    def path_desc(self) -> str:
        """Where it is, for people."""


class FileManager(ABC):
    """Keeps files; ops pass on handles, so that the same code works on one machine and on many."""

    @abstractmethod
    def copy_handle_to_local_temp(self, file_handle: FileHandle) -> str:
        """The path of a copy on this machine, which lasts until `delete_local_temp`."""

    @abstractmethod
    def delete_local_temp(self) -> None:
        """Removes all copies that were made."""

    @abstractmethod
    def read(self, file_handle: FileHandle, mode: str = "rb") -> AbstractContextManager[IO[Any]]:
        """Opens a file; `mode` is `r` or `rb`. For a `with` statement."""

    @abstractmethod
    def read_data(self, file_handle: FileHandle) -> bytes:
        """The content of a file."""

    @abstractmethod
    def write(self, file_obj: IO[Any], mode: str = "wb", ext: str | None = None) -> FileHandle:
        """Keeps the content of an open file.

        Args:
            file_obj: The open file.
            mode: `w` for text, `wb` for bytes.
            ext: Ends the name, such as `.csv`.
        """

    @abstractmethod
    def write_data(self, data: bytes, ext: str | None = None) -> FileHandle:
        """Keeps bytes.

        Args:
            data: The content.
            ext: Ends the name, such as `.csv`.
        """

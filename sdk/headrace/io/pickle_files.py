"""Outputs as pickle files in a directory tree."""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.resources.io_manager import IOManager
from headrace.errors import InvariantViolationError, StoredFileNotFoundError
from headrace.io.file_names import file_name
from headrace.io.partition_values import load_partitions, refuse_several_partitions
from headrace.io.paths import partition_segments

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.io_context import IOContext
    from headrace.execute.contexts.output_context import OutputContext


_ITSELF = ".value"
"""The file of what shares its name with a directory: of an asset whose key is the beginning of another one."""


class PickleFilesIOManager(IOManager):
    """Stores each output as one pickle file.

    An op's output goes to `<base>/<run>/<step>/<output>`, an asset to `<base>/<parts of its key>`, with a partition below.
    A reader sees the old file or the new one, never half of one.

    Args:
        base_dir: The root of the tree.
    """

    def __init__(self, base_dir: str | os.PathLike[str]) -> None:
        self._base = os.fspath(base_dir)

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write the file."""
        refuse_several_partitions(context, self)
        path = self._path_for(context)
        write_pickle(path, obj, self._base)
        if obj is not None:
            context.add_output_metadata({"path": MetadataValue.path(path)})

    def load_input(self, context: InputContext) -> Any:
        """Read the file; for several partitions, a dict of their values by partition key; for none, None."""
        if context.has_asset_partitions and len(context.asset_partition_keys) != 1:
            return load_partitions(context, lambda key: read_pickle(self._path_of_asset(context, key)))
        return read_pickle(self._path_for(context if context.upstream_output is None else context.upstream_output))

    def path_of(self, identifier: Sequence[str]) -> str:
        """The file of an output."""
        return os.path.join(self._base, *map(file_name, identifier))

    def _path_for(self, context: InputContext | OutputContext) -> str:
        if not context.has_asset_key:
            return self.path_of(context.get_identifier())
        if context.has_asset_partitions:
            return self._path_of_asset(context, context.asset_partition_key)
        return self.path_of(context.get_asset_identifier())

    def _path_of_asset(self, context: IOContext, partition: str) -> str:
        """The file of one partition: slashes in its key, and several dimensions, make directories."""
        return os.path.join(self.path_of(context.asset_key.path), *partition_segments(partition))


def write_pickle(path: str, obj: Any, base: str | None = None) -> None:
    """Writes a value to a file; a reader sees the old one or the new one, never half of one.

    Args:
        path: The file.
        obj: The value.
        base: The root of a tree in which files make way for directories of their name.
    """
    _write_atomically(path, pickled(obj, path), base)


def read_pickle(path: str) -> Any:
    """The value in a file.

    Raises:
        StoredFileNotFoundError: the file is not there.
    """
    try:
        with _opened(path) as file:
            return pickle.load(file)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoredFileNotFoundError(
            f"Nothing is stored at {path}: it has not been produced here yet, or was stored by another I/O manager."
        ) from error


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except IsADirectoryError:
        return open(os.path.join(path, _ITSELF), "rb")


def pickled(obj: Any, path: str) -> bytes:
    """A value as bytes, for the place that it will be stored at.

    Raises:
        InvariantViolationError: it cannot be pickled; the message says what to do.
    """
    try:
        return pickle.dumps(obj, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise InvariantViolationError(
            f"Object of type {type(obj).__name__} {_why_not(error)} (for {path}: {error}). Return something that can be "
            "pickled, use another I/O manager for this output, or InMemoryIOManager with in_process_executor."
        ) from error


def _why_not(error: Exception) -> str:
    return "exceeds recursion limit and is not picklable." if isinstance(error, RecursionError) else "is not picklable."


def _write_atomically(path: str, data: bytes, base: str | None) -> None:
    temporary = f"{path}.{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        fd = os.open(temporary, flags, 0o644)
    except (FileNotFoundError, NotADirectoryError):
        if base is not None:
            _make_way(Path(path).parent, Path(base))
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(temporary, flags, 0o644)
    try:
        with open(fd, "wb", buffering=0) as file:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
        _put(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _put(temporary: str, path: str) -> None:
    try:
        os.replace(temporary, path)
    except IsADirectoryError:
        os.replace(temporary, os.path.join(path, _ITSELF))


def _make_way(directory: Path, base: Path) -> None:
    """Moves into directories of their own what is stored under their name: the asset `x` may be there before `x/y`."""
    for above in reversed([directory, *directory.parents]):
        if base in above.parents and above.is_file():
            aside = above.with_name(f"{above.name}.{os.getpid()}.tmp")
            above.rename(aside)
            above.mkdir()
            aside.rename(above / _ITSELF)

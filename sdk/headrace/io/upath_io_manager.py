"""`UPathIOManager`: the base of I/O managers that keep each value at a path of any file system."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.resources.io_manager import IOManager
from headrace.errors import InvariantViolationError
from headrace.io.partition_types import check_takes_partitions
from headrace.io.partition_values import allows_missing, gather_partitions, refuse_several_partitions
from headrace.io.paths import coerce_to_relative_parts, partition_path, with_suffix, with_suffixes
from headrace.io.waiting import wait_for

if TYPE_CHECKING:
    from upath import UPath

    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext

INSTALL_HINT = "UPathIOManager needs universal-pathlib and fsspec: install headrace[fsspec]."


class UPathIOManager(IOManager):
    """Keeps each value at a path of a local or remote file system; implement `dump_to_path` and `load_from_path`.

    An op's output goes to `<base>/<run>/<step>/<output>`, an asset to `<base>/<parts of its key>`, with a partition below.
    An input that reads several partitions is a dict of their values by partition key; `load_from_path` may be a
    coroutine function, then they are loaded concurrently. With the metadata `allow_missing_partitions` on the input,
    partitions that were never stored are left out.

    Attributes:
        extension: Ends the names of files, such as `.json`.

    Args:
        base_path: The root; the working directory when left out.
    """

    if TYPE_CHECKING:
        # An annotation that exists at run time would become a config field where a model inherits from this class.
        extension: str | None
    else:
        extension = None

    def __init__(self, base_path: UPath | None = None) -> None:
        self._base_path = _upath(".") if base_path is None else base_path

    # What subclasses implement, or may change

    @abstractmethod
    def dump_to_path(self, context: OutputContext, obj: Any, path: UPath) -> None:
        """Store a value at a path."""

    @abstractmethod
    def load_from_path(self, context: InputContext, path: UPath) -> Any:
        """Load the value that is stored at a path; may be a coroutine function."""

    def get_metadata(self, context: OutputContext, obj: Any) -> dict[str, MetadataValue]:
        """Metadata to attach to the output besides its path."""
        return {}

    def make_directory(self, path: UPath) -> None:
        """Create a directory; override it with nothing where the storage knows no directories."""
        path.mkdir(parents=True, exist_ok=True)

    def path_exists(self, path: UPath) -> bool:
        """Whether something is stored at a path."""
        return path.exists()

    def unlink(self, path: UPath) -> None:
        """Remove what is stored at a path."""
        path.unlink()

    def get_asset_relative_path(self, context: InputContext | OutputContext) -> UPath:
        """Where an asset is stored below the base, without its partition and extension."""
        return _upath(*context.asset_key.path)

    def get_op_output_relative_path(self, context: InputContext | OutputContext) -> UPath:
        """Where the output of an op is stored below the base, without its extension."""
        return _upath(*context.get_identifier())

    def get_path_for_partition(self, context: InputContext | OutputContext, path: UPath, partition: str) -> UPath:
        """Where a partition is stored; override it if the format keeps partitions apart itself.

        Args:
            context: Of the input or output.
            path: Of the asset.
            partition: The partition's key, with slashes between several dimensions.
        """
        return self.make_safe_partition_path(path, partition)

    def make_safe_partition_path(self, base_path: UPath, partition: str) -> UPath:
        """A partition's key joined onto a path so that it cannot replace it; override it to escape more."""
        return base_path.joinpath(*coerce_to_relative_parts(_upath(partition)))

    def get_writing_output_log_message(self, path: UPath) -> str:
        """Logged before a value is stored."""
        return f"Writing to {path} with {type(self).__name__}."

    def get_loading_input_log_message(self, path: UPath) -> str:
        """Logged before a value is loaded."""
        return f"Loading from {path} with {type(self).__name__}."

    def get_loading_input_partition_log_message(self, path: UPath, partition_key: str) -> str:
        """Logged before the value of one of several partitions is loaded."""
        return f"Loading partition {partition_key} from {path} with {type(self).__name__}."

    def get_missing_partition_log_message(self, partition_key: str) -> str:
        """Logged when a partition is left out that was never stored."""
        return f"Partition {partition_key} was never stored; it is left out, as allow_missing_partitions says."

    # The file system

    @property
    def fs(self) -> Any:
        """The fsspec file system of the base path."""
        from upath import UPath

        base = self._base_path
        return base.fs if isinstance(base, UPath) else UPath(base).fs

    @property
    def storage_options(self) -> dict[str, Any]:
        """The options that the file system was opened with."""
        return dict(getattr(self._base_path, "storage_options", {}))

    def has_output(self, context: OutputContext) -> bool:
        """Whether the output is stored already."""
        return self.path_exists(self._get_path(context))

    # What an I/O manager does

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Store the value."""
        refuse_several_partitions(context, self)
        path = self._get_path(context)
        self._make_parent(context, path)
        context.log.debug(self.get_writing_output_log_message(path))
        self.dump_to_path(context=context, obj=obj, path=path)
        # Not os.fspath: a remote path says where it is, protocol included.
        where = {"path": MetadataValue.path(str(path))} if obj is not None else {}
        context.add_output_metadata({**where, **self.get_metadata(context, obj)})

    def load_input(self, context: InputContext) -> Any:
        """Load the value; for several partitions, a dict of their values by partition key; for none, None."""
        if not context.has_asset_key or not context.has_asset_partitions:
            return self._load_single(self._get_path(context), context)
        keys = context.asset_partition_keys
        if not keys:
            return None
        if len(keys) == 1:
            return self._load_single(self._get_paths_for_partitions(context)[keys[0]], context)
        check_takes_partitions(context)
        if inspect.iscoroutinefunction(self.load_from_path):
            return wait_for(self.load_partitions_async(context))
        return self.load_partitions(context)

    def load_partitions(self, context: InputContext) -> dict[str, Any]:
        """The values of several partitions by their keys; override it if the format loads many at once."""
        paths = self._get_paths_for_partitions(context)
        values: dict[str, Any] = {}
        for key in context.asset_partition_keys:
            context.log.debug(self.get_loading_input_partition_log_message(paths[key], key))
            try:
                values[key] = self.load_from_path(context=context, path=paths[key])
            except FileNotFoundError:
                if not allows_missing(context):
                    raise
                context.log.debug(self.get_missing_partition_log_message(key))
        return values

    async def load_partitions_async(self, context: InputContext) -> dict[str, Any]:
        """The values of several partitions by their keys, loaded concurrently."""
        paths = self._get_paths_for_partitions(context)

        async def load(key: str) -> Any:
            context.log.debug(self.get_loading_input_partition_log_message(paths[key], key))
            return await self.load_from_path(context=context, path=paths[key])

        values, missing = await gather_partitions(context.asset_partition_keys, load, allows_missing(context))
        for key in missing:
            context.log.debug(self.get_missing_partition_log_message(key))
        return values

    # Paths

    def _get_path(self, context: InputContext | OutputContext) -> UPath:
        """The full path of a value that is stored as one file."""
        if not context.has_asset_key:
            return with_suffix(self._below_base(self.get_op_output_relative_path(context)), self.extension)
        if not context.has_asset_partitions:
            return with_suffix(self._asset_path(context), self.extension)
        paths = self._get_paths_for_partitions(context)
        if len(paths) != 1:
            raise InvariantViolationError(
                f"{type(self).__name__} stores each partition of {context.asset_key.to_user_string()!r} on its own, but this "
                f"value is for {len(paths)}. Run one partition at a time (BackfillPolicy.multi_run()), or implement "
                "handle_output."
            )
        return next(iter(paths.values()))

    def _get_paths_for_partitions(self, context: InputContext | OutputContext) -> dict[str, UPath]:
        base = self._asset_path(context)
        paths = {
            key: self.get_path_for_partition(context, base, partition_path(key)) for key in context.asset_partition_keys
        }
        return with_suffixes(paths, self.extension)

    def _asset_path(self, context: InputContext | OutputContext) -> UPath:
        return self._below_base(self.get_asset_relative_path(context))

    def _below_base(self, path: UPath) -> UPath:
        return self._base_path.joinpath(*coerce_to_relative_parts(path))

    def _load_single(self, path: UPath, context: InputContext) -> Any:
        context.log.debug(self.get_loading_input_log_message(path))
        loaded = self.load_from_path(context=context, path=path)
        return wait_for(loaded) if inspect.isawaitable(loaded) else loaded

    def _make_parent(self, context: OutputContext, path: UPath) -> None:
        """An asset that was not partitioned before left a file where the directory of its partitions is to be."""
        if context.has_asset_key and context.has_asset_partitions:
            before = with_suffix(self._asset_path(context), self.extension)
            if before in path.parents and self.path_exists(before) and not before.is_dir():
                self.unlink(before)
        self.make_directory(path.parent)


def _upath(*parts: str) -> UPath:
    try:
        from upath import UPath
    except ImportError as error:
        raise ImportError(INSTALL_HINT) from error
    return UPath(*parts)

"""Outputs at paths that their definitions name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from headrace.config.fields import Field
from headrace.config.sources import StringSource
from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.resources.io_manager import IOManager, IOManagerDefinition
from headrace.errors import InvariantViolationError
from headrace.io.home import storage_of
from headrace.io.pickle_files import read_pickle, write_pickle

if TYPE_CHECKING:
    from headrace.definitions.resources.context import InitResourceContext
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext


class CustomPathIOManager(IOManager):
    """Stores each output as a pickle file at the path in its metadata: `Out(metadata={"path": "sales/latest"})`.

    Args:
        base_dir: The root of relative paths.
    """

    def __init__(self, base_dir: str) -> None:
        self._base = base_dir

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write the file."""
        path = self._path_of(context)
        write_pickle(path, obj)
        context.add_output_metadata({"path": MetadataValue.path(path)})

    def load_input(self, context: InputContext) -> Any:
        """Read the file."""
        if context.upstream_output is None:
            raise InvariantViolationError(
                "custom_path_fs_io_manager loads what it stored: this input comes from no output."
            )
        return read_pickle(self._path_of(context.upstream_output))

    def _path_of(self, context: OutputContext) -> str:
        path = context.definition_metadata.get("path")
        if path is None:
            raise InvariantViolationError(
                f"Output {context.name!r} of step {context.step_key!r} names no path, which custom_path_fs_io_manager needs: "
                "declare it as Out(metadata={'path': ...})."
            )
        return os.path.join(self._base, str(getattr(path, "value", path)))


def _custom_paths(context: InitResourceContext) -> CustomPathIOManager:
    """Stores each output as a pickle file at the path in its metadata."""
    return CustomPathIOManager((context.resource_config or {}).get("base_dir") or storage_of(context.instance))


custom_path_fs_io_manager = IOManagerDefinition(
    _custom_paths,
    {"base_dir": Field(StringSource, is_required=False, description="The root of relative paths.")},
    description=_custom_paths.__doc__,
)

"""The default I/O manager: outputs as files below the home directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.config.fields import Field
from headrace.config.sources import StringSource
from headrace.definitions.resources.io_manager import IOManagerDefinition
from headrace.io.home import storage_of
from headrace.io.pickle_files import PickleFilesIOManager

if TYPE_CHECKING:
    from headrace.definitions.resources.context import InitResourceContext


def _pickle_files(context: InitResourceContext) -> PickleFilesIOManager:
    """Stores each output as one pickle file in a directory tree."""
    return PickleFilesIOManager((context.resource_config or {}).get("base_dir") or storage_of(context.instance))


fs_io_manager = IOManagerDefinition(
    _pickle_files,
    {"base_dir": Field(StringSource, is_required=False, description="The root; `$HEADRACE_HOME/storage` by default.")},
    description=_pickle_files.__doc__,
)

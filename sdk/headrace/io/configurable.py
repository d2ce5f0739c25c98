"""The default I/O manager as a model, for those who set its directory."""

from __future__ import annotations

from pydantic import Field

from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.io.home import storage_of
from headrace.io.pickle_files import PickleFilesIOManager


class FilesystemIOManager(ConfigurableIOManagerFactory[PickleFilesIOManager]):
    """Stores each output as one pickle file in a directory tree.

    An op's output goes to `<base_dir>/<run>/<step>/<output>`, an asset to `<base_dir>/<parts of its key>`, with a partition
    below.
    """

    base_dir: str | None = Field(default=None, description="The root; `$HEADRACE_HOME/storage` when left out.")

    def create_io_manager(self, context: InitResourceContext) -> PickleFilesIOManager:
        """The I/O manager."""
        return PickleFilesIOManager(self.base_dir or storage_of(context.instance))

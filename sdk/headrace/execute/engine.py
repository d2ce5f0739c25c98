"""What definitions reach through their door to the engine: the functions of `headrace.definitions.engine.Engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.io.filesystem import fs_io_manager

if TYPE_CHECKING:
    from headrace.definitions.resource import ResourceDefinition


def default_io_manager() -> ResourceDefinition:
    """The `ResourceDefinition` that stores outputs where a job provides no `io_manager`."""
    return fs_io_manager

"""What definitions reach through their door to the engine: the functions of `headrace.definitions.engine.Engine`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headrace.execute.direct import invoke as call_directly
from headrace.execute.in_process import execute_in_process as run_in_process
from headrace.io.filesystem import fs_io_manager

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.result import ExecuteInProcessResult


def default_io_manager() -> ResourceDefinition:
    """The `ResourceDefinition` that stores outputs where a job provides no `io_manager`."""
    return fs_io_manager


def invoke(definition: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Calls an op or an asset directly, as a test does."""
    return call_directly(definition, args, kwargs)


def execute_in_process(job: JobDefinition, **arguments: Any) -> ExecuteInProcessResult:
    """Runs a job in this process; takes what `JobDefinition.execute_in_process` takes."""
    return run_in_process(job, **arguments)

"""Jobs that are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from headrace.definitions.automation.target import ResolvableJob
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.source import SourceLocation, calling_source
from headrace.errors import InvalidDefinitionError


class DeferredJob:
    """A job under a name, made by a function.

    Args:
        name: The job's name.
        make: Makes the job.
    """

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self.name = name
        self._make = make
        self.source: SourceLocation = calling_source()

    @cached_property
    def job(self) -> JobDefinition:
        """The job."""
        made = self._make()
        if not isinstance(made, JobDefinition):
            raise InvalidDefinitionError(
                f"Bad constructor for job {self.name}: must return JobDefinition, got {made!r}"
                f"{' (graph.to_job() makes one)' if isinstance(made, GraphDefinition) else ''}."
            )
        if made.name != self.name:
            raise InvalidDefinitionError(
                f"The job under the name {self.name!r} is called {made.name!r}: the name in JobDefinition does not match."
            )
        return made


ContainedJob = ResolvableJob | DeferredJob
"""What a container may hold as a job."""

"""What the function of an executor gets and returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headrace.definitions.jobs.executor import ExecutorDefinition


@dataclass(frozen=True)
class InitExecutorContext:
    """What the function of an executor gets.

    Attributes:
        job: The job that runs.
        executor_def: The executor's definition.
        executor_config: Its config.
        instance: Where the run is recorded.
    """

    job: Any
    executor_def: ExecutorDefinition
    executor_config: Any
    instance: Any = None


@dataclass(frozen=True)
class Executor:
    """How the steps of a run are spread over processes; the function of an executor returns that of a built-in one.

    Attributes:
        kind: The built-in executor.
        config: Its config.
        engine: What starts a worker for each attempt of a step, such as `docker`; empty where the run's worker does it itself.
    """

    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)
    engine: str = ""

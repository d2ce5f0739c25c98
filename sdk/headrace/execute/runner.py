"""The boundary between scheduling steps and running them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from headrace.execute.capture import Capture, NoCapture
from headrace.execute.interrupts import Interrupts

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.jobs.run_config import ResolvedRunConfig
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.events.event import Event, FailureInfo
    from headrace.execute.planning.plan import ExecutionPlan
    from headrace.execute.scheduling.delegate import Launch
    from headrace.execute.scheduling.retries import RetryAsk
    from headrace.execute.spec import RunSpec


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How one attempt of a step ended; without `failure` it ended well.

    Attributes:
        time: When it ended, in seconds since the epoch.
        outputs: The outputs it produced.
        mapping_keys: Those of each dynamic output it produced.
        retryable: Whether the step's retry policy may apply to the failure.
        asked: The retry that user code asked for.
        interrupted: The attempt was stopped by a cancel.
        error: The exception itself, where it was raised in this process.
    """

    key: str
    attempt: int
    time: float
    duration: float = 0.0
    outputs: tuple[str, ...] = ()
    mapping_keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    failure: FailureInfo | None = None
    retryable: bool = True
    asked: RetryAsk | None = None
    interrupted: bool = False
    error: BaseException | None = None


KeepOutput = Callable[[str, str, "str | None", Any], None]
"""Takes the key of a step, the name of an output, its mapping key and the value."""


@dataclass(frozen=True, slots=True)
class RunFrame:
    """What is the same for all steps of one run.

    Attributes:
        config: The run config, checked.
        resource_defs: The job's resources, or what the caller gave instead of them.
        isolated: Whether each attempt has a process of its own.
        interrupts: Tells when to stop.
        instance: What user code finds as `context.instance`.
        keep_output: Gets the value of every output, where somebody in this process wants to see it.
    """

    job: JobDefinition
    spec: RunSpec
    plan: ExecutionPlan
    config: ResolvedRunConfig
    resource_defs: Mapping[str, ResourceDefinition]
    emit: Callable[[Event], None]
    capture: Capture = field(default_factory=NoCapture)
    isolated: bool = False
    interrupts: Interrupts = field(default_factory=Interrupts)
    instance: Any = None
    keep_output: KeepOutput | None = None


class StepRunner(Protocol):
    """Runs the attempts it is told to, and reports their ends.

    Attributes:
        capacity: How many attempts it can have in flight; None for as many as it is told to start.
    """

    capacity: int | None

    def start(self, launch: Launch) -> None:
        """Begin an attempt."""

    def wait(self, timeout: float | None) -> Sequence[StepEnd]:
        """Wait until an attempt ends, at most `timeout` seconds; returns at once when one has."""

    def stop(self) -> None:
        """Interrupt what is in flight; each attempt still reports its end through `wait`."""

    def close(self) -> None:
        """Release everything; nothing is in flight any more."""


OpenSteps = Callable[[RunFrame], StepRunner]
"""Makes the step runner of one run."""

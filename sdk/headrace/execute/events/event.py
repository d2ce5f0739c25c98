"""What happens inside a run, as plain values.

An `Event` says when and in which step attempt something happened; its `detail` says what. Run states are not here: they
belong to whoever owns the run. A run of 200 steps makes more than a thousand of these, so they hold data and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
from headrace.definitions.checks.result import CheckedMaterialization
from headrace.definitions.ops.expectation import ExpectationResult
from headrace.definitions.spellings import CLASS_NAMES
from headrace.execute.events.event_reading import EventReading
from headrace.execute.events.event_types import EventType

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey

Metadata = Mapping[str, Any]
"""Names to metadata values, already normalised."""


@dataclass(frozen=True, slots=True)
class FailureInfo:
    """An exception as data: what a reader of the run needs, without the objects that raised it."""

    type: str
    message: str
    stack_trace: str = ""
    cause: FailureInfo | None = None
    metadata: Metadata = field(default_factory=dict)
    user_failure: bool = False

    @property
    def cls_name(self) -> str:
        """The exception's class, by the name that older code has for it where such code runs."""
        return CLASS_NAMES.get(self.type, self.type)


@dataclass(frozen=True, slots=True)
class UserFailure:
    """What user code said in the `Failure` that it raised."""

    description: str
    metadata: Metadata
    label: str = "intentional-failure"


@dataclass(frozen=True, slots=True)
class StepStarted:
    """User code of the attempt is about to be prepared in process `pid`."""

    pid: int = 0


@dataclass(frozen=True, slots=True)
class StepSucceeded:
    """The attempt ended well; every output is stored."""

    duration: float = 0.0

    @property
    def duration_ms(self) -> float:
        """How long it took, in milliseconds."""
        return self.duration * 1000


@dataclass(frozen=True, slots=True)
class StepFailed:
    """The step failed for good: no further attempt follows."""

    failure: FailureInfo
    duration: float = 0.0

    @property
    def error(self) -> FailureInfo:
        """What failed it, under the name that older code reads."""
        return self.failure

    @property
    def user_failure_data(self) -> UserFailure | None:
        """What user code said in the `Failure` that it raised; None if it raised something else."""
        found: FailureInfo | None = self.failure
        while found is not None and found.type != "Failure":
            found = found.cause
        return None if found is None else UserFailure(found.message, found.metadata)


@dataclass(frozen=True, slots=True)
class StepRetryScheduled:
    """The attempt failed and the step starts again after `wait_seconds`."""

    failure: FailureInfo
    wait_seconds: float
    next_attempt: int
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """The step never ran: an input's output was not produced, or an upstream step failed."""

    reason: str
    upstream_failed: bool
    upstream: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeCheckData:
    """What the check of a type found.

    Attributes:
        label: The input or output that was checked.
        type_name: The type.
        success: Whether the value is of it.
        description: Why not, or what was found.
        metadata: What the check attached.
    """

    label: str
    type_name: str = "Any"
    success: bool = True
    description: str | None = None
    metadata: Metadata = field(default_factory=dict)

    @property
    def is_of_any(self) -> bool:
        """Whether there was nothing to check."""
        return self.type_name == "Any"


@dataclass(frozen=True, slots=True)
class InputChecked:
    """The value of an input was checked against its type."""

    input_name: str
    type_check_data: TypeCheckData


@dataclass(frozen=True, slots=True)
class InputLoaded:
    """An input got its value from an I/O manager."""

    input_name: str
    manager_key: str = ""
    upstream_step_key: str = ""
    upstream_output: str = ""
    asset_key: AssetKey | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputProduced:
    """User code gave a value for an output, and its type check ended."""

    output_name: str
    mapping_key: str | None = None
    type_check_data: TypeCheckData = TypeCheckData("")
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputStored:
    """An I/O manager has kept the output's value."""

    output_name: str
    manager_key: str
    mapping_key: str | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssetMaterialized:
    """An asset, or one partition of it, has new content."""

    asset_key: AssetKey
    partition: str | None = None
    description: str | None = None
    metadata: Metadata = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    output_name: str = ""

    @property
    def materialization(self) -> AssetMaterialization:
        """The same as user code would tell it."""
        return AssetMaterialization(self.asset_key, self.description, self.metadata, self.partition, self.tags)


@dataclass(frozen=True, slots=True)
class AssetObserved:
    """Something was learned about an asset whose content did not change."""

    asset_key: AssetKey
    partition: str | None = None
    description: str | None = None
    metadata: Metadata = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def asset_observation(self) -> AssetObservation:
        """The same as user code would tell it."""
        return AssetObservation(self.asset_key, self.description, self.metadata, self.partition, self.tags)


@dataclass(frozen=True, slots=True)
class AssetCheckEvaluated:
    """A check of an asset gave its verdict."""

    asset_key: AssetKey
    check_name: str
    passed: bool
    severity: str = "ERROR"
    blocking: bool = False
    description: str | None = None
    partition: str | None = None
    metadata: Metadata = field(default_factory=dict)
    checked: CheckedMaterialization | None = None


@dataclass(frozen=True, slots=True)
class LogRecorded:
    """A line of `context.log` or of a captured logger; `level` is that of the logging module."""

    level: int
    message: str
    logger: str = "headrace"
    failure: FailureInfo | None = None


@dataclass(frozen=True, slots=True)
class LogsCaptured:
    """Where the attempt's standard output and error are being written from now on."""

    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class ResourcesStarted:
    """The resources that the run or the attempt needs are ready."""

    keys: tuple[str, ...]
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class EngineNoted:
    """A remark of the engine itself."""

    message: str
    metadata: Metadata = field(default_factory=dict)
    failure: FailureInfo | None = None
    event_type: EventType | None = None

    @property
    def error(self) -> FailureInfo | None:
        """What went wrong, under the name that older code reads."""
        return self.failure


@dataclass(frozen=True, slots=True)
class ExpectationNoted:
    """User code found its data as expected, or not."""

    expectation_result: ExpectationResult

    @property
    def message(self) -> str:
        """What was found, for people."""
        found = self.expectation_result
        label = f" {found.label}" if found.label else ""
        return f"Expectation{label} {'passed' if found.success else 'failed'}.{f' {found.description}' if found.description else ''}"


Detail = (
    StepStarted
    | StepSucceeded
    | StepFailed
    | StepRetryScheduled
    | StepSkipped
    | InputChecked
    | InputLoaded
    | OutputProduced
    | OutputStored
    | AssetMaterialized
    | AssetObserved
    | AssetCheckEvaluated
    | LogRecorded
    | LogsCaptured
    | ResourcesStarted
    | EngineNoted
    | ExpectationNoted
)
"""Everything an event can say."""


@dataclass(frozen=True, slots=True)
class Event(EventReading):
    """Something that happened in a run, at `time` (seconds since the epoch).

    `step_key` is empty and `attempt` 0 for what concerns the run as a whole; attempts count from 1.
    """

    run_id: str
    time: float
    step_key: str
    attempt: int
    detail: Detail

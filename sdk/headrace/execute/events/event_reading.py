"""Reading an event by questions, as code that goes through event logs does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from headrace.definitions.checks.result import AssetCheckEvaluation
from headrace.definitions.checks.spec import AssetCheckSeverity
from headrace.definitions.graphs.handle import NodeHandle
from headrace.execute.events.event_types import EventType

if TYPE_CHECKING:
    from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
    from headrace.definitions.assets.key import AssetKey

_TYPES = {
    "StepStarted": EventType.STEP_START,
    "StepSucceeded": EventType.STEP_SUCCESS,
    "StepFailed": EventType.STEP_FAILURE,
    "StepSkipped": EventType.STEP_SKIPPED,
    "StepRetryScheduled": EventType.STEP_UP_FOR_RETRY,
    "InputChecked": EventType.STEP_INPUT,
    "InputLoaded": EventType.LOADED_INPUT,
    "OutputProduced": EventType.STEP_OUTPUT,
    "OutputStored": EventType.HANDLED_OUTPUT,
    "AssetMaterialized": EventType.ASSET_MATERIALIZATION,
    "AssetObserved": EventType.ASSET_OBSERVATION,
    "AssetCheckEvaluated": EventType.ASSET_CHECK_EVALUATION,
    "LogsCaptured": EventType.LOGS_CAPTURED,
    "ResourcesStarted": EventType.RESOURCE_INIT_SUCCESS,
    "EngineNoted": EventType.ENGINE_EVENT,
    "ExpectationNoted": EventType.STEP_EXPECTATION_RESULT,
}


class StepHandle(NamedTuple):
    """A step, by its key.

    Attributes:
        key: The key.
    """

    key: str

    def to_key(self) -> str:
        """The key."""
        return self.key


class EventReading:
    """What an event can be asked beside its fields: its type, whom it is about, what it says for people."""

    __slots__ = ()

    if TYPE_CHECKING:
        step_key: str
        attempt: int
        detail: Any

    @property
    def event_type(self) -> EventType | None:
        """What happened; None for a line of a log."""
        kind = getattr(self.detail, "event_type", None) or _TYPES.get(type(self.detail).__name__)
        return EventType.STEP_RESTARTED if kind is EventType.STEP_START and self.attempt > 1 else kind

    @property
    def event_type_value(self) -> str | None:
        """What happened, as text."""
        return None if self.event_type is None else self.event_type.value

    @property
    def event_specific_data(self) -> Any:
        """What belongs to this type of event only."""
        return self.asset_check_evaluation or self.detail

    @property
    def node_handle(self) -> NodeHandle | None:
        """The place of the op whose step it belongs to; None if it belongs to none."""
        return NodeHandle.from_string(self.step_key.partition("[")[0]) if self.step_key else None

    @property
    def node_name(self) -> str:
        """The innermost op of the step."""
        return self.step_key.rpartition(".")[2]

    # What it is about

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset."""
        key: AssetKey | None = getattr(self.detail, "asset_key", None)
        return key

    @property
    def partition(self) -> str | None:
        """The partition of the asset."""
        partition: str | None = getattr(self.detail, "partition", None)
        return partition

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was made."""
        if self.event_type is not EventType.ASSET_MATERIALIZATION:
            return None
        made: AssetMaterialization = self.detail.materialization
        return made

    materialization = asset_materialization

    @property
    def asset_observation(self) -> AssetObservation | None:
        """What was seen."""
        if self.event_type is not EventType.ASSET_OBSERVATION:
            return None
        seen: AssetObservation = self.detail.asset_observation
        return seen

    @property
    def asset_check_evaluation(self) -> AssetCheckEvaluation | None:
        """The verdict of a check."""
        if self.event_type is not EventType.ASSET_CHECK_EVALUATION:
            return None
        made = self.detail
        return AssetCheckEvaluation(
            asset_key=made.asset_key,
            check_name=made.check_name,
            passed=made.passed,
            metadata=made.metadata,
            severity=AssetCheckSeverity(made.severity),
            description=made.description,
            blocking=made.blocking,
            partition=made.partition,
            target_materialization_data=made.checked,
        )

    # Questions

    @property
    def step_handle(self) -> StepHandle | None:
        """The step; None for events of the run as a whole."""
        return StepHandle(self.step_key) if self.step_key else None

    @property
    def is_step_event(self) -> bool:
        """Whether it belongs to a step; starting the resources that a step needs does not."""
        return bool(self.step_key) and self.event_type not in (None, EventType.RESOURCE_INIT_SUCCESS)

    @property
    def is_step_start(self) -> bool:
        """Whether the first attempt began."""
        return self.event_type is EventType.STEP_START

    @property
    def is_step_restarted(self) -> bool:
        """Whether another attempt began."""
        return self.event_type is EventType.STEP_RESTARTED

    @property
    def is_step_success(self) -> bool:
        """Whether a step succeeded."""
        return self.event_type is EventType.STEP_SUCCESS

    @property
    def is_step_failure(self) -> bool:
        """Whether a step failed for good."""
        return self.event_type is EventType.STEP_FAILURE

    @property
    def is_step_skipped(self) -> bool:
        """Whether a step was skipped."""
        return self.event_type is EventType.STEP_SKIPPED

    @property
    def is_step_up_for_retry(self) -> bool:
        """Whether an attempt failed that is repeated."""
        return self.event_type is EventType.STEP_UP_FOR_RETRY

    @property
    def is_successful_output(self) -> bool:
        """Whether an output was produced."""
        return self.event_type is EventType.STEP_OUTPUT

    @property
    def is_handled_output(self) -> bool:
        """Whether an output was stored."""
        return self.event_type is EventType.HANDLED_OUTPUT

    @property
    def is_loaded_input(self) -> bool:
        """Whether an input was loaded."""
        return self.event_type is EventType.LOADED_INPUT

    @property
    def is_step_materialization(self) -> bool:
        """Whether an asset was made."""
        return self.event_type is EventType.ASSET_MATERIALIZATION

    @property
    def is_asset_materialization_planned(self) -> bool:
        """Whether an asset is going to be made."""
        return self.event_type is EventType.ASSET_MATERIALIZATION_PLANNED

    @property
    def is_asset_observation(self) -> bool:
        """Whether an asset was looked at."""
        return self.event_type is EventType.ASSET_OBSERVATION

    @property
    def is_engine_event(self) -> bool:
        """Whether it is a remark of the engine."""
        return self.event_type is EventType.ENGINE_EVENT

    @property
    def is_hook_event(self) -> bool:
        """Whether it tells how a hook ended."""
        return self.event_type in (EventType.HOOK_COMPLETED, EventType.HOOK_ERRORED, EventType.HOOK_SKIPPED)

    @property
    def is_hook_errored(self) -> bool:
        """Whether a hook raised."""
        return self.event_type is EventType.HOOK_ERRORED

    @property
    def is_hook_completed(self) -> bool:
        """Whether a hook ended well."""
        return self.event_type is EventType.HOOK_COMPLETED

    @property
    def is_expectation_result(self) -> bool:
        """Whether code found its data as expected, or not."""
        return self.event_type is EventType.STEP_EXPECTATION_RESULT

    @property
    def step_failure_data(self) -> Any:
        """How a step failed; None for other events."""
        return self.detail if self.is_step_failure else None

    @property
    def step_input_data(self) -> Any:
        """What was found of an input; None for other events."""
        return self.detail if self.event_type is EventType.STEP_INPUT else None

    @property
    def step_output_data(self) -> Any:
        """What was found of an output; None for other events."""
        return self.detail if self.is_successful_output else None

    @property
    def job_failure_data(self) -> Any:
        """How the run failed; None for other events."""
        return self.detail if self.is_run_failure else None

    @property
    def is_run_failure(self) -> bool:
        """Whether the run failed."""
        return self.event_type is EventType.RUN_FAILURE

    @property
    def is_failure(self) -> bool:
        """Whether a step or the run failed."""
        return self.is_step_failure or self.is_run_failure

    @property
    def message(self) -> str:
        """What happened, for people."""
        return message_of(self.step_key, self.detail)


def message_of(step_key: str, detail: Any) -> str:
    """What an event says, for people."""
    said = getattr(detail, "message", None)
    if said is not None:
        return str(said)
    kind = _TYPES.get(type(detail).__name__)
    write = _MESSAGES.get(kind) if kind is not None else None
    return write(step_key, detail) if write is not None else ""


_MESSAGES: dict[EventType, Any] = {
    EventType.STEP_START: lambda step, _: f'Started execution of step "{step}".',
    EventType.STEP_SUCCESS: lambda step, said: f'Finished execution of step "{step}" in {said.duration * 1000:.0f}ms.',
    EventType.STEP_FAILURE: lambda step, said: f'Execution of step "{step}" failed: {said.failure.message}',
    EventType.STEP_UP_FOR_RETRY: lambda step, said: (
        f'Execution of step "{step}" failed and is repeated in {said.wait_seconds:g} seconds: {said.failure.message}'
    ),
    EventType.STEP_SKIPPED: lambda step, said: f'Skipped execution of step "{step}". {said.reason}',
    EventType.STEP_INPUT: lambda _, said: (
        f'Got input "{said.input_name}" of type "{said.type_check_data.type_name}". '
        f"(Type check {'passed' if said.type_check_data.success else 'failed'})."
    ),
    EventType.LOADED_INPUT: lambda _, said: f'Loaded input "{said.input_name}" using I/O manager "{said.manager_key}".',
    EventType.STEP_OUTPUT: lambda _, said: (
        f'Yielded output "{said.output_name}" of type "{said.type_check_data.type_name}". '
        f"(Type check {'passed' if said.type_check_data.success else 'failed'})."
    ),
    EventType.HANDLED_OUTPUT: lambda _, said: (
        f'Stored output "{said.output_name}" using I/O manager "{said.manager_key}".'
    ),
    EventType.ASSET_MATERIALIZATION: lambda _, said: f"Materialized {said.asset_key.to_user_string()}.",
    EventType.ASSET_OBSERVATION: lambda _, said: f"Observed {said.asset_key.to_user_string()}.",
    EventType.ASSET_CHECK_EVALUATION: lambda _, said: (
        f"Check {said.check_name} of {said.asset_key.to_user_string()} {'passed' if said.passed else 'failed'}."
    ),
    EventType.LOGS_CAPTURED: lambda step, _: f"Capturing output of {step or 'the run'}.",
    EventType.RESOURCE_INIT_SUCCESS: lambda _, said: f"Started resources: {', '.join(said.keys)}.",
}

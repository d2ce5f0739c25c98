"""What any run leaves behind: its events, and questions about them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
from headrace.definitions.checks.result import AssetCheckEvaluation
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.ops.expectation import ExpectationResult
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT
from headrace.errors import InvariantViolationError
from headrace.execute.events.event import (
    AssetMaterialized,
    AssetObserved,
    Event,
    ExpectationNoted,
    FailureInfo,
    StepFailed,
    StepRetryScheduled,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from headrace.execute.events.event_types import EventType
from headrace.execute.planning.flatten import output_of_job

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.runs.run import RunOutcome
    from headrace.instance.runs import RecordedRun

D = TypeVar("D")


class ExecutionResult(ABC):
    """The result of a run.

    Attributes:
        job_def: The job that ran.
        dagster_run: The run, as it ended.
        all_events: Everything that happened, in order.
    """

    def __init__(self, job: JobDefinition, run: RecordedRun, outcome: RunOutcome, events: Sequence[Event]) -> None:
        self.job_def = job
        self.dagster_run = run
        self.all_events = events
        self._outcome = outcome

    @property
    def success(self) -> bool:
        """Whether every step that had to run succeeded."""
        return self._outcome.state == "succeeded"

    @property
    def failure(self) -> FailureInfo | None:
        """The first thing that went wrong."""
        return self._outcome.failure

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.dagster_run.run_id

    # Values

    @abstractmethod
    def _value_of(self, step_key: str, output_name: str) -> Any:
        """The value that a step produced."""

    def output_for_node(self, node_str: str, output_name: str = DEFAULT_OUTPUT) -> Any:
        """The value that an op or graph produced.

        Args:
            node_str: The node, or the path of one inside of graphs: `graph.op`.
            output_name: Which output.
        """
        return self._value_of(*self._origin(node_str, output_name))

    def output_value(self, output_name: str = DEFAULT_OUTPUT) -> Any:
        """The value of an output of the job itself."""
        if not self.job_def.graph.output_mappings:
            raise InvariantViolationError(
                f"Attempted to retrieve top-level outputs for '{self.job_def.name}', which has no outputs."
            )
        path, name = output_of_job(self.job_def.graph, output_name)
        return self._value_of(".".join(path), name)

    def _origin(self, node_str: str, output_name: str) -> tuple[str, str]:
        """The op that produces an output of a node, which may be a graph."""
        node = self.job_def.graph.find_node(tuple(node_str.split(".")))
        if node is None:
            raise InvariantViolationError(f"{self.job_def.name} has no op named {node_str}.")
        if not isinstance(node.definition, GraphStructure):
            return node_str, output_name
        path, name = output_of_job(node.definition, output_name)
        return ".".join((node_str, *path)), name

    # Events

    @property
    def all_node_events(self) -> Sequence[Event]:
        """The events of steps."""
        return self.filter_events(lambda event: event.is_step_event)

    def filter_events(self, event_filter: Callable[[Event], bool]) -> Sequence[Event]:
        """The events that a function accepts."""
        return [event for event in self.all_events if event_filter(event)]

    def events_for_node(self, node_name: str) -> Sequence[Event]:
        """The events of one op, or of all ops inside of a graph."""
        inside = f"{node_name}."
        return self.filter_events(
            lambda event: event.is_step_event and (event.step_key == node_name or event.step_key.startswith(inside))
        )

    def is_node_success(self, node_str: str) -> bool:
        """Whether an op succeeded."""
        return bool(self._details(StepSucceeded, node_str))

    def is_node_failed(self, node_str: str) -> bool:
        """Whether an op failed."""
        return bool(self._details(StepFailed, node_str))

    def is_node_skipped(self, node_str: str) -> bool:
        """Whether an op was skipped."""
        return bool(self._details(StepSkipped, node_str))

    def is_node_untouched(self, node_str: str) -> bool:
        """Whether nothing happened to an op."""
        return not self.events_for_node(node_str)

    def retry_attempts_for_node(self, node_str: str) -> int:
        """How often an op was tried again."""
        return len(self._details(StepRetryScheduled, node_str))

    def get_failed_step_keys(self) -> frozenset[str]:
        """The steps that failed."""
        return frozenset(event.step_key for event in self.all_events if isinstance(event.detail, StepFailed))

    def get_step_success_events(self) -> Sequence[Event]:
        """The events of steps that succeeded."""
        return self.filter_events(lambda event: isinstance(event.detail, StepSucceeded))

    def get_step_failure_events(self) -> Sequence[Event]:
        """The events of steps that failed."""
        return self.filter_events(lambda event: isinstance(event.detail, StepFailed))

    def get_run_success_event(self) -> Event:
        """The event of the run's success; raises an error if it failed."""
        return self._run_event(EventType.RUN_SUCCESS)

    def get_run_failure_event(self) -> Event:
        """The event of the run's failure; raises an error if it succeeded."""
        return self._run_event(EventType.RUN_FAILURE)

    def _run_event(self, event_type: EventType) -> Event:
        for event in self.all_events:
            if event.event_type is event_type:
                return event
        raise InvariantViolationError(f"Run {self.run_id} has no event {event_type.name}: it {self._outcome.state}.")

    def get_step_skipped_events(self) -> Sequence[Event]:
        """The events of steps that were skipped."""
        return self.filter_events(lambda event: isinstance(event.detail, StepSkipped))

    def failure_data_for_node(self, node_str: str) -> StepFailed | None:
        """How an op failed; None if it did not."""
        return next(iter(self._details(StepFailed, node_str)), None)

    def started_steps(self) -> Sequence[str]:
        """The steps that started, in order, each once."""
        return list(dict.fromkeys(e.step_key for e in self.all_events if isinstance(e.detail, StepStarted)))

    def expectation_results_for_node(self, node_str: str) -> Sequence[ExpectationResult]:
        """What an op found when it checked its own data."""
        return [found.expectation_result for found in self._details(ExpectationNoted, node_str)]

    # Assets

    def asset_materializations_for_node(self, node_name: str) -> Sequence[AssetMaterialization]:
        """What an op materialized."""
        return [made.materialization for made in self._within(AssetMaterialized, node_name)]

    def asset_observations_for_node(self, node_name: str) -> Sequence[AssetObservation]:
        """What an op observed."""
        return [seen.asset_observation for seen in self._within(AssetObserved, node_name)]

    def get_asset_materialization_events(self) -> Sequence[Event]:
        """The events of materializations."""
        return self.filter_events(lambda event: isinstance(event.detail, AssetMaterialized))

    def get_asset_observation_events(self) -> Sequence[Event]:
        """The events of observations."""
        return self.filter_events(lambda event: isinstance(event.detail, AssetObserved))

    def get_asset_check_evaluations(self) -> Sequence[AssetCheckEvaluation]:
        """The verdicts of asset checks."""
        found = (event.asset_check_evaluation for event in self.all_events)
        return [evaluation for evaluation in found if evaluation is not None]

    def _within(self, kind: type[D], node: str) -> list[D]:
        """What happened in a node, or anywhere inside of a graph."""
        inside = f"{node}."
        return [
            event.detail
            for event in self.all_events
            if isinstance(event.detail, kind) and (event.step_key == node or event.step_key.startswith(inside))
        ]

    def _details(self, kind: type[D], node: str) -> list[D]:
        return [event.detail for event in self.events_for_node(node) if isinstance(event.detail, kind)]

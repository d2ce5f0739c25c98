"""What an in-process run leaves behind: its events, its outputs, and questions about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.errors import InvariantViolationError
from headrace.execute.events.event import Event
from headrace.execute.planning.flatten import innermost_output
from headrace.execute.runs.execution_result import ExecutionResult

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.runs.run import RunOutcome
    from headrace.instance.runs import RecordedRun

Outputs = Mapping[tuple[str, str], Any]
"""Values by step key and output name; those of a dynamic output are a dict by mapping key."""


class ExecuteInProcessResult(ExecutionResult):
    """The result of `execute_in_process` and `materialize`."""

    def __init__(
        self, job: JobDefinition, run: RecordedRun, outcome: RunOutcome, events: Sequence[Event], outputs: Outputs
    ) -> None:
        super().__init__(job, run, outcome, events)
        self._outputs = outputs

    def _value_of(self, step_key: str, output_name: str) -> Any:
        key = (step_key, output_name)
        if key not in self._outputs:
            produced = ", ".join(f"{name!r} of {step!r}" for step, name in self._outputs) or "none"
            raise InvariantViolationError(
                f"No outputs found for output '{output_name}' from node '{step_key}'. Produced: {produced}."
            )
        return self._outputs[key]

    def asset_value(self, asset_key: CoercibleToAssetKey) -> Any:
        """The value of an asset that the run materialized."""
        key, layer = AssetKey.from_coercible(asset_key), self.job_def.asset_layer
        for (node, output), made in layer.keys_by_output.items() if layer is not None else ():
            if made == key:
                path, name = innermost_output(self.job_def.graph, node, output)
                return self.output_for_node(".".join(path), name)
        raise InvariantViolationError(f"This run does not make asset {key.to_user_string()!r}.")

"""What a run of a job leaves behind: its events, and its outputs where I/O managers have stored them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from headrace.errors import InvariantViolationError
from headrace.execute.contexts.input_context import InputContext
from headrace.execute.contexts.io_contexts import IOContexts
from headrace.execute.contexts.resource_pool import ResourcePool
from headrace.execute.contexts.scope import StepScope
from headrace.execute.events.event import Event, OutputProduced, OutputStored
from headrace.execute.frame import open_frame
from headrace.execute.planning.dynamic import concrete_step
from headrace.execute.planning.sources import split_key
from headrace.execute.runs.execution_result import ExecutionResult
from headrace.execute.scheduling.delegate import Launch
from headrace.instance.runs import RecordedRun

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.runs.run import RunOutcome
    from headrace.execute.spec import RunSpec
    from headrace.instance.instance import Instance


class JobExecutionResult(ExecutionResult):
    """The result of `execute_job`; outputs are loaded inside of a `with` statement, which starts the resources."""

    def __init__(
        self, job: JobDefinition, spec: RunSpec, outcome: RunOutcome, events: Sequence[Event], instance: Instance
    ) -> None:
        super().__init__(job, RecordedRun.ended(spec, outcome.state), outcome, events)
        self._spec = spec
        self._instance = instance
        self._pool: ResourcePool | None = None

    def __enter__(self) -> JobExecutionResult:
        self._frame = open_frame(self.job_def, self._spec, emit=_ignore, instance=self._instance)
        self._pool = ResourcePool.of(self._frame)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._pool is not None:
            self._pool.close()
        self._pool = None

    def _value_of(self, step_key: str, output_name: str) -> Any:
        if self._pool is None:
            raise InvariantViolationError(
                "To load outputs, the result of execute_job must be opened as a context manager: "
                "with execute_job(...) as result: ..."
            )
        stored = [
            (event.step_key, event.detail.mapping_key)
            for event in self.all_events
            if isinstance(event.detail, (OutputProduced, OutputStored))
            and split_key(event.step_key)[0] == step_key
            and event.detail.output_name == output_name
        ]
        if not stored:
            raise InvariantViolationError(f"Output {output_name!r} of {step_key!r} was not produced.")
        values = {key: self._load(self._pool, *key, output_name) for key in dict.fromkeys(stored)}
        if (step_key, None) in values:
            return values[step_key, None]
        return {split_key(key)[1] or mapping_key: value for (key, mapping_key), value in values.items()}

    def _load(self, pool: ResourcePool, step_key: str, mapping_key: str | None, output_name: str) -> Any:
        step = concrete_step(self._frame.plan, step_key, {})
        key = step.outputs[output_name].manager_key
        scope = StepScope(self._frame, Launch(step_key, 1))
        manager = pool.require((key,), scope)[key]
        upstream = IOContexts(scope, pool).output(step, output_name, key, mapping_key=mapping_key)
        context = InputContext(
            name=output_name,
            job_name=self.job_def.name,
            upstream_output=upstream,
            dagster_type=step.op.outs[output_name].type,
            op_def=step.op,
            resource_config=pool.config_of(key),
            resources=pool.resources_of(key),
            log=scope.log,
        )
        return manager.load_input(context)


def _ignore(_event: Event) -> None:
    """What happens while outputs are loaded is no part of the run."""

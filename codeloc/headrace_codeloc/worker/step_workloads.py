"""The workloads that an engine is to execute steps with."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headrace.api.worker.v1.worker_service_pb2 import ClaimRunResponse
from headrace.errors import InvalidConfigError
from headrace.execute.planning.plan import ExecutionPlan
from headrace.execute.planning.sources import split_key
from headrace.execute.scheduling.delegate import Launch
from headrace.execute.scheduling.executors import ExecutorSettings
from headrace.surroundings import TARGET_VARIABLE
from headrace_codeloc.engines import base
from headrace_codeloc.engines.base import Engine, Labels, Layer, Workload
from headrace_codeloc.engines.known import ENGINES, EngineKind
from headrace_codeloc.engines.orders import deployment_of, step_variables, workload_name
from headrace_codeloc.engines.settings import resolved
from headrace_codeloc.launch_spec import IMAGE_VARIABLES, first_of, work_command
from headrace_codeloc.options import CodeSource
from headrace_codeloc.worker.order import WorkerOrder

_STEP = "step"
_LONGEST_LABEL = 63


@dataclass(frozen=True)
class StepWorkloads:
    """Makes the workloads of one claimed run.

    Attributes:
        claim: The run's claim.
        order: What the run's worker was ordered to do.
        source: Where the code is, for where nobody has said how workers are started elsewhere.
        settings: Of the run's executor.
        plan: The run's plan.
        environ: The variables of the run's worker.
    """

    claim: ClaimRunResponse
    order: WorkerOrder
    source: CodeSource
    settings: ExecutorSettings
    plan: ExecutionPlan
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def kind(self) -> EngineKind:
        """The engine's kind.

        Raises:
            InvalidConfigError: there is none of that name.
        """
        if self.settings.engine not in ENGINES:
            known = ", ".join(sorted(ENGINES))
            raise InvalidConfigError(f"there is no engine {self.settings.engine!r} to execute steps; there are {known}")
        return ENGINES[self.settings.engine]

    def open_engine(self) -> Engine:
        """Opens the engine, with what the deployment's launcher says of it and what only an executor can say.

        Raises:
            InvalidConfigError: it cannot be had here.
        """
        own = {key: value for key, value in self.settings.engine_config.items() if key in self._only_here}
        return self.kind.open({**self._of_launcher(), **own}, "the executor's config", self.environ)

    @property
    def selector(self) -> Labels:
        """What the workloads of the run's steps can be found by, those of an earlier worker included."""
        run = self.claim.run
        deployment = deployment_of(self.order.coordinator_address)
        return {base.DEPLOYMENT: deployment, base.KIND: _STEP, base.RUN_ID: run.run_id}

    def workload(self, launch: Launch) -> Workload:
        """Returns the workload for an attempt."""
        run, spec = self.claim.run, self.claim.run.launch_spec
        variables = step_variables(
            run.run_id,
            self.claim.epoch,
            self.claim.run_token,
            self.order.coordinator_address,
            run.job_name,
            launch.key,
            launch.attempt,
        )
        command = spec.step_command or work_command(self.source, self.order.tls, self.order.claim_timeout)
        return Workload(
            name=workload_name(run.run_id, run.attempt, launch.key, launch.attempt),
            command=tuple(command),
            environment={**self._environment(), **variables.open},
            secrets=variables.secret,
            image=spec.image or first_of(IMAGE_VARIABLES, self.environ),
            labels={
                **self.selector,
                base.EPOCH: str(self.claim.epoch),
                base.STEP_KEY: launch.key[:_LONGEST_LABEL],
                base.ATTEMPT: str(launch.attempt),
                base.LOCATION: run.location_name,
                base.JOB: run.job_name,
            },
            layers=self._layers(launch),
        )

    def _environment(self) -> Mapping[str, str]:
        if self.claim.run.HasField("launch_spec"):
            return {each.name: each.value for each in self.claim.run.launch_spec.environment}
        names = (TARGET_VARIABLE, *IMAGE_VARIABLES)
        return {name: self.environ[name] for name in names if self.environ.get(name)}

    def _layers(self, launch: Launch) -> Sequence[Layer]:
        run, settings = self.claim.run, self.kind.settings()
        context = json.loads(run.launch_spec.container_context.text or "{}").get(self.kind.context, {})
        of_executor = {
            k: v for k, v in self.settings.engine_config.items() if k not in self._only_here and v is not None
        }
        step = self.plan.steps.get(launch.key) or self.plan.all_steps[split_key(launch.key)[0]]
        tags = {tag.key: tag.value for tag in run.tags}
        return (
            Layer(f"container_context.{self.kind.context} of code location {run.location_name!r}", context),
            Layer("a tag of the run", settings.layer_of_tags(tags)),
            Layer("the executor's config", settings.layer_of_executor(of_executor, launch.key)),
            Layer(f"a tag of step {launch.key!r}", settings.layer_of_tags(step.tags)),
        )

    @property
    def _only_here(self) -> frozenset[str]:
        return self.kind.settings().LAUNCHER_ONLY

    def _of_launcher(self) -> Mapping[str, Any]:
        """What the launcher says, without what only the launcher's own variables could complete."""
        said = json.loads(self.claim.container_context.text or "{}").get(self.kind.context, {})
        return {key: value for key, value in said.items() if _can_be_resolved(value, self.environ)}


def _can_be_resolved(value: Any, environ: Mapping[str, str]) -> bool:
    try:
        resolved(value, environ, "")
    except InvalidConfigError:
        return False
    return True

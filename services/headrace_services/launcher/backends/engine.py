"""Workers in an engine: Docker, Kubernetes, whatever keeps to the protocol of `headrace_codeloc.engines`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder, StopOrder
from headrace.errors import HeadraceError, InvalidConfigError
from headrace.token_digest import token_digest
from headrace_codeloc.engines import base
from headrace_codeloc.engines.base import Engine, Layer, Workload, WorkloadEnd
from headrace_codeloc.engines.known import EngineKind
from headrace_codeloc.engines.orders import run_variables, workload_name
from headrace_services.launcher.backends.base import Ended, HopelessOrderError, NotNowError, WorkerEnd

_RUN = "run"


class EngineBackend:
    """Starts a workload for each order, and watches the engine for their ends.

    Args:
        kind: The engine's kind.
        engine: The engine.
        name: What the launcher is called.
        deployment: Tells the workloads of this deployment from those of others in the same engine.
    """

    def __init__(self, kind: EngineKind, engine: Engine, name: str, deployment: str) -> None:
        self.kind = kind.kind
        self._context = kind.context
        self._settings = kind.settings()
        self._engine = engine
        self._name = name
        self._ours = {base.DEPLOYMENT: deployment, base.LAUNCHER: name, base.KIND: _RUN}

    async def start(self, order: LaunchOrder, order_id: str) -> bool:
        """Has the engine take a worker on."""
        try:
            return await self._engine.start(self._workload(order))
        except (base.HopelessWorkloadError, InvalidConfigError) as error:
            raise HopelessOrderError(str(error)) from error
        except HeadraceError as error:
            raise NotNowError(str(error)) from error

    async def stop(self, order: StopOrder, order_id: str) -> None:
        """Ends a run's workers, and where it was given up those of its steps too."""
        selector = {base.DEPLOYMENT: self._ours[base.DEPLOYMENT], base.RUN_ID: order.run_id}
        try:
            await self._engine.stop(selector if order.kill else {**selector, base.KIND: _RUN}, kill=order.kill)
        except HeadraceError as error:
            raise NotNowError(str(error)) from error

    def place(self, address: str) -> str:
        """The engine is watched as a whole."""
        return self.kind

    async def watch(self, place: str, ended: Ended) -> None:
        """Follows the engine; what ended while nobody did is as new as everything else."""

        async def tell(end: WorkloadEnd) -> None:
            await ended(_worker_end(end))

        await self._engine.watch(self._ours, tell)

    async def close(self) -> None:
        """Lets go of the engine."""
        await self._engine.close()

    def _workload(self, order: LaunchOrder) -> Workload:
        spec = order.launch_spec
        if not spec.run_command:
            raise base.HopelessWorkloadError(
                f"code location {order.location_name!r} does not say how its workers are started elsewhere: serve it with "
                "`headrace codeloc serve` of this version"
            )
        variables = run_variables(order.run_id, order.launch_token, order.coordinator_address, order.job_name)
        return Workload(
            name=workload_name(order.run_id, order.attempt),
            command=tuple(spec.run_command),
            environment={**{each.name: each.value for each in spec.environment}, **variables.open},
            secrets=variables.secret,
            image=spec.image,
            labels=self._labels(order),
            layers=self._layers(order),
        )

    def _labels(self, order: LaunchOrder) -> Mapping[str, str]:
        return {
            **self._ours,
            base.RUN_ID: order.run_id,
            base.ATTEMPT: str(order.attempt),
            base.LAUNCH: token_digest(order.launch_token),
            base.LOCATION: order.location_name,
            base.JOB: order.job_name,
        }

    def _layers(self, order: LaunchOrder) -> list[Layer]:
        said: Any = json.loads(order.launch_spec.container_context.text or "{}")
        where = f"container_context.{self._context} of code location {order.location_name!r}"
        tags = {tag.key: tag.value for tag in order.tags}
        return [
            Layer(where, said.get(self._context, {})),
            Layer("a tag of the run", self._settings.layer_of_tags(tags)),
        ]


def _worker_end(end: WorkloadEnd) -> WorkerEnd:
    labels = end.labels
    return WorkerEnd(
        worker_id=end.name,
        run_id=labels.get(base.RUN_ID, ""),
        launch_token="",
        kind=end.kind,
        detail=end.detail,
        remembered=False,
        launch_token_digest=labels.get(base.LAUNCH, ""),
    )

"""What a Celery worker does for a step: it starts a Job, and waits for its end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import (
    Engine,
    EngineUnavailableError,
    HopelessWorkloadError,
    Layer,
    Workload,
    WorkloadEnd,
)
from headrace_codeloc.engines.kubernetes.engine import KubernetesEngine
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings

_TRIES, _PAUSE_SECONDS = 10, 3.0


def to_message(workload: Workload) -> dict[str, Any]:
    """Returns a workload as it goes over the broker."""
    return {
        "name": workload.name,
        "command": list(workload.command),
        "environment": dict(workload.environment),
        "secrets": dict(workload.secrets),
        "image": workload.image,
        "labels": dict(workload.labels),
        "layers": [{"where": each.where, "values": dict(each.values)} for each in workload.layers],
    }


def from_message(message: Mapping[str, Any]) -> Workload:
    """Returns the workload that came over the broker."""
    layers = [Layer(each["where"], each["values"]) for each in message["layers"]]
    return Workload(**{**message, "layers": layers})


async def run_job(config: Mapping[str, Any], message: Mapping[str, Any], wait_seconds: float) -> WorkloadEnd:
    """Returns the end of a workload that is started as a Job."""
    workload = from_message(message)
    try:
        engine = KubernetesEngine(KubernetesSettings.of(config, "celery_k8s_job_executor"))
    except InvalidConfigError as error:
        return _not_started(workload, error)
    try:
        return await _run(engine, workload, wait_seconds)
    finally:
        await engine.close()


async def _run(engine: Engine, workload: Workload, wait_seconds: float) -> WorkloadEnd:
    end: asyncio.Future[WorkloadEnd] = asyncio.get_running_loop().create_future()

    async def ended(told: WorkloadEnd) -> None:
        if told.name == workload.name and not end.done():
            end.set_result(told)

    try:
        await _start(engine, workload)
    except (HopelessWorkloadError, InvalidConfigError, EngineUnavailableError) as error:
        return _not_started(workload, error)
    watch = asyncio.create_task(engine.watch(workload.labels, ended))
    try:
        return await asyncio.wait_for(end, wait_seconds)
    except asyncio.TimeoutError:
        await engine.stop(workload.labels, kill=True)
        why = f"its Job did not end within job_wait_timeout ({wait_seconds:g} s) and was deleted"
        return WorkloadEnd(workload.name, workload.labels, "lost", why)
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _start(engine: Engine, workload: Workload) -> None:
    for left in reversed(range(_TRIES)):
        try:
            await engine.start(workload)
            return
        except EngineUnavailableError:
            if not left:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


def _not_started(workload: Workload, error: Exception) -> WorkloadEnd:
    return WorkloadEnd(workload.name, workload.labels, "not_started", str(error))

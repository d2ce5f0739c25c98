"""Jobs of Kubernetes whose start Celery workers decide: a real Redis, a real Celery worker, the cluster of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from headrace_codeloc.engines.base import DEPLOYMENT, KIND, RUN_ID, Layer
from headrace_codeloc.engines.celery_k8s import SETTINGS
from headrace_codeloc.engines.celery_k8s.engine import CeleryKubernetesEngine
from rig.kubernetes.cluster import Cluster, open_cluster
from rig.kubernetes.workloads import python, watching, workload
from rig.length import at_length
from rig.waiting import eventually

FOREVER = "import time; time.sleep(600)"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with open_cluster(tmp_path_factory.mktemp("kubernetes")) as opened:
        yield opened


@pytest_asyncio.fixture
async def engine(cluster: Cluster, celery_world: Any) -> AsyncIterator[CeleryKubernetesEngine]:
    config = cluster.config(broker=celery_world.redis.url, job_wait_timeout=5)
    opened = CeleryKubernetesEngine(SETTINGS.of(config, "run_launcher.config"))
    yield opened
    await opened.close()


def _step(request: pytest.FixtureRequest) -> dict[str, str]:
    return {KIND: "step", RUN_ID: request.node.name, DEPLOYMENT: "tests"}


@at_length
async def test_runs_become_jobs_at_once(engine, cluster: Cluster, request) -> None:
    wanted = python("raise SystemExit(5)", labels={DEPLOYMENT: "tests"})
    async with watching(engine, {KIND: "run", RUN_ID: wanted.name}) as watched:
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).detail.startswith("its pod ended with code 5")
    await engine.stop({RUN_ID: wanted.name}, kill=True)


async def test_steps_go_through_a_queue_and_their_ends_come_back(engine, request) -> None:
    tags = SETTINGS.layer_of_tags(
        {"dagster-celery/queue": "other", "dagster-k8s/config": '{"container_config": {"env": []}}'}
    )
    code = "import os; raise SystemExit(6 if os.environ['TOKEN'] == 'x' else 9)"
    wanted = python(code, labels=_step(request), layers=[Layer("tags", tags)], secrets={"TOKEN": "x"})
    selector = {KIND: "step", RUN_ID: wanted.labels[RUN_ID]}
    async with watching(engine, selector) as watched:
        await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert (end.kind, end.labels) == ("code", wanted.labels)
    assert end.detail.startswith("its pod ended with code 6")
    await engine.stop({RUN_ID: wanted.labels[RUN_ID]}, kill=True)


@at_length
async def test_what_the_cluster_refuses_comes_back_too(engine, request) -> None:
    wanted = workload("true", image="registry.test/no-such-image:1", labels=_step(request))
    async with watching(engine, {KIND: "step", RUN_ID: wanted.labels[RUN_ID]}) as watched:
        await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert end.kind == "not_started"
    assert "registry.test/no-such-image:1 cannot be pulled" in end.detail


@at_length
async def test_a_job_that_takes_longer_than_its_time_is_deleted(engine, cluster: Cluster, request) -> None:
    wanted = python(FOREVER, labels=_step(request))
    async with watching(engine, {KIND: "step", RUN_ID: wanted.labels[RUN_ID]}) as watched:
        await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert end.detail == "its Job did not end within job_wait_timeout (5 s) and was deleted"
    await eventually(lambda: not cluster.objects("jobs", f"job-name={wanted.name}"), 20)


async def test_steps_are_ended_with_their_run(engine, cluster: Cluster, request) -> None:
    wanted = python(FOREVER, labels=_step(request))
    async with watching(engine, {KIND: "step", RUN_ID: wanted.labels[RUN_ID]}) as watched:
        await engine.start(wanted)
        label = f"headrace/run-id={cluster.label(wanted.labels[RUN_ID])}"
        await eventually(lambda: cluster.objects("pods", label), 30)
        await engine.stop({RUN_ID: wanted.labels[RUN_ID]}, kill=True)
        await watched.end_of(wanted)
    await eventually(lambda: not cluster.objects("jobs", label), 20)

"""API servers that go away, forget or refuse, and nodes that are full: only the stand-in has them."""

from __future__ import annotations

import asyncio

import pytest

from headrace_codeloc.engines.base import EngineUnavailableError, HopelessWorkloadError, Layer
from headrace_codeloc.engines.kubernetes import SETTINGS
from headrace_codeloc.engines.kubernetes.engine import KubernetesEngine
from rig.kubernetes.cluster import kubeconfig
from rig.kubernetes.server import TOKEN
from rig.kubernetes.workloads import python, watching, workload
from rig.waiting import eventually, wait_until_async

FOREVER = "import time; time.sleep(600)"


async def _runs(cluster, wanted) -> str:
    async def running() -> str:
        pods = cluster.objects("pods", f"headrace/run-id={wanted.name}")
        return pods[0]["metadata"]["name"] if pods and pods[0]["status"]["phase"] == "Running" else ""

    return await wait_until_async(running, 20, f"{wanted.name} runs")


async def test_the_watch_goes_on_after_the_api_server_was_away(open_engine, stand_in) -> None:
    engine = open_engine()
    before, meanwhile, after = python("import time; time.sleep(1.0)"), python("pass"), python("pass")
    async with watching(engine, {"headrace/kind": "run"}) as watched:
        await engine.start(before)
        await eventually(lambda: stand_in.store.watches == 2)
        await asyncio.to_thread(stand_in.stop_api)
        with pytest.raises(EngineUnavailableError, match="does not answer at http://127.0.0.1"):
            await engine.start(meanwhile)
        await asyncio.to_thread(stand_in.start_api)
        await engine.start(after)
        assert (await watched.end_of(before)).kind == "normal"
        assert (await watched.end_of(after)).kind == "normal"
    assert len(watched.ends) == 2


async def test_the_watch_starts_anew_when_the_api_server_has_forgotten(open_engine, stand_in, cluster) -> None:
    engine = open_engine()
    ends, vanishes = python("import time; time.sleep(2.0)"), python(FOREVER)
    async with watching(engine, {"headrace/kind": "run"}) as watched:
        await engine.start(ends)
        await engine.start(vanishes)
        pod = await _runs(cluster, vanishes)
        # Told in order: whoever has heard of a later one knows the pod that is about to vanish.
        later = python("pass")
        await engine.start(later)
        await watched.end_of(later)
        await asyncio.to_thread(stand_in.stop_api)
        stand_in.do(lambda: stand_in.store.remove("pods", "default", pod))
        stand_in.forget_history()
        await asyncio.to_thread(stand_in.start_api)
        lost = await watched.end_of(vanishes)
        assert (lost.kind, lost.detail) == (
            "lost",
            f"its pod {pod} was removed; BackoffLimitExceeded: Job has reached the specified backoff limit",
        )
        assert (await watched.end_of(ends)).kind == "normal"


async def test_the_pressure_of_a_node_is_an_eviction(open_engine, stand_in, cluster) -> None:
    engine, wanted = open_engine(), python(FOREVER)
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        pod = await _runs(cluster, wanted)
        stand_in.evict("default", pod, "The node was low on resource: memory.")
        end = await watched.end_of(wanted)
    assert (end.kind, end.detail) == ("evicted", "its pod was evicted: The node was low on resource: memory")


async def test_a_registry_that_is_away_is_given_time(open_engine, stand_in) -> None:
    engine, wanted = open_engine(patience_seconds=1.0), workload("true", image="registry.invalid/headrace:1")
    async with watching(engine, wanted.labels) as watched:
        began = asyncio.get_running_loop().time()
        await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert asyncio.get_running_loop().time() - began >= 1.0
    assert end.kind == "not_started"
    assert "registry.invalid/headrace:1 cannot be pulled" in end.detail


async def test_a_quota_is_waited_for_and_then_told_with_what_to_do(open_engine, stand_in, cluster) -> None:
    engine, first, second, third = open_engine(patience_seconds=1.5), python(FOREVER), python("pass"), python("pass")
    stand_in.jobs.pod_quota = (
        sum(each["status"]["phase"] in ("Pending", "Running") for each in cluster.objects("pods")) + 1
    )
    try:
        async with watching(engine, {"headrace/kind": "run"}) as watched:
            await engine.start(first)
            await _runs(cluster, first)
            await engine.start(second)
            end = await watched.end_of(second)
            assert end.kind == "not_started"
            assert "exceeded quota: pods" in end.detail
            assert end.detail.endswith(
                "raise the quota, or let fewer runs go at once (concurrency in the instance file)"
            )
            await eventually(lambda: not cluster.objects("jobs", f"headrace/run-id={second.name}"))
            await engine.start(third)
            await engine.stop(first.labels, kill=True)
            assert (await watched.end_of(third)).kind == "normal"
    finally:
        stand_in.jobs.pod_quota = 1_000


async def test_who_may_not_make_secrets_leaves_no_job_behind(open_engine, stand_in, cluster) -> None:
    wanted = python("pass", secrets={"TOKEN": "x"})
    stand_in.api.forbidden = {("create", "secrets")}
    try:
        with pytest.raises(
            HopelessWorkloadError, match="secrets is forbidden: .*; let the role of this service account do so"
        ):
            await open_engine().start(wanted)
    finally:
        stand_in.api.forbidden = set()
    await eventually(lambda: not cluster.objects("jobs", f"headrace/run-id={wanted.name}"))


@pytest.mark.parametrize("denied", [("list", "pods"), ("watch", "pods")])
async def test_who_may_not_watch_does_so_as_soon_as_it_is_allowed(open_engine, stand_in, denied) -> None:
    engine, wanted = open_engine(), python("pass")
    stand_in.api.forbidden = {denied}
    try:
        async with watching(engine, wanted.labels) as watched:
            await engine.start(wanted)
            await eventually(lambda: denied in stand_in.api.denied)
            stand_in.api.forbidden = set()
            assert (await watched.end_of(wanted)).kind == "normal"
    finally:
        stand_in.api.forbidden = set()


async def test_a_crash_between_job_and_secret_is_made_good_by_the_repetition(open_engine, stand_in, cluster) -> None:
    engine, wanted = open_engine(), python("import os; os.environ['TOKEN']", secrets={"TOKEN": "x"})
    await engine.start(wanted)
    stand_in.do(lambda: stand_in.store.remove("secrets", "default", wanted.name))
    again = python("import os; os.environ['TOKEN']", secrets={"TOKEN": "x"})
    stand_in.api.forbidden = {("create", "secrets"), ("delete", "jobs")}
    with pytest.raises(HopelessWorkloadError):
        await engine.start(again)
    stand_in.api.forbidden = set()
    async with watching(engine, again.labels) as watched:
        assert not await engine.start(again)
        assert (await watched.end_of(again)).kind == "normal"


async def test_wrong_credentials_are_told_with_the_address(tmp_path, stand_in) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(kubeconfig(stand_in.url, TOKEN + "!"))
    engine = KubernetesEngine(SETTINGS.of({"kubeconfig_file": str(path), "job_image": "x"}, "run_launcher.config"))
    with pytest.raises(
        HopelessWorkloadError, match="the credentials for http://127.0.0.1:.* are wrong or have expired"
    ):
        await engine.start(python("pass"))
    with pytest.raises(EngineUnavailableError, match="Unauthorized"):
        await engine.find({})
    await engine.close()


async def test_a_cluster_that_nobody_configured_is_told() -> None:
    config = {"kubeconfig_file": "/nowhere/kubeconfig", "job_image": "x"}
    engine = KubernetesEngine(SETTINGS.of(config, "run_launcher.config"))
    with pytest.raises(
        EngineUnavailableError, match="no Kubernetes cluster is configured: .*name one by kubeconfig_file"
    ):
        await engine.start(python("pass"))
    await engine.close()


async def test_a_namespace_of_a_location_is_watched_from_its_first_job_on(open_engine, stand_in) -> None:
    stand_in.do(lambda: stand_in.add_namespace("etl"))
    engine = open_engine()
    wanted = python("pass", layers=[Layer("container_context.k8s", {"namespace": "etl"})])
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"
    assert [each.name for each in await engine.find(wanted.labels)] == [wanted.name]

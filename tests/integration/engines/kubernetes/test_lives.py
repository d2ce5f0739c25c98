"""What becomes of Jobs and pods, on the stand-in or on the cluster that KUBECONFIG names."""

from __future__ import annotations

import pytest

from headrace_codeloc.engines.base import LOCATION, RUN_ID, HopelessWorkloadError, Layer, Workload
from rig.kubernetes.cluster import ApiError, Cluster
from rig.kubernetes.workloads import python, watching, workload
from rig.waiting import wait_until_async

FOREVER = "import time, sys; print('ready', flush=True); time.sleep(600)"
PATIENT = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(3)));"
    "print('ready', flush=True); time.sleep(600)"
)


async def _is_running(cluster: Cluster, wanted: Workload) -> None:
    async def running() -> bool:
        pods = cluster.objects("pods", f"headrace/run-id={wanted.name}")
        return bool(pods) and "ready" in cluster.log(pods[0]["metadata"]["name"])

    await wait_until_async(running, 60, f"{wanted.name} runs", (ApiError,))


async def _leaves_nothing(cluster: Cluster, wanted: Workload) -> None:
    async def gone() -> bool:
        return not any(cluster.objects(kind, f"headrace/run-id={wanted.name}") for kind in ("jobs", "pods", "secrets"))

    await wait_until_async(gone, 60, f"nothing is left of {wanted.name}")


@pytest.mark.parametrize(
    ("code", "kind", "detail"),
    [
        ("print('done')", "normal", "its pod ended without finishing"),
        (
            "import sys; print('no luck', flush=True); sys.exit(7)",
            "code",
            "its pod ended with code 7; it wrote: no luck",
        ),
        ("raise SystemExit(137)", "signal", "its pod was ended by SIGKILL"),
    ],
    ids=["normal", "code", "signal"],
)
async def test_the_end_of_a_pod_is_told_with_its_own_words(open_engine, code, kind, detail) -> None:
    engine, wanted = open_engine(), python(code, labels={LOCATION: "etl of ours / much longer than labels may be" * 3})
    async with watching(engine, {RUN_ID: wanted.name}) as watched:
        assert await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert (end.kind, end.detail) == (kind, detail)
    assert end.labels == wanted.labels
    assert not end.remembered
    await engine.stop(wanted.labels, kill=True)


async def test_an_end_that_nobody_watched_is_told_later(open_engine, cluster: Cluster) -> None:
    engine, wanted = open_engine(), python("raise SystemExit(4)")
    await engine.start(wanted)

    async def over() -> bool:
        return not any(each.alive for each in await engine.find(wanted.labels))

    await wait_until_async(over, 60, "the Job is over")

    async def marked() -> bool:
        return bool(cluster.objects("pods", f"headrace/run-id={wanted.name},headrace/told=yes"))

    async with watching(engine, wanted.labels) as watched:
        end = await watched.end_of(wanted)
        await wait_until_async(marked, 60, "the pod is marked")
    assert (end.kind, end.remembered) == ("code", True)
    async with watching(engine, wanted.labels) as again:
        other = python("pass", labels=wanted.labels)
        await engine.start(other)
        await again.end_of(other)
    assert len(again.ends) == 1, "what was told is not told to who watches next"
    await engine.stop(wanted.labels, kill=True)


async def test_an_end_that_was_not_taken_is_told_again(open_engine) -> None:
    engine, wanted = open_engine(), python("pass")
    async with watching(engine, wanted.labels) as watched:
        watched.refuse = 2
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"
    await engine.stop(wanted.labels, kill=True)


async def test_an_order_that_is_repeated_starts_nothing_more(open_engine, cluster: Cluster) -> None:
    engine, other, wanted = open_engine(), open_engine(), python(FOREVER, secrets={"HEADRACE_TOKEN": "s"})
    assert await engine.start(wanted)
    assert not await engine.start(wanted)
    assert not await other.start(wanted)
    await _is_running(cluster, wanted)
    assert len(cluster.objects("pods", f"headrace/run-id={wanted.name}")) == 1
    assert [(each.name, each.alive) for each in await other.find({RUN_ID: wanted.name})] == [(wanted.name, True)]
    await other.stop({RUN_ID: wanted.name}, kill=True)
    await _leaves_nothing(cluster, wanted)


async def test_who_is_told_to_end_may_finish_first(open_engine, cluster: Cluster) -> None:
    engine, wanted = open_engine(), python(PATIENT)
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        await _is_running(cluster, wanted)
        await engine.stop(wanted.labels, kill=False)
        end = await watched.end_of(wanted)
    assert end.kind in ("code", "lost")  # a cluster may remove the pod before it says how it ended
    await _leaves_nothing(cluster, wanted)
    await engine.stop(wanted.labels, kill=False)


async def test_secrets_are_the_workers_alone(open_engine, cluster: Cluster) -> None:
    code = "import os; raise SystemExit(0 if os.environ['TOKEN'][::-1] == 'hsuh-hsuh' and os.environ['PLAIN'] == 'x' else 9)"
    engine, wanted = open_engine(), python(code, secrets={"TOKEN": "hush-hush"}, environment={"PLAIN": "x"})
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"
    seen = [cluster.objects(kind, f"headrace/run-id={wanted.name}") for kind in ("jobs", "pods")]
    assert "hush-hush" not in str(seen)
    await engine.stop(wanted.labels, kill=True)
    await _leaves_nothing(cluster, wanted)


async def test_too_much_memory_is_told_with_the_limit(open_engine) -> None:
    layer = Layer("container_context.k8s", {"resources": {"limits": {"memory": "100Mi"}}})
    engine = open_engine()
    wanted = python(
        "x = bytearray(400_000_000)\nfor i in range(0, len(x), 4096): x[i] = 1\nimport time; time.sleep(60)",
        layers=[layer],
    )
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert end.kind == "oom"
    assert "OOMKilled, its limit is 100Mi" in end.detail
    assert "resources.limits.memory" in end.detail
    await engine.stop(wanted.labels, kill=True)


async def test_the_drain_of_a_node_is_an_eviction(open_engine, cluster: Cluster) -> None:
    engine, wanted = open_engine(), python(FOREVER)
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        await _is_running(cluster, wanted)
        (pod,) = cluster.objects("pods", f"headrace/run-id={wanted.name}")
        cluster.evict(pod["metadata"]["name"])
        end = await watched.end_of(wanted)
    assert end.kind in ("evicted", "lost")
    assert "Eviction API: evicting" in end.detail
    await engine.stop(wanted.labels, kill=True)


@pytest.mark.parametrize("image", ["registry.test/no-such-image:1", "Not An Image"], ids=["unknown", "invalid"])
async def test_an_image_that_cannot_be_pulled_ends_the_workload_and_leaves_nothing(open_engine, cluster, image) -> None:
    engine = open_engine()
    wanted = workload("true", image=image)
    try:
        async with watching(engine, wanted.labels) as watched:
            await engine.start(wanted)
            end = await watched.end_of(wanted, 120)
            # Who watches clears up, after it has told.
            await _leaves_nothing(cluster, wanted)
    except HopelessWorkloadError as error:
        assert "image" in str(error)  # a real API server refuses some names itself
        return
    assert end.kind == "not_started"
    assert end.detail.startswith(f"its image {image} cannot be pulled (")
    assert end.detail.endswith("push it, correct its name, or give image_pull_secrets")


async def test_a_command_that_is_not_there_is_told(open_engine) -> None:
    engine, wanted = open_engine(), workload("no-such-program")
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert end.kind == "not_started"
    assert "no-such-program" in end.detail


async def test_a_service_account_that_does_not_exist_is_told_and_leaves_nothing(open_engine, cluster: Cluster) -> None:
    engine = open_engine(service_account_name="nobody-here")
    wanted = python("pass")
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        end = await watched.end_of(wanted)
        await _leaves_nothing(cluster, wanted)
    assert end.kind == "not_started"
    assert 'serviceaccount "nobody-here" not found' in end.detail


async def test_other_containers_do_not_keep_a_finished_worker_alive(open_engine, cluster: Cluster) -> None:
    sidecar = {"name": "proxy", "image": cluster.image, "args": ["python", "-c", FOREVER]}
    layer = Layer("tag dagster-k8s/config", {"config": {"pod_spec_config": {"containers": [sidecar]}}})
    engine, wanted = open_engine(), python("import time; time.sleep(0.5)", layers=[layer])
    async with watching(engine, wanted.labels) as watched:
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"
        await _leaves_nothing(cluster, wanted)


async def test_a_namespace_that_does_not_exist_is_refused_with_what_to_do(open_engine) -> None:
    layer = Layer("container_context.k8s of 'etl'", {"namespace": "nowhere-at-all"})
    with pytest.raises(
        HopelessWorkloadError, match=r'namespaces "nowhere-at-all" not found; make it, or correct job_namespace'
    ):
        await open_engine().start(python("pass", layers=[layer]))


async def test_what_the_api_does_not_know_is_refused(open_engine, cluster: Cluster) -> None:
    layer = Layer("tag dagster-k8s/config", {"config": {"pod_spec_config": {"restart_policy": 7}}})
    wanted = python("pass", layers=[layer])
    with pytest.raises(HopelessWorkloadError, match="Kubernetes refused a Job in namespace"):
        await open_engine().start(wanted)
    await _leaves_nothing(cluster, wanted)

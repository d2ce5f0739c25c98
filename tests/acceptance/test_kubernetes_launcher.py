"""Runs as Kubernetes Jobs, ordered by a real deployment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headrace.client import Client, Run
from headrace_codeloc.engines.known import ENGINES
from rig import launched
from rig.kubernetes.cluster import Cluster, open_cluster
from rig.launched import Launched
from rig.length import at_length
from rig.waiting import wait_until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with open_cluster(tmp_path_factory.mktemp("kubernetes")) as opened:
        if opened.stand_in is None:
            pytest.skip("pods of a real cluster do not see the files and the coordinator of this machine")
        yield opened


@pytest.fixture(scope="module")
def deployment(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    launcher = {
        "module": "dagster_k8s",
        "class": "K8sRunLauncher",
        "config": cluster.config(fail_pod_on_run_failure=True),
    }
    settings = {"run_launcher": launcher, "run_retries": {"enabled": True}}
    with launched.deployed(tmp_path_factory.mktemp("deployment"), settings) as deployed:
        yield deployed


@pytest.fixture
def client(deployment: Launched) -> Iterator[Client]:
    with deployment.instance.client() as client:
        yield client


def _pod(cluster: Cluster, run: Run) -> str:
    (pod,) = cluster.objects("pods", f"headrace/run-id={run.run_id}")
    return str(pod["metadata"]["name"])


def test_the_seeds_jobs_give_55(client: Client) -> None:
    launched.the_seed_gives_55(client)


def test_a_run_whose_pod_is_evicted_fails_with_the_clusters_words(deployment, client, cluster: Cluster) -> None:
    why = launched.a_run_whose_worker_is_killed_fails(
        deployment,
        client,
        lambda run: cluster.stand_in.evict("default", _pod(cluster, run), "The node was low on resource: memory."),
    )
    assert "its pod was evicted: The node was low on resource: memory" in why


def test_a_run_whose_pod_is_drained_is_tried_again(deployment, client, cluster: Cluster) -> None:
    launched.a_run_whose_worker_is_killed_is_tried_again(
        deployment,
        client,
        lambda run: cluster.stand_in.evict("default", _pod(cluster, run), "The node was low on memory."),
    )


@at_length
async def test_a_run_takes_little_more_than_the_engine_needs_for_its_pod(
    cluster: Cluster, deployment: Launched, client: Client
) -> None:
    engine = ENGINES["k8s"].open(cluster.config(), "test")
    await launched.a_run_takes_little_more_than_the_engine(deployment, client, engine)


def test_a_canceled_run_ends_its_pod(deployment, client) -> None:
    launched.a_run_is_canceled(deployment, client)


def test_an_image_that_cannot_be_pulled_fails_the_run_and_leaves_nothing(client: Client, cluster: Cluster) -> None:
    tags = {"dagster-k8s/config": '{"container_config": {"image": "registry.test/no-such-image:1"}}'}
    run = client.wait(client.submit_job("short", tags=tags).run_id, timeout=30)
    assert run.state == "failed"
    assert "its image registry.test/no-such-image:1 cannot be pulled" in str(run.failure)
    assert "push it, correct its name, or give image_pull_secrets" in str(run.failure)
    wait_until(lambda: not cluster.objects("jobs", f"headrace/run-id={run.run_id}"), 10)


def test_the_pod_of_a_run_that_fails_fails_too(client: Client, cluster: Cluster) -> None:
    run = client.wait(client.submit_job("stumbling").run_id, timeout=30)
    assert run.state == "failed"
    assert "over a stone" in str(run.failure)
    label = f"headrace/run-id={run.run_id}"
    wait_until(lambda: [each["status"]["phase"] for each in cluster.objects("pods", label)] == ["Failed"], 10)
    assert client.get_run(run.run_id).attempt == 1


def test_nothing_stays_alive(client: Client, cluster: Cluster) -> None:
    wait_until(
        lambda: not [each for each in cluster.objects("pods") if each["status"]["phase"] in ("Pending", "Running")], 20
    )

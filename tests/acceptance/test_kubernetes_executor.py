"""Steps as Kubernetes Jobs, of runs that are Jobs themselves, with and without the queues of Celery in between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headrace.client import Client, Run
from rig import launched
from rig.broker import start_celery_worker
from rig.kubernetes.cluster import Cluster, open_cluster
from rig.launched import Launched
from rig.length import at_length
from rig.processes import Supervisor
from rig.redis import start_redis
from rig.waiting import wait_until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with open_cluster(tmp_path_factory.mktemp("kubernetes")) as opened:
        if opened.stand_in is None:
            pytest.skip("pods of a real cluster do not see the files and the coordinator of this machine")
        yield opened


@pytest.fixture(scope="module", params=["k8s_job_executor", pytest.param("celery_k8s_job_executor", marks=at_length)])
def deployment(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Launched]:
    supervisor = Supervisor(tmp_path_factory.mktemp("celery"))
    launcher = {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": cluster.config()}
    executor = "headrace.integrations.k8s:k8s_job_executor"
    try:
        if request.param == "celery_k8s_job_executor":
            redis = start_redis(supervisor)
            start_celery_worker(supervisor, redis.url, "-c", "2")
            config = cluster.config(broker=redis.url)
            launcher = {"module": "dagster_celery_k8s", "class": "CeleryK8sRunLauncher", "config": config}
            executor = "headrace.integrations.celery_k8s:celery_k8s_job_executor"
        settings = {"run_launcher": launcher}
        with launched.deployed(tmp_path_factory.mktemp("deployment"), settings, executor=executor) as made:
            yield made
    finally:
        supervisor.close()


@pytest.fixture
def client(deployment: Launched) -> Iterator[Client]:
    with deployment.instance.client() as client:
        yield client


def _step_pods(cluster: Cluster, run: Run) -> list[str]:
    pods = cluster.objects("pods", f"headrace/run-id={run.run_id},headrace/kind=step")
    return [each["metadata"]["name"] for each in pods if each["status"]["phase"] == "Running"]


def _evict(cluster: Cluster, run: Run) -> None:
    (pod,) = _step_pods(cluster, run)
    assert cluster.stand_in is not None
    cluster.stand_in.evict("default", pod, "The node was low on resource: memory.")


def test_the_seeds_jobs_give_55_with_a_pod_for_each_step(deployment: Launched, client: Client) -> None:
    launched.the_seed_gives_55(client)
    (run, *_) = client.list_runs(job_name="process_numbers")
    notes = [event.message for event in client.events(run.run_id) if "Has a worker in" in event.message]
    assert len(notes) == 6


def test_a_step_whose_pod_is_evicted_fails_with_the_clusters_words(deployment, client, cluster: Cluster) -> None:
    why = launched.a_run_whose_worker_is_killed_fails(deployment, client, lambda run: _evict(cluster, run))
    assert why == "The worker of the step was lost: its pod was evicted: The node was low on resource: memory."


def test_a_step_whose_pod_is_evicted_is_tried_again(deployment, client, cluster: Cluster) -> None:
    launched.a_step_whose_worker_is_killed_is_tried_again(deployment, client, lambda run: _evict(cluster, run))


def test_a_canceled_run_ends_the_pods_of_its_steps(deployment, client, cluster: Cluster) -> None:
    launched.a_run_is_canceled(deployment, client)
    (run, *_) = client.list_runs(job_name="lingering")
    wait_until(lambda: not _step_pods(cluster, run), 20)


def test_no_job_of_a_step_stays(client: Client, cluster: Cluster) -> None:
    wait_until(lambda: not cluster.objects("jobs", "headrace/kind=step"), 20)

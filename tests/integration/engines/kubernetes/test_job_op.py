"""Jobs of Kubernetes that an op makes and waits for."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import headrace as dg
from headrace.execute.interrupts import Interrupts
from headrace.integrations.k8s import execute_k8s_job, k8s_job_op
from headrace.integrations.k8s.api import NoClusterError
from headrace_codeloc.engines.base import EngineUnavailableError
from headrace_codeloc.engines.kubernetes.engine import KubernetesEngine
from rig.kubernetes.cluster import Cluster, kubeconfig, unique
from rig.kubernetes.server import StandIn
from rig.kubernetes.workloads import python
from rig.ports import free_port
from rig.waiting import wait_until

OpenEngine = Callable[..., KubernetesEngine]


def execute(cluster: Cluster, **more: Any) -> str:
    """Executes a Job in a step, and returns a name that its Job and pod have as a label beside others."""
    mine = more.pop("mine", unique("mine"))

    @dg.op
    def one(context: dg.OpExecutionContext) -> None:
        execute_k8s_job(context, **{**where(cluster), "labels": {"test": mine}, **more})

    one(dg.build_op_context())
    return mine


def ours(cluster: Cluster, mine: str) -> list[str]:
    """The Jobs and pods with a label that are there."""
    labels = f"test={mine}"
    return [each["metadata"]["name"] for kind in ("jobs", "pods") for each in cluster.objects(kind, labels)]


def where(cluster: Cluster) -> dict[str, Any]:
    return {
        "image": cluster.image,
        "namespace": cluster.namespace,
        "kubeconfig_file": str(cluster.kubeconfig),
        "load_incluster_config": False,
    }


def test_jobs_run_one_after_the_other_and_what_they_print_is_output_of_the_step(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    config = {**where(cluster), "command": ["python", "-c"], "env_vars": ["GREETING=häß"]}
    first = k8s_job_op.configured({**config, "args": ["import os; print(os.environ['GREETING'] * 3000)"]}, "first")
    code = "import os; print('second', os.environ['FROM_CONFIG'])"
    raw = {"container_config": {"env": [{"name": "FROM_CONFIG", "value": "in the API's words"}]}}
    second = k8s_job_op.configured({**config, "args": [code], **raw}, "second")

    @dg.job
    def both() -> None:
        second(first())

    assert both.execute_in_process().success
    printed = capsys.readouterr().out
    assert printed.index("häß" * 3000) < printed.index("second in the API's words")


def test_a_job_that_fails_fails_the_step_and_is_deleted(cluster: Cluster) -> None:
    mine = unique("mine")
    with pytest.raises(dg.Failure, match=r"Job headrace-op-\w+ failed: its pod ended with code 3\."):
        execute(cluster, mine=mine, command=["python", "-c", "raise SystemExit(3)"])
    wait_until(lambda: not ours(cluster, mine), 20, "the end of what was made")


def test_a_job_that_failed_may_stay_to_be_looked_at(cluster: Cluster) -> None:
    mine = unique("mine")
    with pytest.raises(dg.Failure, match="ended with code 3"):
        execute(cluster, mine=mine, command=["python", "-c", "raise SystemExit(3)"], delete_failed_k8s_jobs=False)
    assert len(ours(cluster, mine)) == 2


def test_an_unknown_image_fails_the_step_with_what_to_do_and_nothing_is_left(cluster: Cluster) -> None:
    mine = unique("mine")
    image = "docker.io/headrace/no-such-image:1" if cluster.stand_in is None else "registry.test/missing:1"
    with pytest.raises(
        dg.Failure, match=r"its image .* cannot be pulled .*; push it, correct its name, or give image_"
    ):
        execute(cluster, mine=mine, image=image)
    wait_until(lambda: not ours(cluster, mine), 20, "the end of what was made")


def test_a_job_that_takes_too_long_is_deleted(cluster: Cluster) -> None:
    mine = unique("mine")
    with pytest.raises(dg.Failure, match="it did not end within 1 s"):
        execute(cluster, mine=mine, command=["python", "-c", "import time; time.sleep(600)"], timeout=1)
    wait_until(lambda: not ours(cluster, mine), 20, "the end of what was made")


def test_a_canceled_step_deletes_its_job(cluster: Cluster) -> None:
    mine, interrupts = unique("mine"), Interrupts()

    def interrupt() -> None:
        wait_until(lambda: len(ours(cluster, mine)) == 2, 20, "the pod")
        os.kill(os.getpid(), signal.SIGTERM)

    with interrupts.installed(), pytest.raises(dg.ExecutionInterruptedError):
        threading.Thread(target=interrupt, daemon=True).start()
        with interrupts.armed():
            execute(cluster, mine=mine, command=["python", "-c", "import time; time.sleep(600)"])
    wait_until(lambda: not ours(cluster, mine), 20, "the end of what was made")


def test_what_a_lost_worker_made_is_waited_for(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    name = unique("adopted")
    code = "import time; print('only once', flush=True); time.sleep(1)"
    for _ in range(2):
        execute(cluster, command=["python", "-c", code], k8s_job_name=name)
    assert len(cluster.objects("pods", f"job-name={name}")) == 1


def test_what_is_not_allowed_says_who_may_allow_it(cluster: Cluster, stand_in: StandIn) -> None:
    stand_in.api.forbidden.add(("create", "jobs"))
    try:
        with pytest.raises(dg.Failure, match=r"jobs is forbidden: .*; let the role of this service account do so"):
            execute(cluster)
    finally:
        stand_in.api.forbidden.clear()


def test_a_job_outlives_an_api_that_is_away(
    cluster: Cluster, stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = unique("mine")

    def restart() -> None:
        wait_until(lambda: len(ours(cluster, mine)) == 2, 20, "the pod")
        stand_in.stop_api()
        stand_in.start_api()

    thread = threading.Thread(target=restart)
    thread.start()
    code = "import time\nfor n in range(20): print('line', n, flush=True); time.sleep(0.1)"
    execute(cluster, mine=mine, command=["python", "-c", code])
    thread.join()
    assert [line for line in capsys.readouterr().out.splitlines() if "line" in line] == [
        f"line {number}" for number in range(20)
    ]


def test_a_cluster_that_does_not_answer_says_where_it_was_sought(cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(kubeconfig(f"http://127.0.0.1:{free_port()}", "token"))
    began = time.monotonic()
    with pytest.raises(dg.Failure, match=r"Kubernetes does not answer at http://127.0.0.1:\d+ .*KUBECONFIG"):
        execute(cluster, kubeconfig_file=str(path))
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("text", [None, "clusters: [", "- a list", "current-context: gone\ncontexts: []"])
def test_a_kubeconfig_that_says_nothing_is_told_with_what_to_do(
    cluster: Cluster, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "kubeconfig"
    if text is not None:
        path.write_text(text)
    with pytest.raises(NoClusterError, match="no Kubernetes cluster is configured: .*; name one by kubeconfig_file"):
        execute(cluster, kubeconfig_file=str(path))


async def test_an_engine_with_such_a_kubeconfig_waits_for_another(open_engine: OpenEngine, tmp_path: Path) -> None:
    engine = open_engine(kubeconfig_file=str(tmp_path / "nothing"))
    with pytest.raises(EngineUnavailableError, match="no Kubernetes cluster is configured"):
        await engine.start(python("pass"))

"""Many runs through Docker: none is lost, and starting one costs little more than the engine itself takes."""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rig.bare import importing_what_a_worker_needs
from rig.cluster import StartCluster
from rig.docker import IMAGE, DockerHost
from rig.waiting import wait_until

SWITCH = "HEADRACE_ENGINES_CROWD"
NUMBERS = Path(__file__).parents[2] / "examples/numbers/definitions.py"
RUNS, MEASURED = 50, 9
# What a run may take beyond a container that boots the same interpreter and imports the same code.
MOST_OVERHEAD_SECONDS = 0.3

pytestmark = pytest.mark.skipif(not os.environ.get(SWITCH), reason=f"takes minutes: set {SWITCH}=1, or `make engines`")


def bare_seconds(host: DockerHost, kwargs: dict[str, Any]) -> float:
    """How long the engine needs for a container with an interpreter that has imported the worker and the code."""
    client = host.client()
    program = f"{importing_what_a_worker_needs(NUMBERS)}; import time; print(time.time(), flush=True)"
    try:
        began = time.time()
        container = client.containers.create(IMAGE, [sys.executable, "-c", program], **kwargs)
        container.start()
        container.wait()
        ended = float(container.logs().split()[-1])
        container.remove(force=True)
        return ended - began
    finally:
        client.close()


@pytest.mark.timeout(600)
def test_fifty_runs_lose_none_and_cost_little_more_than_the_engine(
    start_cluster: StartCluster, docker_host: DockerHost, headrace_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kwargs = docker_host.kwargs(headrace_home.parent)
    launcher = {"docker": {"image": IMAGE, "container_kwargs": kwargs}}
    cluster = start_cluster(NUMBERS, settings={"run_launcher": launcher})
    with cluster.client() as client:
        client.wait(client.submit_job("process_numbers").run_id, timeout=60)
        bare, whole = [], []
        for _ in range(MEASURED):
            bare.append(bare_seconds(docker_host, kwargs))
            run = client.wait(client.submit_job("process_numbers").run_id, timeout=60)
            assert run.start_time is not None
            whole.append((run.start_time - run.create_time).total_seconds())
        overhead = statistics.median(whole) - statistics.median(bare)
        made = [client.submit_job("process_numbers") for _ in range(RUNS)]
        began = time.monotonic()
        ended = [client.wait(each.run_id, timeout=400) for each in made]
        took = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\nbare {statistics.median(bare):.3f} s, run {statistics.median(whole):.3f} s, overhead {overhead:.3f} s; "
            f"{RUNS} runs in {took:.1f} s"
        )
    assert [run.state for run in ended] == ["succeeded"] * RUNS
    assert overhead <= MOST_OVERHEAD_SECONDS
    wait_until(lambda: not docker_host.names(), 20, "the containers being removed")

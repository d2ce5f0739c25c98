"""How workers are started: by fork where that is safe, from a warm pool of interpreters where it is not."""

from __future__ import annotations

import grpc
import pytest

from headrace.api.types.v1 import run_pb2
from rig.coordinator import RecordingCoordinator
from rig.location import LOADED, StartLocation
from rig.waiting import wait_until

JOB = """
    import os
    import headrace as dg

    @dg.op
    def first(context):
        context.log.info("pid %d", os.getpid())
        {use}
        return 1

    @dg.op
    def second(value): {use}

    @dg.job(executor_def=dg.in_process_executor)
    def together(): second(first())

    @dg.job
    def apart(): second(first())
"""
POLARS = "pl.DataFrame({'a': [1, 2, 2]}).lazy().group_by('a').len().collect()"
CLUSTERS = "KMeans(2, n_init=1).fit([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])"
IMPORTS_POLARS = "import polars as pl\n" + JOB.replace("{use}", POLARS)
IMPORTS_CLUSTERS = "from sklearn.cluster import KMeans\n" + JOB.replace("{use}", CLUSTERS)


def dedented(source: str) -> str:
    """The job's text with the first line's indentation."""
    first, _, rest = source.partition("\n")
    return "    " + first + "\n" + rest


@pytest.mark.parametrize("source", [IMPORTS_POLARS, IMPORTS_CLUSTERS], ids=["polars", "scikit-learn"])
def test_code_that_only_imports_a_threaded_library_is_forked(
    start_location: StartLocation, coordinator: RecordingCoordinator, source: str
) -> None:
    location = start_location(dedented(source))
    info = location.info()
    assert (info.state, info.start_method) == (LOADED, "fork"), info.start_method_reason
    for job in ("together", "apart"):
        coordinator.add(job, job)
        location.start_worker(coordinator.address, job, job)
        assert coordinator.wait_finished(job, 60).state == run_pb2.RUN_STATE_SUCCEEDED


@pytest.mark.parametrize(
    ("source", "library"),
    [
        (IMPORTS_POLARS.replace("as pl\n", f"as pl; {POLARS}\n"), "polars"),
        (IMPORTS_CLUSTERS.replace("KMeans\n", f"KMeans; {CLUSTERS}\n", 1), "gomp"),
    ],
    ids=["polars", "scikit-learn"],
)
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_code_that_used_its_threads_at_import_gets_fresh_interpreters(
    start_location: StartLocation, coordinator: RecordingCoordinator, source: str, library: str
) -> None:
    location = start_location(dedented(source))
    info = location.info()
    assert (info.state, info.start_method) == (LOADED, "pool"), info.failure
    assert library in info.start_method_reason
    for number, job in enumerate(("together", "together", "apart")):
        coordinator.add(f"run-{number}", job)
        location.start_worker(coordinator.address, f"run-{number}", job)
    for number in range(3):
        run = coordinator.wait_finished(f"run-{number}", 90)
        assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure
    assert all(end.exit_code == 0 and end.signal == 0 for end in location.exits(3))


def test_a_python_thread_makes_forking_unsafe_and_is_named(start_location: StartLocation) -> None:
    location = start_location(
        """
        import threading, time
        import headrace as dg

        threading.Thread(target=time.sleep, args=(600,), name="poller", daemon=True).start()

        @dg.asset
        def anything(): ...
        """
    )
    info = location.info()
    assert (info.start_method, "Python thread 'poller'" in info.start_method_reason) == ("pool", True)


@pytest.mark.parametrize("method", ["fork", "pool", "spawn"])
def test_a_run_may_insist_on_a_start_method(
    start_location: StartLocation, coordinator: RecordingCoordinator, method: str
) -> None:
    location = start_location(JOB.replace("{use}", "pass"))
    for job in ("together", "apart"):
        coordinator.add(job, job)
        location.start_worker(coordinator.address, job, job, start_method=method)
        run = coordinator.wait_finished(job, 60)
        assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure


def test_a_member_of_the_pool_serves_one_worker_and_is_replaced(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(JOB.replace("{use}", "pass"), "--start-method", "pool", "--pool-size", "2")
    nursery = location.process.descendants()[0]
    wait_until(lambda: len(nursery.children()) == 3, what="the host and two members")
    before = {child.pid for child in nursery.children()}
    pids = set()
    for number in range(4):
        coordinator.add(f"run-{number}", "together")
        pids.add(location.start_worker(coordinator.address, f"run-{number}", "together").pid)
        coordinator.wait_finished(f"run-{number}")
    assert len(pids) == 4
    assert pids & before, "the first came from those that were ready"
    location.exits(4)
    wait_until(lambda: len(nursery.children()) == 3, what="the host and two new members")


def test_an_unknown_start_method_is_refused(start_location: StartLocation, coordinator: RecordingCoordinator) -> None:
    location = start_location(JOB.replace("{use}", "pass"))
    with pytest.raises(grpc.RpcError) as caught:
        location.start_worker(coordinator.address, "run-1", "together", start_method="teleport")
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "expected one of auto, fork, pool, spawn" in caught.value.details()

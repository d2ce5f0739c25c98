from __future__ import annotations

from datetime import datetime, timezone

from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder
from headrace_services.kit.metrics import Metrics
from headrace_services.launcher.metrics import LauncherMetrics
from headrace_services.launcher.workers import Workers

NOW = datetime(2024, 5, 1, tzinfo=timezone.utc)


def filled(count: int) -> Workers:
    workers = Workers(LauncherMetrics(Metrics()))
    for number in range(count):
        workers.started(f"worker {number}", LaunchOrder(run_id=f"run {number}", attempt=1), NOW)
    return workers


def test_workers_are_paged_through_in_the_order_of_their_start() -> None:
    workers = filled(5)
    page, more = workers.after("", 3)
    assert ([worker.run_id for worker in page], more) == (["run 0", "run 1", "run 2"], True)
    page, more = workers.after(page[-1].worker_id, 3)
    assert ([worker.run_id for worker in page], more) == (["run 3", "run 4"], False)


def test_a_worker_that_ended_is_listed_no_more() -> None:
    workers = filled(3)
    workers.ended("worker 1")
    workers.ended("never known")
    assert [worker.run_id for worker in workers.after("", 10)[0]] == ["run 0", "run 2"]


def test_the_oldest_of_very_many_are_forgotten_first() -> None:
    workers = filled(10_002)
    page, _ = workers.after("", 1)
    assert page[0].run_id == "run 2"

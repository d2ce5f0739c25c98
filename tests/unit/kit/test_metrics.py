"""Metrics: families every process has, label sets with an end, text that Prometheus's own tool accepts."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timezone

import pytest

from headrace.rpc.methods import method_of
from headrace_services.kit.metrics import Metrics


def exposed(metrics: Metrics) -> str:
    return metrics.exposition().decode()


def filled() -> Metrics:
    metrics = Metrics()
    method = method_of("/headrace.test.v1.A/Get")
    metrics.call_started(method)
    metrics.call_ended(method, "OK", 0.003)
    metrics.loop_succeeded("queue", 0.1, datetime(2026, 1, 1, tzinfo=timezone.utc), 600.0)
    metrics.loop_failed("queue", 0.1)
    metrics.counter("runs_finished", "Runs by final state.", ("state",)).add("succeeded")
    metrics.gauge("queued_runs", "Runs that wait.").set(3)
    metrics.histogram("run_start_seconds", "From launch to claim.").observe(0.03)
    return metrics


def test_calls_are_counted_by_method_and_code() -> None:
    text = exposed(filled())
    assert 'headrace_rpc_server_handled_total{code="OK",method="Get",rpc_service="headrace.test.v1.A"} 1.0' in text
    assert 'headrace_rpc_server_handling_seconds_count{method="Get",rpc_service="headrace.test.v1.A"} 1.0' in text
    assert 'headrace_rpc_server_open_calls{method="Get",rpc_service="headrace.test.v1.A"} 0.0' in text


def test_every_process_tells_what_it_is_and_what_it_uses() -> None:
    text = exposed(Metrics())
    assert 'headrace_build_info{python="3.' in text
    for family in ("process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"):
        assert f"\n{family} " in text


def test_a_family_declared_twice_is_one() -> None:
    metrics = Metrics()
    metrics.counter("runs", "Runs.").add()
    metrics.counter("runs", "Runs.").add(amount=2)
    assert "headrace_runs_total 3.0" in exposed(metrics)
    with pytest.raises(AssertionError, match="another kind"):
        metrics.gauge("runs", "Runs.")


def test_a_label_has_only_so_many_values() -> None:
    metrics = Metrics()
    runs = metrics.counter("runs", "Runs by job.", ("job", "state"), most_values=3)
    for number in range(1000):
        runs.add(f"job_{number}", "succeeded")
    text = exposed(metrics)
    assert text.count("headrace_runs_total{") == 4
    assert 'headrace_runs_total{job="other",state="succeeded"} 997.0' in text
    assert len(runs._series) == 4


def test_a_series_may_go_and_make_room() -> None:
    metrics = Metrics()
    locations = metrics.gauge("locations", "Locations.", ("name",), most_values=1)
    locations.set(1, "a")
    locations.remove("a")
    locations.remove("never there")
    locations.set(1, "b")
    text = exposed(metrics)
    assert 'name="b"' in text
    assert 'name="a"' not in text
    assert "other" not in text


def test_processes_do_not_share_series() -> None:
    Metrics().counter("runs", "Runs.").add()
    assert "headrace_runs_total" not in exposed(Metrics())


def test_the_text_passes_promtool() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    done = subprocess.run([promtool, "check", "metrics"], input=filled().exposition(), capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()

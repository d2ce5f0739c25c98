"""Headrace lists and ticks a code location that is written in another language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace.client.client import Client
from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until

LOCATION = "node"


@pytest.fixture
def client(supervisor: Supervisor, node_location: str, headrace_home: Path, tmp_path: Path) -> Iterator[Client]:
    host, _, port = node_location.partition(":")
    workspace = tmp_path / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n  - grpc_server: {{host: {host}, port: {port}, location_name: {LOCATION}}}\n", encoding="utf-8"
    )
    target = free_port()
    supervisor.headrace("dev", "-w", workspace, "--grpc-port", str(target), "--port", str(free_port()))
    with Client(f"127.0.0.1:{target}") as client:
        wait_until(lambda: loaded(client), what="the location being loaded", retry_on=(Exception,))
        yield client


def loaded(client: Client) -> bool:
    return [(location.name, location.state) for location in client.locations.list()] == [(LOCATION, "loaded")]


def test_its_definitions_are_listed(client: Client) -> None:
    [location] = client.locations.list()
    assert location.runtime.startswith("node ")
    assert {str(asset.key) for asset in client.assets.list()} == {"doubled_numbers", "raw_numbers"}
    assert [(schedule.name, schedule.job_name) for schedule in client.schedules.list()] == [
        ("every_minute", "double_numbers")
    ]


def test_its_schedule_is_ticked_and_makes_a_run(client: Client) -> None:
    evaluation = client.schedules.trigger("every_minute")
    assert evaluation.tick.result == "succeeded", evaluation.tick
    [requested] = evaluation.requested_runs
    # The minute itself may have been first: a run key makes one run.
    [run] = client.list_runs(tags={"headrace/run_key": requested.run_key})
    assert run.job_name == "double_numbers"
    assert run.tags["minute"] == requested.tags["minute"]
    assert requested.run_key == f"minute-{requested.tags['minute']}"
    assert any(tick.run_ids == (run.run_id,) for tick in client.schedules.ticks("every_minute"))

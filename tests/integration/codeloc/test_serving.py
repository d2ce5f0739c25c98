"""Where a location listens, and when it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.codeloc.v1 import worker_host_service_pb2 as workers_pb
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceStub
from headrace.rpc.channel import open_channel
from headrace.rpc.status import from_rpc_error
from rig.coordinator import RecordingCoordinator
from rig.location import LOADED, StartLocation
from rig.processes import Supervisor

CODE = """
    import headrace as dg

    @dg.op
    def do_it(): return 1

    @dg.job(executor_def=dg.in_process_executor)
    def a_job(): do_it()

    def make(): return dg.Definitions(jobs=[a_job])
"""


def test_an_address_in_use_is_named(start_location: StartLocation, supervisor: Supervisor) -> None:
    location = start_location(CODE)
    second = supervisor.python(
        "second", "-m", "headrace_codeloc", "-f", str(location.file), "--address", location.address
    )
    assert second.wait() == 1
    assert f"cannot listen on {location.address}" in second.output()


def test_a_location_may_listen_on_a_unix_socket(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("import headrace as dg\n@dg.asset\ndef one(): ...\n")
    address = f"unix:{tmp_path}/socket"
    process = supervisor.python("location", "-m", "headrace_codeloc", "-f", "code.py", "--address", address)
    ready = json.loads(process.wait_for_output(r"^\{.*\}$")[0])
    assert (ready["event"], ready["address"], ready["pid"]) == ("serving", address, process.pid)
    with open_channel(address) as channel:
        info = CodeLocationServiceStub(channel).GetServerInfo(pb.GetServerInfoRequest()).server_info
    assert info.contract_version == 1
    assert set(info.features) == {"backfills", "reload", "watch", "workers"}


def test_a_location_ends_with_its_parent_if_told_so(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("import time\ntime.sleep(600)\n")
    command = [sys.executable, "-m", "headrace_codeloc", "-f", "code.py", "--port", "0", "--exit-with-parent"]
    process = subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "serving"
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


def test_definitions_may_come_from_a_function_or_a_module(start_location: StartLocation, tmp_path: Path) -> None:
    by_function = start_location(CODE, "--attribute", "make")
    assert by_function.names("job") == ["a_job"]


@pytest.mark.parametrize("option", ["--module", "--package-name"])
def test_code_may_be_a_module_or_a_package(supervisor: Supervisor, tmp_path: Path, option: str) -> None:
    package = tmp_path / "team" / "pipelines"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from pipelines.assets import one\n")
    (package / "assets.py").write_text("import headrace as dg\n@dg.asset\ndef one(): ...\n")
    process = supervisor.python(
        "location", "-m", "headrace_codeloc", option, "pipelines", "-d", str(tmp_path / "team"), "--port", "0"
    )
    address = json.loads(process.wait_for_output(r"^\{.*\}$")[0])["address"]
    with open_channel(address) as channel:
        stream = CodeLocationServiceStub(channel).WatchServerInfo(pb.WatchServerInfoRequest(), timeout=20)
        states = []
        for response in stream:
            states.append(response.server_info.state)
            if states[-1] == LOADED:
                break
        stream.cancel()
    assert states[-1] == LOADED


def test_a_watch_of_workers_knows_its_own_cursors_only(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(CODE)
    coordinator.add("run-1", "a_job")
    location.start_worker(coordinator.address, "run-1", "a_job")
    location.exits(1)
    [first] = [next(location.workers.WatchWorkers(workers_pb.WatchWorkersRequest(), timeout=10))]
    assert first.caught_up and len(first.exits) == 1
    again = next(location.workers.WatchWorkers(workers_pb.WatchWorkersRequest(cursor=first.cursor), timeout=10))
    assert not again.exits
    with pytest.raises(grpc.RpcError) as caught:
        next(location.workers.WatchWorkers(workers_pb.WatchWorkersRequest(cursor="another-front:3"), timeout=10))
    assert from_rpc_error(caught.value).reason == "CURSOR_EXPIRED"


def test_no_more_workers_start_than_are_allowed(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(CODE, "--max-workers", "1")
    coordinator.unavailable = True
    location.start_worker(coordinator.address, "run-1", "a_job")
    with pytest.raises(grpc.RpcError) as caught:
        location.start_worker(coordinator.address, "run-2", "a_job")
    assert from_rpc_error(caught.value).reason == "QUEUE_FULL"


def test_a_second_interrupt_of_the_front_is_not_needed(start_location: StartLocation) -> None:
    location = start_location("import time\ntime.sleep(600)\n", wait=False)
    assert location.process.stop() == 0

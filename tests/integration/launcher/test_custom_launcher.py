"""A launcher and a policy that a deployment wrote itself: loaded by their class, doing what built-in ones do."""

from __future__ import annotations

import asyncio
import textwrap
from pathlib import Path
from typing import Any

import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import CancelRunRequest, ExplainRunsRequest
from headrace.api.types.v1 import run_pb2, run_wait_pb2
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.errors import InvalidConfigError
from headrace_services.kit.config.components import Custom
from headrace_services.kit.extend import RunLauncher, RunPolicy, load_custom
from rig.control_plane import StartControlPlane
from rig.location import StartLocation

RUNNING, CANCELED = run_pb2.RUN_STATE_RUNNING, run_pb2.RUN_STATE_CANCELED
SUCCEEDED, FAILED, STARTING = run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED, run_pb2.RUN_STATE_STARTING

PLUGINS = """
    import asyncio, os, signal, sys
    from headrace_services.kit.extend import Launch, RunLauncher, RunPolicy, WaitingRun, WorkerGoneError

    class Subprocesses(RunLauncher):
        def __init__(self, code, log, password=""):
            self.code, self.log, self.password = code, log, password
            self.processes = {}

        async def start(self, launch):
            if launch.job_name == "impossible":
                raise WorkerGoneError("no machine is large enough")
            if launch.launch_id in self.processes:
                return
            program = "import sys; from headrace_codeloc.work import work; sys.exit(work(sys.argv[1:]))"
            with open(self.log, "ab") as log:
                self.processes[launch.launch_id] = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", program, "-f", self.code,
                    env={**os.environ, **launch.environment()}, stdout=log, stderr=log,
                )

        async def stop(self, run_id, *, kill):
            for process in self.processes.values():
                if process.returncode is None:
                    process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)

        async def close(self):
            for process in self.processes.values():
                await process.wait()

    class OfficeHours(RunPolicy):
        def __init__(self, open):
            self.open = open

        def refuse(self, run):
            if run.tags.get("broken"):
                raise KeyError("no such calendar")
            return "" if run.tags.get("urgent") or self.open else "nobody is in the office"

    class Unrelated:
        pass
"""

JOBS = """
    import time
    from headrace import job, op

    @op
    def one():
        return 1

    @job
    def sums():
        one()

    @job
    def impossible():
        one()

    @op
    def nap():
        time.sleep(60)

    @job
    def napping():
        nap()
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The module of the deployment's own classes."""
    name = f"plugins_{tmp_path.name.replace('-', '_')}"
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / f"{name}.py").write_text(textwrap.dedent(PLUGINS))
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    return name


async def test_runs_are_executed_and_canceled_in_the_engine_of_a_launcher_of_ones_own(
    start_control_plane: StartControlPlane,
    start_location: StartLocation,
    plugins: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENGINE_PASSWORD", "s3cr3t")
    location = await asyncio.to_thread(start_location, JOBS)
    config = {"code": str(location.file), "log": str(tmp_path / "log"), "password": {"env": "ENGINE_PASSWORD"}}
    launcher = Custom("run_launcher", plugins, "Subprocesses", config)
    plane = await start_control_plane("storage", "coordinator", "launcher", run_launcher=launcher)
    await plane.add_location("jobs", location.address)

    run = await plane.submit(job_name="sums")
    ended = await plane.run_in(run.run_id, SUCCEEDED, FAILED, timeout=20)
    assert (ended.state, ended.attempt) == (SUCCEEDED, 1), (tmp_path / "log").read_text()

    refused = await plane.submit(job_name="impossible")
    ended = await plane.run_in(refused.run_id, FAILED, SUCCEEDED, timeout=20)
    assert "no machine is large enough" in ended.failure.message

    napping = await plane.submit(job_name="napping")
    await plane.run_in(napping.run_id, RUNNING, timeout=20)
    await plane.coordinator.CancelRun(CancelRunRequest(request_id=plane.ids.uuid7(), run_id=napping.run_id))
    await plane.run_in(napping.run_id, CANCELED, timeout=20)


async def test_a_policy_of_ones_own_holds_runs_back_and_says_why(
    start_control_plane: StartControlPlane, start_location: StartLocation, plugins: str
) -> None:
    policy = Custom("run_coordinator", plugins, "OfficeHours", {"open": False})
    plane = await start_control_plane("storage", "coordinator", run_policy=policy)
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    waiting = await plane.submit(job_name="sums")
    broken = await plane.submit(job_name="sums", tags=[Tag(key="broken", value="yes")])
    urgent = await plane.submit(job_name="sums", tags=[Tag(key="urgent", value="yes")])
    await plane.run_in(urgent.run_id, STARTING)
    answer = await plane.coordinator.ExplainRuns(ExplainRunsRequest(run_ids=[waiting.run_id, broken.run_id]))
    waits = [each.waits[0] for each in answer.explanations]
    assert {wait.kind for wait in waits} == {run_wait_pb2.RUN_WAIT_KIND_POLICY}
    assert [wait.message for wait in waits] == [
        "nobody is in the office",
        "the policy failed: KeyError: 'no such calendar'",
    ]


@pytest.mark.parametrize(
    ("module", "name", "config", "said"),
    [
        ("no_such_module", "X", {}, "run_launcher: no_such_module cannot be imported here"),
        (None, "Absent", {}, "is not there"),
        (None, "Unrelated", {}, "is no subclass of headrace_services.kit.extend.run_launcher.RunLauncher"),
        (
            None,
            "Subprocesses",
            {"password": "hunter2"},
            "could not be made of its config: TypeError; given were password",
        ),
        (None, "Subprocesses", {"password": {"env": "NOT_THERE"}}, "the environment variable NOT_THERE is not set"),
    ],
)
def test_a_class_that_cannot_be_used_is_told_with_where_it_stands_and_without_secrets(
    plugins: str, module: str | None, name: str, config: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidConfigError) as caught:
        load_custom(Custom("run_launcher", module or plugins, name, config), RunLauncher)  # type: ignore[type-abstract]
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_policy_is_no_launcher(plugins: str) -> None:
    with pytest.raises(InvalidConfigError, match="run_coordinator"):
        load_custom(Custom("run_coordinator", plugins, "Subprocesses", {}), RunPolicy)  # type: ignore[type-abstract]

"""Each attempt has a process of its own, and whatever happens to it is told."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from headrace.errors import UnmetExecutorRequirementsError
from headrace.execute.capture import FileCapture
from headrace.execute.events.event import Event, LogRecorded, StepFailed, StepRetryScheduled, StepSkipped, StepSucceeded
from headrace.execute.runners.zygote import Zygote
from headrace.execute.runs.local import execute_job_locally
from headrace.execute.runs.run import RunOutcome, execute_run
from headrace.execute.spec import RunSpec
from rig.waiting import wait_until

sys.path.insert(0, os.path.dirname(__file__))
import process_jobs

START_METHODS = ("fork", "spawn")
LONG = 60.0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


class Ran:
    """A run of one of the jobs."""

    def __init__(self, job_name: str, start_method: str = "fork", *, config: Any = None, **execution: Any) -> None:
        self.job = getattr(process_jobs, job_name)
        settings = {"start_method": {start_method: {}}, **execution}
        self.spec = RunSpec("run", job_name, {**(config or {}), "execution": {"config": settings}})
        self.events: list[Event] = []

    def execute(self, **more: Any) -> RunOutcome:
        return execute_job_locally(
            self.job, self.spec, emit=self.events.append, resolve_job=process_jobs.find_job, **more
        )

    def details(self, kind: type[Any]) -> dict[str, Any]:
        return {event.step_key: event.detail for event in self.events if isinstance(event.detail, kind)}


def stored(home: Path, step: str, output: str = "result") -> Any:
    return pickle.loads((home / "storage" / "run" / step / output).read_bytes())


@pytest.mark.parametrize("start_method", START_METHODS)
def test_every_step_has_its_own_process_and_outputs_travel(start_method: str, home: Path) -> None:
    ran = Ran("isolated", start_method)
    assert ran.execute().state == "succeeded"
    pids = stored(home, "pids")
    assert len({*pids, os.getpid()}) == 6
    assert {event.step_key for event in ran.events} == {"pids", *(f"pid_{n}" for n in range(4))}
    assert all(isinstance(event.detail, StepSucceeded) for event in ran.events[-1:])


@pytest.mark.parametrize("start_method", START_METHODS)
@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("kill", "The process of the step was killed by SIGKILL. The machine may have been out of memory."),
        ("exit", "The process of the step exited with code 7 before it reported a result."),
        ("sys.exit", "3"),
    ],
)
def test_a_process_that_dies_fails_its_step_only(start_method: str, how: str, message: str, tmp_path: Path) -> None:
    ran = Ran("crashing", start_method, config={"ops": {"dies": {"config": how}}})
    outcome = ran.execute(capture=FileCapture(tmp_path / "logs"))
    assert outcome.state == "failed"
    assert outcome.failure is not None
    assert outcome.failure.message == message
    assert ran.details(StepFailed).keys() == {"dies"}
    assert ran.details(StepSkipped).keys() == {"below"}
    assert ran.details(StepSucceeded).keys() == {"beside"}
    assert (tmp_path / "logs" / "run" / "dies.1.out").read_text() == "last words\n"


def test_a_crash_is_retried_as_the_policy_says(home: Path) -> None:
    ran = Ran("recovering")
    assert ran.execute().state == "succeeded"
    assert ran.details(StepRetryScheduled)["crashes_once"].failure.type == "StepProcessCrashed"
    assert stored(home, "crashes_once") == 1


def test_no_more_processes_than_allowed_at_once(home: Path) -> None:
    ran = Ran("isolated", max_concurrent=1)
    assert ran.execute().state == "succeeded"
    open_steps = 0
    for event in ran.events:
        open_steps += {"StepStarted": 1, "StepSucceeded": -1}.get(type(event.detail).__name__, 0)
        assert open_steps <= 1


def test_large_events_and_events_of_threads_arrive_whole() -> None:
    ran = Ran("talking")
    assert ran.execute().state == "succeeded"
    messages = [event.detail.message for event in ran.events if isinstance(event.detail, LogRecorded)]
    assert sorted(map(len, messages)) == [50_000] * 8 + [500_000]


def test_a_process_left_behind_by_user_code_does_not_hold_the_run_up() -> None:
    assert Ran("leaving").execute().state == "succeeded"


def test_each_process_sets_up_and_tears_down_its_resources(tmp_path: Path) -> None:
    log = tmp_path / "resource.log"
    ran = Ran("with_resource", config={"resources": {"file": {"config": str(log)}}})
    assert ran.execute().state == "succeeded"
    lines = log.read_text().splitlines()
    assert sorted(line.split()[0] for line in lines) == ["down", "down", "up", "up"]
    assert len({line.split()[1] for line in lines}) == 2


def test_outputs_in_memory_cannot_leave_their_process() -> None:
    ran = Ran("in_memory")
    with pytest.raises(UnmetExecutorRequirementsError, match=r"kept in memory.*in_process_executor"):
        ran.execute()
    assert ran.events == []


def test_a_manager_that_turns_out_to_keep_outputs_in_memory_fails_its_step() -> None:
    outcome = Ran("in_memory_after_all").execute()
    assert outcome.failure is not None
    assert "InMemoryIOManager" in outcome.failure.message


def test_a_value_that_cannot_be_pickled_is_told() -> None:
    outcome = Ran("unstorable").execute()
    assert outcome.failure is not None
    assert outcome.failure.message == "While storing output 'result' of step 'unpicklable':"
    assert outcome.failure.cause is not None
    assert "Object of type lock is not picklable" in outcome.failure.cause.message


def test_code_that_a_fresh_interpreter_cannot_load_fails_the_step_with_the_reason() -> None:
    ran = Ran("isolated", "spawn")
    outcome = execute_job_locally(ran.job, ran.spec, emit=ran.events.append, resolve_job=process_jobs.find_nothing)
    assert outcome.state == "failed"
    assert outcome.failure is not None
    assert outcome.failure.message == "No module named 'their_library'"


@pytest.mark.parametrize("start_method", START_METHODS)
@pytest.mark.parametrize("stubborn", [False, True])
def test_cancel_interrupts_then_kills(start_method: str, stubborn: bool, tmp_path: Path) -> None:
    ran = waiting_run(tmp_path, stubborn, start_method)
    outcome, pid = cancel_when_started(ran, tmp_path, grace=0.2 if stubborn else LONG)
    assert outcome.state == "canceled"
    assert ran.details(StepFailed).keys() == {"waits"}
    assert "below" not in {event.step_key for event in ran.events}
    assert (tmp_path / "cleaned").exists() is not stubborn
    assert not alive(pid)
    wait_until(lambda: not alive(int((tmp_path / "child").read_text())), what="the end of the grandchild")


def test_a_callable_cancels_as_well(tmp_path: Path) -> None:
    ran, asked = waiting_run(tmp_path, False), threading.Event()
    threading.Thread(target=lambda: (started(tmp_path), asked.set()), daemon=True).start()
    zygote = Zygote.fork(lambda _: ran.job)
    outcome = execute_run(ran.job, ran.spec, emit=ran.events.append, cancelled=asked.is_set, steps=zygote.open_steps)
    assert outcome.state == "canceled"
    assert (tmp_path / "cleaned").exists()


def test_when_the_zygote_dies_its_children_die_and_the_run_says_so(tmp_path: Path) -> None:
    ran = waiting_run(tmp_path, True)
    zygote = Zygote.fork(lambda _: ran.job)
    children: list[int] = []

    def kill() -> None:
        children.append(started(tmp_path))
        os.kill(zygote.pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(Exception, match="The process that forks the steps of this run has died"):
        execute_run(ran.job, ran.spec, emit=ran.events.append, steps=zygote.open_steps)
    wait_until(lambda: not alive(children[0]), what="the end of the step's process")


def test_when_the_run_process_dies_everything_below_dies(tmp_path: Path) -> None:
    ran = waiting_run(tmp_path, True)
    run_process = os.fork()
    if run_process == 0:
        try:
            ran.execute()
        finally:
            os._exit(0)
    step = started(tmp_path)
    os.kill(run_process, signal.SIGKILL)
    os.waitpid(run_process, 0)
    wait_until(lambda: not alive(step), what="the end of the step's process")


def test_no_descriptor_and_no_process_is_left(tmp_path: Path) -> None:
    Ran("isolated").execute()
    began, before = time.time(), len(os.listdir("/proc/self/fd"))
    Ran("isolated").execute()
    Ran("isolated", "spawn").execute()
    assert len(os.listdir("/proc/self/fd")) == before
    # What other tests have left behind may become a child of this process at any time.
    names = ("headrace", "python")
    left = [
        each for each in psutil.Process().children() if each.create_time() >= began and each.name().startswith(names)
    ]
    assert left == []


def waiting_run(directory: Path, stubborn: bool, start_method: str = "fork") -> Ran:
    settings = {"directory": str(directory), "stubborn": stubborn}
    return Ran("waiting", start_method, config={"ops": {"waits": {"config": settings}}})


def started(directory: Path) -> int:
    """Waits for the step to start; returns its process id."""
    path = wait_until(lambda: next(directory.glob("started.*"), None), what="the start of the step")
    return int(path.suffix[1:])


def cancel_when_started(ran: Ran, directory: Path, grace: float) -> tuple[RunOutcome, int]:
    children: list[int] = []

    def cancel() -> None:
        children.append(started(directory))
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=cancel, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("headrace.execute.runners.process_steps.INTERRUPT_GRACE", grace)
        return ran.execute(), children[0]


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False

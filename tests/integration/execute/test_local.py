"""A run in one process can be canceled, and its user code cleans up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from headrace.definitions.jobs.decorator import job
from headrace.definitions.jobs.executor import in_process_executor
from headrace.definitions.ops.decorator import op
from headrace.definitions.resources.resource import resource
from headrace.errors import UnmetExecutorRequirementsError
from headrace.execute.capture import FileCapture
from headrace.execute.events.event import Event, LogsCaptured, StepFailed
from headrace.execute.interrupts import Interrupts
from headrace.execute.runners.zygote import Zygote
from headrace.execute.runs.local import execute_job_locally
from headrace.execute.runs.run import execute_run
from headrace.execute.spec import RunSpec

LONG = 60


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "home"))


def test_a_signal_interrupts_the_step_and_tears_everything_down() -> None:
    log: list[str] = []
    running = threading.Event()

    @resource
    def client() -> Any:
        yield "client"
        log.append("resource down")

    @op(required_resource_keys={"client"})
    def waits() -> None:
        try:
            running.set()
            time.sleep(LONG)  # noqa: TID251
        finally:
            log.append("cleaned")

    @op
    def never() -> None:
        log.append("never")

    @job(executor_def=in_process_executor, resource_defs={"client": client})
    def waiting() -> None:
        waits()
        never()

    def cancel() -> None:
        running.wait(LONG)
        while not log:
            # A signal that comes just before a system call does not interrupt it; whoever sends them, repeats them.
            os.kill(os.getpid(), signal.SIGTERM)
            ended.wait(0.05)

    ended = threading.Event()
    canceler = threading.Thread(target=cancel)
    canceler.start()
    events: list[Event] = []
    before = signal.getsignal(signal.SIGTERM)
    assert execute_job_locally(waiting, RunSpec("run", "waiting"), emit=events.append).state == "canceled"
    canceler.join()
    assert log == ["cleaned", "resource down"]
    assert [event.step_key for event in events if isinstance(event.detail, StepFailed)] == ["waits"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_request_of_another_thread_interrupts_as_well() -> None:
    interrupts, running = Interrupts(), threading.Event()

    @op
    def waits() -> None:
        running.set()
        time.sleep(LONG)  # noqa: TID251

    @job(executor_def=in_process_executor)
    def waiting() -> None:
        waits()

    def cancel() -> None:
        running.wait(LONG)
        interrupts.request()

    threading.Thread(target=cancel, daemon=True).start()
    with interrupts.installed():
        outcome = execute_run(waiting, RunSpec("run", "waiting"), emit=lambda _: None, cancelled=interrupts)
    assert outcome.state == "canceled"
    interrupts.close()


def test_a_cancel_is_not_slept_through_while_a_retry_is_due() -> None:
    from headrace.definitions.ops.failure import RetryRequested
    from headrace.execute.events.event import StepRetryScheduled

    @op
    def later() -> None:
        raise RetryRequested(seconds_to_wait=LONG)

    @job(executor_def=in_process_executor)
    def retried() -> None:
        later()

    def emit(event: Event) -> None:
        if isinstance(event.detail, StepRetryScheduled):
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()

    started = time.monotonic()
    assert execute_job_locally(retried, RunSpec("run", "retried"), emit=emit).state == "canceled"
    assert time.monotonic() - started < LONG / 2


def test_output_of_in_process_steps_is_captured(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    @op
    def speaks() -> None:
        os.write(1, b"to the descriptor\n")

    @job(executor_def=in_process_executor)
    def speaking() -> None:
        speaks()

    events: list[Event] = []
    spec = RunSpec("run", "speaking")
    execute_job_locally(speaking, spec, emit=events.append, capture=FileCapture(tmp_path))
    (captured,) = [event.detail for event in events if isinstance(event.detail, LogsCaptured)]
    assert (tmp_path / captured.stdout).read_text() == "to the descriptor\n"
    assert capfd.readouterr().out == ""


THREADS = """
import threading
from headrace.execute.runs.local import fork_hazard
done = threading.Event()
assert fork_hazard() is None
thread = threading.Thread(target=done.wait, name="busy")
thread.start()
assert fork_hazard() == "other threads are running: busy"
done.set()
"""


def test_threads_speak_against_forking() -> None:
    # In an interpreter of its own: this one has threads of other tests.
    subprocess.run([sys.executable, "-c", THREADS], check=True, timeout=30)


def test_objects_of_the_caller_cannot_reach_other_processes() -> None:
    @op
    def nothing() -> None: ...

    @job
    def empty() -> None:
        nothing()

    zygote = Zygote.fork(lambda _: empty)
    try:
        with pytest.raises(UnmetExecutorRequirementsError, match="cannot reach steps that run in processes"):
            execute_run(
                empty, RunSpec("r", "empty"), emit=lambda _: None, steps=zygote.open_steps, resources={"a": object()}
            )
    finally:
        zygote.close()

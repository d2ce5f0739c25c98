"""Real processes under test: started, watched through their output, killed by signal, and always reaped."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil
import pytest

from rig.waiting import PATIENCE, wait_until

MARK = "HEADRACE_TESTS_SCOPE"
PR_SET_CHILD_SUBREAPER = 36
TAIL = 60
GRACE = 5.0


class SupervisedProcess:
    """A running command whose output goes to a file that can be read and waited on."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def output(self) -> str:
        """Everything it wrote so far to its standard output and error."""
        return self.log.read_text(errors="replace")

    def wait_for_output(self, pattern: str, timeout: float = PATIENCE) -> re.Match[str]:
        """Waits until the output matches a regular expression; fails at once when the process ends before that."""

        def look() -> re.Match[str] | None:
            ended = not self.running
            match = re.search(pattern, self.output(), re.MULTILINE)
            if ended and not match:
                raise AssertionError(f"{self} ended with {self.process.returncode} before writing {pattern!r}")
            return match

        try:
            match = wait_until(look, timeout, what=f"{self.name} writing {pattern!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from None
        assert match is not None
        return match

    def wait(self, timeout: float = PATIENCE) -> int:
        """Waits for its end and returns its exit code."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self} did not end within {timeout:g} s\n{self.tail()}") from None

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends a signal to the process alone; what it started lives on."""
        if self.running:
            self.process.send_signal(number)

    def stop(self, timeout: float = PATIENCE) -> int:
        """Asks it to end and returns its exit code."""
        self.kill(signal.SIGTERM)
        return self.wait(timeout)

    def descendants(self) -> list[psutil.Process]:
        """The processes it started, and those that they started."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def tail(self) -> str:
        """The last lines of its output, for messages."""
        return "\n".join([f"--- {self.name}", *self.output().splitlines()[-TAIL:]])

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


class Supervisor:
    """Starts processes and ends them all, whatever they started included."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.processes: list[SupervisedProcess] = []
        self._scope = uuid.uuid4().hex
        _adopt_orphans()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> SupervisedProcess:
        """Starts a command, with `env` added to our own environment."""
        number = sum(process.name == name for process in self.processes)
        log = self.directory / (f"{name}.{number}.log" if number else f"{name}.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {}), MARK: self._scope},
                cwd=cwd or self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        supervised = SupervisedProcess(name, process, log)
        self.processes.append(supervised)
        return supervised

    def python(self, name: str, *arguments: str | Path, env: Mapping[str, str] | None = None) -> SupervisedProcess:
        """Starts this environment's interpreter."""
        return self.start(name, [sys.executable, *arguments], env)

    def headrace(
        self, *arguments: str | Path, name: str = "", env: Mapping[str, str] | None = None
    ) -> SupervisedProcess:
        """Starts a `headrace` command, named by its first words unless `name` says otherwise."""
        words = [str(argument) for argument in arguments[:2] if not str(argument).startswith("-")]
        return self.python(name or "-".join(words), "-m", "headrace.cli.main", *arguments, env=env)

    def close(self) -> None:
        """Kills and reaps every process of this supervisor and every process that descends from one."""
        for process in self.processes:
            process.kill(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.process.wait(max(0.0, deadline - time.monotonic()))
        for process in self.processes:
            process.kill()
            process.process.wait()
        self._end_descendants()

    def _end_descendants(self) -> None:
        orphans = [child for child in psutil.Process().children(recursive=True) if self._is_ours(child)]
        for orphan in orphans:
            try:
                orphan.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(orphans, timeout=10)

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == self._scope
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            return False


SUPERVISOR = pytest.StashKey[Supervisor]()
"""Where a test keeps its supervisor, for its report."""


def is_alive(pid: int) -> bool:
    """Tells whether a process runs; one that ended and was not reaped yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _adopt_orphans() -> None:
    """Makes this process the new parent of orphaned descendants, so that detached workers can be found and reaped."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)


@pytest.fixture
def supervisor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Supervisor]:
    """Starts processes for a test and ends them after it; their output is shown when the test fails."""
    directory = tmp_path / "processes"
    directory.mkdir()
    supervisor = Supervisor(directory)
    request.node.stash[SUPERVISOR] = supervisor
    yield supervisor
    supervisor.close()

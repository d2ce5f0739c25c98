"""One system under measurement: how to start it, how to run jobs on it, what it costs while nothing happens.

Every side offers the same five jobs:

- ``one``: one op, which writes the time of its first line into the file named by BENCH_STAMP;
- ``seed_processes``, ``seed_in_process``: the six ops of the numbers example, a process per step or one for all;
- ``wide_in_process``, ``wide_processes``: 200 and 40 ops without dependencies that do nothing.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

START_TIMEOUT = 90.0
STOP_TIMEOUT = 20.0
WIDE_IN_PROCESS, WIDE_PROCESSES = 200, 40


class Side(ABC):
    """A system in a directory of its own; subclasses say how to talk to it."""

    name: str

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.stamp = directory / "stamp"
        self.env = {**os.environ, "BENCH_STAMP": str(self.stamp)}
        self._processes: list[subprocess.Popen[bytes]] = []

    @abstractmethod
    def start(self) -> None:
        """Starts everything and returns once a job could be submitted."""

    @abstractmethod
    def run(self, job: str, count: int = 1) -> None:
        """Submits a job `count` times at once and returns when all have succeeded."""

    def stop(self) -> None:
        """Ends every process."""
        family = self.family()
        for process in self._processes:
            process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs(family, timeout=STOP_TIMEOUT)
        for process in alive:
            process.kill()
        for started in self._processes:
            started.wait()
        self._processes.clear()

    def spawn(self, *command: str | Path) -> None:
        """Starts one of its processes; output goes to a log in its directory."""
        log = (self.directory / f"{Path(command[0]).name}-{len(self._processes)}.log").open("ab")
        with log:
            self._processes.append(
                subprocess.Popen(
                    [str(part) for part in command],
                    cwd=self.directory,
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def await_ready(self, ready: Callable[[], bool], pause: float = 0.02) -> None:
        """Polls `ready`, taking refused connections as "not yet"."""
        deadline = time.monotonic() + START_TIMEOUT
        while not self._is_ready(ready):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} was not ready within {START_TIMEOUT:g} s; see {self.directory}")
            for process in self._processes:
                if process.poll() is not None:
                    raise RuntimeError(f"{self.name} ended while starting; see {self.directory}")
            time.sleep(pause)

    @staticmethod
    def _is_ready(ready: Callable[[], bool]) -> bool:
        try:
            return ready()
        except (OSError, RuntimeError):
            return False

    def family(self) -> list[psutil.Process]:
        """All its processes, children of children included."""
        found = []
        for started in self._processes:
            try:
                process = psutil.Process(started.pid)
                found += [process, *process.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
        return found


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Tells whether somebody accepts connections at a port; a client that asks before that waits out its own back-off."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


def proportional_megabytes(processes: Sequence[psutil.Process]) -> float:
    """Memory of a family of processes, pages that several share counted once."""
    return sum(process.memory_full_info().pss for process in processes) / 1e6


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Processor time that a family of processes has used so far."""
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))

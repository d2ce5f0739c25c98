"""The kernel ends a process in time, also one that is frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such timers")

WAIT = """
import sys, time
from headrace_codeloc.worker.kill_timer import KillTimer
timer = KillTimer()
timer.set(time.monotonic() + 60)
timer.set(time.monotonic() + {seconds})
print("set", flush=True)
time.sleep(120)
"""


@pytest.mark.parametrize("frozen", [False, True], ids=["awake", "frozen"])
def test_a_process_ends_when_its_time_is_over(frozen: bool) -> None:
    process = subprocess.Popen([sys.executable, "-c", WAIT.format(seconds=0.3)], stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None and process.stdout.readline() == b"set\n"
        if frozen:
            os.kill(process.pid, signal.SIGSTOP)
        assert process.wait(timeout=60) == -signal.SIGKILL


def test_a_time_that_is_over_already_ends_it_at_once() -> None:
    process = subprocess.run([sys.executable, "-c", WAIT.format(seconds=-5)], check=False, timeout=60)
    assert process.returncode == -signal.SIGKILL

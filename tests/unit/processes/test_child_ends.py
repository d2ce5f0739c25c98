"""A process of one thread that waits for something else learns of its children's ends."""

from __future__ import annotations

import select
import signal
import subprocess
import sys

from headrace.processes.groups import signal_group

# In an interpreter of its own: the signal handler and the wakeup descriptor belong to the whole process.
SCRIPT = """
import os, select, signal
from headrace.processes.child_ends import ChildEnds

ends = ChildEnds()
readable = lambda seconds: bool(select.select([ends], [], [], seconds)[0])
assert not readable(0)
held, release = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(release)
    ends.leave()
    os.read(held, 1)
    os._exit(signal.getsignal(signal.SIGCHLD) is not signal.SIG_DFL or signal.set_wakeup_fd(-1) != -1)
assert not readable(0.05)
os.close(release)
assert readable(20)
ends.clear()
assert not readable(0)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
"""


def test_the_end_of_a_child_wakes_and_a_child_keeps_nothing_of_it() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_signal_reaches_what_a_process_has_started() -> None:
    leader = subprocess.Popen(
        ["sh", "-c", "sleep 600 & echo started; wait"], stdout=subprocess.PIPE, start_new_session=True
    )
    assert leader.stdout is not None and leader.stdout.readline() == b"started\n"
    signal_group(leader.pid, signal.SIGKILL)
    assert leader.wait(20) == -signal.SIGKILL
    # The pipe ends when the last that holds it is gone.
    assert select.select([leader.stdout], [], [], 20)[0]
    assert leader.stdout.read() == b""
    leader.stdout.close()


def test_a_process_without_a_group_of_its_own_is_signaled_alone_and_one_that_is_gone_is_not() -> None:
    child = subprocess.Popen(["sleep", "600"])
    signal_group(child.pid, signal.SIGTERM)
    assert child.wait(20) == -signal.SIGTERM
    signal_group(child.pid, signal.SIGTERM)

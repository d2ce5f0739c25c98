from __future__ import annotations

import signal
from pathlib import Path

import pytest

from rig.processes import Supervisor, is_alive
from rig.waiting import wait_until

SPEAKS_AND_STAYS = "import signal; print('ready on 4711', flush=True); signal.pause()"
LEAVES_A_DETACHED_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
print("child", child.pid, flush=True)
"""


def test_output_is_waited_for(supervisor: Supervisor) -> None:
    process = supervisor.python("speaker", "-c", SPEAKS_AND_STAYS)
    assert process.wait_for_output(r"ready on (\d+)")[1] == "4711"
    assert process.running


def test_an_early_end_is_told_with_the_output(supervisor: Supervisor) -> None:
    process = supervisor.python("failing", "-c", "raise SystemExit('no such port')")
    with pytest.raises(AssertionError, match=r"(?s)ended with 1 before writing 'ready'.*no such port"):
        process.wait_for_output("ready")


def test_a_process_ends_by_the_signal_it_is_sent(supervisor: Supervisor) -> None:
    process = supervisor.python("speaker", "-c", SPEAKS_AND_STAYS)
    process.wait_for_output("ready")
    process.kill(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_detached_descendants_end_with_the_test(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    process = supervisor.python("parent", "-c", LEAVES_A_DETACHED_CHILD)
    child = int(process.wait_for_output(r"child (\d+)")[1])
    assert process.wait() == 0
    assert is_alive(child)
    supervisor.close()
    wait_until(lambda: not is_alive(child), what="the end of the detached child")

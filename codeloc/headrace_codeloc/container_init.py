"""Being the first process of a container.

The kernel protects such a process: signals that it has no handler for do not reach it, not even its own SIGKILL. A worker
must be mortal, or it would outlive its lease. So the first process does nothing but look after the worker, its child.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

_FIRST = 1
_SIGNALLED = 128


def leave_first_place() -> None:
    """Returns in a process that is not the first of its container; the one that is ends with that one's exit code."""
    if os.getpid() != _FIRST:
        return
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.setsid()
        return

    def forward(number: int, _frame: FrameType | None) -> None:
        try:
            os.kill(child, number)
        except ProcessLookupError:
            pass  # it has just ended

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, forward)
    while True:
        pid, wait_state = os.wait()
        # Orphans of the whole container end here too.
        if pid == child:
            code = os.waitstatus_to_exitcode(wait_state)
            os._exit(code if code >= 0 else _SIGNALLED - code)

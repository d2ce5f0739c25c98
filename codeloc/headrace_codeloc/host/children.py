"""Forking off the host, and what every child lets go of."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence

from headrace.processes.parent_death import ParentDeath

_RESET = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP)


def fork_child(body: Callable[[], int], *, closing: Sequence[int], dies_with_host: ParentDeath | None = None) -> int:
    """Forks a child that runs `body` and exits with what it returns; returns the child's process id.

    Args:
        body: Runs in the child.
        closing: Descriptors of the host that the child closes first.
        dies_with_host: Set if the kernel is to end the child together with the host.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in _RESET:
            signal.signal(number, signal.SIG_DFL)
        if dies_with_host is not None:
            dies_with_host.arm()
        for fd in closing:
            os.close(fd)
        # From now on a dump of the stack goes to the child's own standard error.
        faulthandler.register(signal.SIGUSR2, sys.stderr, all_threads=True)
        code = body()
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass  # the user's code closed it
        os._exit(code)
    raise AssertionError("a child never gets here")

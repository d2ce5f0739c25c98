"""Asking the kernel to end a process together with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


class ParentDeath:
    """Make it in the parent, `arm` it in the child.

    The C library is looked up in the parent, so that the child imports nothing. Only Linux offers this; elsewhere arming
    does nothing, and children notice by the end of their pipes.

    Args:
        parent: The parent's process id; that of this process when left out.
    """

    def __init__(self, parent: int | None = None) -> None:
        self._parent = os.getpid() if parent is None else parent
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def arm(self) -> None:
        """From now on this process is killed when its parent ends."""
        if self._prctl is None:
            return
        self._prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGKILL)

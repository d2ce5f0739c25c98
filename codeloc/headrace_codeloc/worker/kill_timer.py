"""Asking the kernel to end this process at a given time, whatever it is doing then.

A process that was frozen (stopped, swapped out, on a suspended machine) wakes up in the middle of user code, and its own
threads may need a while to notice that its time is over. The kernel needs none: it kills a stopped process too.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import time

_SIGEV_SIGNAL = 0
_TIMER_ABSTIME = 1
_NANOS = 1_000_000_000


class _SigEvent(ctypes.Structure):
    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signo", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("padding", ctypes.c_char * 48),
    )


class _TimerSpec(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_long) for name in ("every_s", "every_ns", "at_s", "at_ns"))


class KillTimer:
    """A timer that ends in SIGKILL. Children do not inherit it.

    Only Linux offers this; elsewhere, and where the C library has no such timers, setting it does nothing.
    """

    def __init__(self) -> None:
        self._timer: ctypes.c_void_p | None = None
        if sys.platform != "linux":
            return
        self._libc = ctypes.CDLL(None)
        timer, event = ctypes.c_void_p(), _SigEvent(signo=signal.SIGKILL, notify=_SIGEV_SIGNAL)
        create = getattr(self._libc, "timer_create", None)
        if create is not None and create(time.CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(timer)) == 0:
            self._timer = timer

    def set(self, moment: float) -> None:
        """Replaces the time of death.

        Args:
            moment: On the clock of `time.monotonic`.
        """
        if self._timer is None:
            return
        nanos = max(1, round(moment * _NANOS))
        spec = _TimerSpec(at_s=nanos // _NANOS, at_ns=nanos % _NANOS)
        self._libc.timer_settime(self._timer, _TIMER_ABSTIME, ctypes.byref(spec), None)

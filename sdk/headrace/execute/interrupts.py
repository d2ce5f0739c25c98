"""Cancelling a run from a signal, from another thread, or because somebody says so when asked."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from headrace.errors import ExecutionInterruptedError

SIGNALS = (signal.SIGTERM, signal.SIGINT)
POLL_SECONDS = 0.2
"""How often an `asked` callable is looked at while the run waits: it has no way to wake anybody."""

NUDGE_SECONDS = 0.05
MOST_NUDGES = 100


class Interrupts:
    """Whether the run shall stop, and a way to break into user code that runs in the main thread.

    A signal always marks the run. It also raises `ExecutionInterruptedError` in the main thread, but only within `armed()`
    and outside of `shielded()`: the engine's own bookkeeping is never torn apart, and `finally` blocks of user code run.

    Args:
        asked: Called to learn whether to stop, besides signals and `request`.
    """

    def __init__(self, asked: Callable[[], bool] | None = None) -> None:
        self._asked = asked
        self._requested = False
        self._armed = False
        self._installed = False
        self._wake: tuple[int, int] | None = None

    def __call__(self) -> bool:
        """Whether to stop."""
        if not self._requested and self._asked is not None and self._asked():
            self._requested = True
        return self._requested

    @property
    def poll_seconds(self) -> float | None:
        """How long a wait may last before this should be asked again; None when it wakes waiters itself."""
        return POLL_SECONDS if self._asked is not None else None

    def request(self) -> None:
        """Ask for a stop, from any thread."""
        self._requested = True
        self._wake_up()
        if self._installed and self._armed:
            threading.Thread(target=self._break_in, name="interrupt", daemon=True).start()

    def fileno(self) -> int:
        """A descriptor that becomes readable when a stop is requested."""
        if self._wake is None:
            self._wake = os.pipe()
            os.set_blocking(self._wake[0], False)
            if self._requested:
                self._wake_up()
        return self._wake[0]

    def wake(self) -> None:
        """Wake whoever waits, from any thread, without asking for a stop."""
        self._wake_up()

    def woken(self) -> None:
        """Take note of having been woken; ask whether to stop afterwards, not before."""
        if self._wake is None:
            return
        with suppress(BlockingIOError):
            while os.read(self._wake[0], 512):
                pass

    def sleep(self, seconds: float | None) -> None:
        """Sleep until a stop is requested, at most `seconds`."""
        limits = [limit for limit in (seconds, self.poll_seconds) if limit is not None]
        select.select([self], [], [], min(limits) if limits else None)

    def close(self) -> None:
        """Release the descriptors."""
        if self._wake is not None:
            for fd in self._wake:
                os.close(fd)
            self._wake = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Handle SIGTERM and SIGINT until the context ends; does nothing outside of the main thread."""
        if threading.get_ident() != _main_thread():
            yield
            return
        previous = {number: signal.signal(number, self._handle) for number in SIGNALS}
        self._installed = True
        try:
            yield
        finally:
            self._installed = False
            for number, handler in previous.items():
                signal.signal(number, handler)

    @contextmanager
    def armed(self) -> Iterator[None]:
        """Let a signal raise in here. A request that came before raises at once."""
        if self._requested:
            raise ExecutionInterruptedError
        self._armed = True
        try:
            yield
        finally:
            self._armed = False

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """Hold signals back in here, and raise afterwards. Code of other threads is not concerned."""
        armed = self._armed and threading.get_ident() == _main_thread()
        if not armed:
            yield
            return
        self._armed = False
        yield
        if self._requested:
            raise ExecutionInterruptedError
        self._armed = True

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._requested = True
        self._wake_up()
        if self._armed:
            # Once only: user code that cleans up after the first signal is not broken again.
            self._armed = False
            raise ExecutionInterruptedError(f"The run was canceled ({signal.Signals(number).name}).")

    def _break_in(self) -> None:
        """Only a signal breaks into a system call; one that comes just before the call is slept through, so repeat it."""
        for _ in range(MOST_NUDGES):
            if not (self._installed and self._armed):
                return
            signal.pthread_kill(_main_thread(), signal.SIGTERM)
            time.sleep(NUDGE_SECONDS)

    def _wake_up(self) -> None:
        if self._wake is not None:
            os.write(self._wake[1], b"!")


def _main_thread() -> int:
    return threading.main_thread().ident or 0

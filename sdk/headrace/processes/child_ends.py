"""Learning of the ends of children while waiting for something else."""

from __future__ import annotations

import os
import signal


class ChildEnds:
    """A descriptor to select on that is readable when a child may have ended.

    It is for processes of one thread, and takes over SIGCHLD and the interpreter's wakeup descriptor. A signal alone
    would not do: one that comes just before the wait would be seen after it.
    """

    def __init__(self) -> None:
        self._readable, self._wakeup = os.pipe()
        for fd in self.descriptors:
            os.set_blocking(fd, False)
        # Without a handler of its own the interpreter would write nothing.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)

    @property
    def descriptors(self) -> tuple[int, int]:
        """Both ends, which a child has no use for."""
        return self._readable, self._wakeup

    def fileno(self) -> int:
        """Returns the descriptor to wait for."""
        return self._readable

    def clear(self) -> None:
        """Makes it unreadable until the next end; to be called before looking for children that have ended."""
        try:
            while os.read(self._readable, 4096):
                pass
        except BlockingIOError:
            pass

    def leave(self) -> None:
        """In a child: lets go of what is its parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for fd in self.descriptors:
            os.close(fd)

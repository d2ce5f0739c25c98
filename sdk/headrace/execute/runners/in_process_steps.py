"""Running step attempts one after the other in this very process."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.execute.contexts.resource_pool import ResourcePool
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.steps.attempt import run_attempt

if TYPE_CHECKING:
    from headrace.execute.scheduling.delegate import Launch


class InProcessSteps:
    """A step runner without processes; all steps share the resources of the run."""

    # More than one in hand would only delay a cancel.
    capacity: int | None = 1

    def __init__(self, frame: RunFrame) -> None:
        self._frame = frame
        self._launches: deque[Launch] = deque()
        self._pool = ResourcePool.of(frame)

    def start(self, launch: Launch) -> None:
        """Put an attempt in line; `wait` runs it."""
        self._launches.append(launch)

    def wait(self, timeout: float | None) -> Sequence[StepEnd]:
        """Run the next attempt to its end, or sleep."""
        if not self._launches:
            self._frame.interrupts.sleep(timeout)
            return ()
        return (run_attempt(self._frame, self._launches.popleft(), self._pool),)

    def stop(self) -> None:
        """Nothing to do: the attempt that ran when the stop was requested has ended by now."""

    def close(self) -> None:
        """Tear down the resources."""
        self._pool.close()

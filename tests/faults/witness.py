"""What user code says of itself: a line appended to one file, by every process, whenever it begins, goes on or ends.

`O_APPEND` makes the order of lines the order in which they were written, across all processes of the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FILE_VARIABLE = "HEADRACE_WITNESS"
What = Literal["start", "work", "stop"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One line.

    Attributes:
        run_id: The run.
        worker: The process that holds the run: the leader of the session that its steps are part of.
        pid: The process that wrote the line.
        step: The step.
        attempt: The step's attempt, from 0.
        what: Whether user code began, went on or ended.
        time: On the monotonic clock, which all processes of a machine share.
    """

    run_id: str
    worker: int
    pid: int
    step: str
    attempt: int
    what: What
    time: float

    @classmethod
    def read(cls, line: str) -> Sighting:
        """Returns what a line says."""
        run_id, worker, pid, step, attempt, what, time = line.split()
        return cls(run_id, int(worker), int(pid), step, int(attempt), what, float(time))  # type: ignore[arg-type]


def read_sightings(path: Path) -> Sequence[Sighting]:
    """Returns all lines, in the order in which they were written."""
    return [Sighting.read(line) for line in path.read_text().splitlines()] if path.exists() else []

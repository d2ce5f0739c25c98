"""Starting the workers of runs in an engine of one's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass


class WorkerGoneError(Exception):
    """No worker can come of the launch, however often it is repeated; the message goes into the run's failure."""


@dataclass(frozen=True, slots=True)
class Launch:
    """An order to start one worker.

    Attributes:
        launch_id: The same for every repetition of the order: one worker is to come of all of them.
        run_id: The run.
        attempt: How often the run was started, this time included.
        launch_token: With it the worker claims the run. It is good once, and no business of anybody else.
        location_name: The run's code location.
        location_address: Where that is served. May be empty.
        coordinator_address: Where the worker reports.
        job_name: The run's job.
    """

    launch_id: str
    run_id: str
    attempt: int
    launch_token: str
    location_name: str
    location_address: str
    coordinator_address: str
    job_name: str

    def environment(self) -> dict[str, str]:
        """Returns the variables that `headrace codeloc work` finds the order in."""
        return {
            "HEADRACE_WORK_ID": self.launch_id,
            "HEADRACE_WORK_RUN_ID": self.run_id,
            "HEADRACE_WORK_LAUNCH_TOKEN": self.launch_token,
            "HEADRACE_WORK_COORDINATOR": self.coordinator_address,
            "HEADRACE_WORK_JOB": self.job_name,
        }

    def command(self, *source: str) -> Sequence[str]:
        """Returns a command that works the order off where `environment` is set; `source` is as for `codeloc serve`."""
        return ("headrace", "codeloc", "work", *source)


class RunLauncher(ABC):
    """Starts and ends workers; subclass it for an engine of your own.

    Both methods may be called again with what they were called with before, by this replica of the launcher or another
    one. A worker that is lost without a word is noticed when its lease ends, and its run is started again.
    """

    @abstractmethod
    async def start(self, launch: Launch) -> None:
        """Starts a worker, and returns when the engine has taken it on.

        Raises:
            WorkerGoneError: no repetition will lead to a worker.
            Exception: anything else; the order is repeated.
        """

    @abstractmethod
    async def stop(self, run_id: str, *, kill: bool) -> None:
        """Ends the workers of a run; that there are none is no error.

        Args:
            run_id: The run.
            kill: Whether to end them at once: the run was given up. Otherwise they are to cancel it.
        """

    async def close(self) -> None:
        """Is called when the launcher stops; workers go on."""
        return

"""Where the steps of a run are executed: in the worker itself, or in a process each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from headrace.errors import HeadraceError
from headrace.execute.runner import RunFrame, StepRunner
from headrace.execute.runners.in_process_steps import InProcessSteps
from headrace.execute.runners.spawn import spawned_steps
from headrace.execute.runners.zygote import Zygote
from headrace.execute.scheduling.executors import IN_PROCESS, ExecutorSettings, settings_of
from headrace_codeloc.code.loader import resolve_job

if TYPE_CHECKING:
    from headrace_codeloc.code.location import LoadedLocation


class StepPlaces:
    """Prepares for steps before the worker has any thread, and opens their runner once the run is known."""

    def __init__(self, location: LoadedLocation, zygote: Zygote | None) -> None:
        self._location = location
        self._zygote = zygote

    @classmethod
    def prepare(cls, location: LoadedLocation, job_name: str, *, may_fork: bool) -> StepPlaces:
        """Forks the step zygote if the job may need it: after the first call to the coordinator it is too late."""
        wanted = may_fork and _may_isolate(location, job_name)
        zygote = Zygote.fork(lambda spec: location.job(spec.job_name)) if wanted else None
        return cls(location, zygote)

    def open(self, frame: RunFrame, elsewhere: Callable[[RunFrame, ExecutorSettings], StepRunner]) -> StepRunner:
        """Returns what runs the attempts of a run; `elsewhere` makes it where an engine is to start workers for them."""
        settings = settings_of(frame.job.executor_def, frame.config.execution_config)
        if settings.engine:
            self.close()
            return elsewhere(frame, settings)
        if not settings.isolates:
            self.close()
            return InProcessSteps(frame)
        if self._zygote is not None and settings.start_method != "spawn":
            return self._zygote.open_steps(frame)
        self.close()
        return spawned_steps(partial(resolve_job, self._location.source))(frame)

    def close(self) -> None:
        """Ends the zygote, if it is not in use."""
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()


def _may_isolate(location: LoadedLocation, job_name: str) -> bool:
    try:
        executor = location.job(job_name).executor_def
        return executor.kind != IN_PROCESS and not executor.engine
    except HeadraceError:
        return False  # it is told when the run is claimed

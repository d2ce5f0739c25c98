"""Running a whole plan: the loop that joins the step scheduling core, a step runner and the events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from headrace.definitions.job import JobDefinition
    from headrace.execute.capture import Capture
    from headrace.execute.events import Event, FailureInfo
    from headrace.execute.runner import StepRunner
    from headrace.execute.spec import RunSpec

RunState = Literal["succeeded", "failed", "canceled"]


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended; `failure` names the first thing that went wrong."""

    state: RunState
    failure: FailureInfo | None = None


def execute_run(
    job: JobDefinition,
    spec: RunSpec,
    *,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool] | None = None,
    steps: StepRunner | None = None,
    capture: Capture | None = None,
    resources: Mapping[str, Any] | None = None,
) -> RunOutcome:
    """Run `job` as `spec` asks, in this thread, until it ends.

    Every event passes through `emit`, in order. `cancelled` is asked between steps. `steps` runs the attempts: in this
    process when None, or in one process each (`headrace.execute.processes`). Failures of user code are part of the
    outcome; only a mistake of the caller or of Headrace raises.
    """
    raise NotImplementedError

"""How a whole run ended, as an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.execute.event_types import EventType

if TYPE_CHECKING:
    from headrace.execute.events import FailureInfo


@dataclass(frozen=True)
class RunEndedEvent:
    """A run has succeeded or failed.

    Attributes:
        run_id: The run.
        job_name: Its job.
        state: `succeeded` or `failed`.
        failure: The first thing that went wrong.
    """

    run_id: str
    job_name: str
    state: str
    failure: FailureInfo | None = None

    @property
    def event_type(self) -> EventType:
        """The type of the event."""
        return EventType.RUN_SUCCESS if self.state == "succeeded" else EventType.RUN_FAILURE

    @property
    def event_type_value(self) -> str:
        """The type of the event, as text."""
        return self.event_type.value

    @property
    def message(self) -> str:
        """What happened, for people."""
        if self.failure is None:
            return f'Execution of run for "{self.job_name}" {self.state}.'
        return f'Execution of run for "{self.job_name}" {self.state}. {self.failure.message}'

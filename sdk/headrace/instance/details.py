"""What happens to runs and assets beyond the steps of a run, as the details of events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.execute.events.event_types import EventType
from headrace.run_state import RunState

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.execute.events.event import Event, FailureInfo

_RUN_EVENTS = {
    RunState.QUEUED: EventType.RUN_ENQUEUED,
    RunState.STARTING: EventType.RUN_STARTING,
    RunState.RUNNING: EventType.RUN_START,
    RunState.SUCCEEDED: EventType.RUN_SUCCESS,
    RunState.FAILED: EventType.RUN_FAILURE,
    RunState.CANCELING: EventType.RUN_CANCELING,
    RunState.CANCELED: EventType.RUN_CANCELED,
}
_PHRASES = {
    RunState.QUEUED: "Queued",
    RunState.STARTING: "Starting",
    RunState.RUNNING: "Started execution of",
    RunState.SUCCEEDED: "Finished execution of",
    RunState.FAILED: "Execution failed of",
    RunState.CANCELING: "Canceling",
    RunState.CANCELED: "Canceled",
}


@dataclass(frozen=True, slots=True)
class RunStateChanged:
    """A run has reached a state.

    Attributes:
        state: The state.
        job_name: The run's job.
        reason: Why, for people.
        failure: What went wrong, if it failed.
        first_step_failure_event: Which step failed first, where that is known.
    """

    state: RunState
    job_name: str
    reason: str = ""
    failure: FailureInfo | None = None
    first_step_failure_event: Event | None = None

    @property
    def event_type(self) -> EventType | None:
        """The type of the event."""
        return _RUN_EVENTS.get(self.state)

    @property
    def error(self) -> FailureInfo | None:
        """What went wrong, under the name that older code reads."""
        return self.failure

    @property
    def message(self) -> str:
        """What happened, for people."""
        said = f'{_PHRASES.get(self.state, str(self.state))} run for "{self.job_name}".'
        why = self.failure.message if self.failure is not None else self.reason
        return f"{said} {why}" if why else said


@dataclass(frozen=True, slots=True)
class MaterializationPlanned:
    """A run that has begun is to make an asset, or one partition of it."""

    asset_key: AssetKey
    partition: str | None = None

    event_type = EventType.ASSET_MATERIALIZATION_PLANNED

    @property
    def message(self) -> str:
        """What happened, for people."""
        return f"This run is to make {self.asset_key.to_user_string()}."


@dataclass(frozen=True, slots=True)
class AssetWiped:
    """What was recorded of an asset, or of some of its partitions, was removed."""

    asset_key: AssetKey
    partitions: tuple[str, ...] = ()

    event_type = EventType.ASSET_WIPED

    @property
    def message(self) -> str:
        """What happened, for people."""
        return f"The records of {self.asset_key.to_user_string()} were removed."

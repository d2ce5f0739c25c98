"""Where a run stands."""

from __future__ import annotations

from enum import Enum


class RunState(str, Enum):
    """Where a run stands."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    CANCELING = "canceling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"
    """A state that this version of the client does not know."""

    # Other names of the same states, which code written for Dagster reads.
    NOT_STARTED = "queued"
    STARTED = "running"
    SUCCESS = "succeeded"
    FAILURE = "failed"

    def __str__(self) -> str:
        return self.value

    @classmethod
    def _missing_(cls, value: object) -> RunState:
        return cls.UNKNOWN

    @property
    def finished(self) -> bool:
        """Whether nothing follows it."""
        return self in (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELED)

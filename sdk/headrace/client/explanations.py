"""What runs wait for, as the client gives it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headrace.api.types.v1 import run_wait_pb2
from headrace.client.plain import member_of, time_of
from headrace.run_state import RunState


@dataclass(frozen=True, slots=True)
class RunWait:
    """One thing that a run waits for.

    Attributes:
        kind: What it is: `run_limit`, `tag_limit`, `pool`, `location`, `turn`, `delay`, `policy`, `worker` or `cancel`.
        message: The same in a sentence.
        name: The tag or pool that is limited, or the location.
        value: The tag's value, where the limit is on one value.
        limit: The limit, None if there is none.
        used: How much of it is in use.
        step_keys: The steps that wait, where not the whole run does.
        until: When it ends by itself, None if nobody knows.
    """

    kind: str
    message: str
    name: str = ""
    value: str = ""
    limit: int | None = None
    used: int | None = None
    step_keys: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunExplanation:
    """What a run waits for, as it was when it was asked.

    Attributes:
        run_id: The run.
        state: Where it stands.
        waits: What it waits for, the first obstacle first; empty if it gets on.
        runs_ahead: How many queued runs go before it; None if that was not counted.
    """

    run_id: str
    state: RunState
    waits: tuple[RunWait, ...] = ()
    runs_ahead: int | None = None

    def __str__(self) -> str:
        return "; ".join(wait.message for wait in self.waits)


def read_explanation(message: run_wait_pb2.RunExplanation) -> RunExplanation:
    """Returns an explanation of the contract as the client gives it out."""
    return RunExplanation(
        run_id=message.run_id,
        state=RunState(member_of(message, "state")),
        waits=tuple(map(_read_wait, message.waits)),
        runs_ahead=_optional(message, "runs_ahead"),
    )


def _read_wait(message: run_wait_pb2.RunWait) -> RunWait:
    return RunWait(
        kind=member_of(message, "kind"),
        message=message.message,
        name=message.name,
        value=message.value,
        limit=_optional(message, "limit"),
        used=_optional(message, "used"),
        step_keys=tuple(message.step_keys),
        until=time_of(message, "until_time"),
    )


def _optional(message: Any, field: str) -> int | None:
    return int(getattr(message, field)) if message.HasField(field) else None

"""Errors as data: why a run, a step, a tick or a location failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headrace.client.plain import member_of, metadata_of


@dataclass(frozen=True, slots=True)
class FailureDetail:
    """What went wrong somewhere else.

    Attributes:
        type: The error's class or kind in its own language.
        message: What went wrong.
        stack_trace: Where, in the producer's own format; may be empty.
        cause: The error behind it.
        metadata: What user code attached to it.
        origin: `user_code`, `system`, or `unspecified`.
        file: The file of user code it points at; may be empty.
        line: The line in `file`; 0 when unknown.
    """

    type: str
    message: str
    stack_trace: str = ""
    cause: FailureDetail | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    origin: str = "unspecified"
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """The file and line, empty when unknown."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file

    @property
    def root(self) -> FailureDetail:
        """The first cause."""
        return self.chain[-1]

    @property
    def chain(self) -> list[FailureDetail]:
        """This failure, what caused it, what caused that, and so on."""
        return [self, *(self.cause.chain if self.cause else ())]

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        if self.cause is not None and self.message.endswith(":"):
            # It only says while doing what: the rest of the sentence is the cause.
            return f"{self.message} {self.cause}{place}"
        return f"{self.type}: {self.message}{place}" if self.type else f"{self.message}{place}"


def failure_of(message: Any, field_name: str = "failure") -> FailureDetail | None:
    """Returns the failure in a field of `message`, None if there is none."""
    return _read(getattr(message, field_name)) if message.HasField(field_name) else None


def _read(failure: Any) -> FailureDetail:
    return FailureDetail(
        type=failure.type,
        message=failure.message,
        stack_trace=failure.stack_trace,
        cause=failure_of(failure, "cause"),
        metadata=metadata_of(failure.metadata),
        origin=member_of(failure, "origin"),
        file=failure.file,
        line=failure.line,
    )

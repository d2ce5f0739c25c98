"""The state of one step attempt, behind the contexts that user code sees."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata import MetadataValue, normalize_metadata
from headrace.errors import InvariantViolationError
from headrace.execute.events import Detail, Event
from headrace.execute.logs import EventHandler, step_logger

if TYPE_CHECKING:
    import logging

    from headrace.execute.plan import Step
    from headrace.execute.runner import RunFrame

OutputKey = tuple[str, str | None]
"""An output's name and, for one of many values, its mapping key."""


class StepScope:
    """What is known and collected while an attempt runs.

    Attributes:
        produced: The outputs that are stored so far.
        resources: The resources that the step may see.
        config: The step's config, validated and resolved.
    """

    def __init__(self, frame: RunFrame, step: Step, attempt: int) -> None:
        self.frame = frame
        self.step = step
        self.attempt = attempt
        self.produced: list[str] = []
        self.resources: Any = None
        self.config: Any = None
        self._output_metadata: dict[OutputKey, dict[str, MetadataValue]] = {}
        self._run_id = frame.spec.run_id

    def emit(self, detail: Detail) -> None:
        """Record that something happened in this attempt."""
        with self.frame.interrupts.shielded():
            self.frame.emit(Event(self._run_id, time.time(), self.step.key, self.attempt, detail))

    @cached_property
    def log_handler(self) -> EventHandler:
        """Turns log records into events of this attempt."""
        return EventHandler(self.emit)

    @cached_property
    def log(self) -> logging.Logger:
        """The logger that user code and I/O managers get."""
        return step_logger(self.log_handler)

    def add_output_metadata(self, metadata: Mapping[str, Any], output: str, mapping_key: str | None = None) -> None:
        """Keep metadata until the output is produced."""
        if output in self.produced and mapping_key is None:
            raise InvariantViolationError(
                f"Metadata for output {output!r} of step {self.step.key!r} came after the output itself."
            )
        self._output_metadata.setdefault((output, mapping_key), {}).update(normalize_metadata(metadata))

    def output_metadata(self, output: str, mapping_key: str | None = None) -> Mapping[str, MetadataValue]:
        """What `add_output_metadata` kept."""
        return self._output_metadata.get((output, mapping_key), {})

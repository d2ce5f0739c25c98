"""The exceptions that user code raises to steer its step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.definitions.metadata.values import MetadataValue, normalize_metadata


class Failure(Exception):
    """Raise it to fail a step with a description and metadata.

    Args:
        description: What went wrong, for people.
        metadata: Details that are shown with the failure.
        allow_retries: `False` fails at once, whatever the step's retry policy says.
    """

    def __init__(
        self,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        allow_retries: bool | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.allow_retries = True if allow_retries is None else allow_retries

    def __reduce__(self) -> tuple[Any, ...]:
        return (Failure, (self.description, self.metadata, self.allow_retries))


class RetryRequested(Exception):
    """Raise it to have the step tried again.

    Args:
        max_retries: How many attempts may follow the first one.
        seconds_to_wait: Seconds before the next attempt.
    """

    def __init__(self, max_retries: int | None = 1, seconds_to_wait: int | float | None = None) -> None:
        super().__init__("A retry was requested.")
        self.max_retries = 1 if max_retries is None else max_retries
        self.seconds_to_wait = seconds_to_wait

    def __reduce__(self) -> tuple[Any, ...]:
        return (RetryRequested, (self.max_retries, self.seconds_to_wait))

"""What code found when it checked its own data on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headrace.definitions.metadata.values import normalize_metadata


@dataclass(frozen=True)
class ExpectationResult:
    """What a check in the middle of an op found; yielded, or logged with `context.log_event`.

    Args:
        success: Whether it is as expected.
        label: A short name.
        description: What was found.
        metadata: Details.
    """

    success: bool
    label: str | None = None
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata))

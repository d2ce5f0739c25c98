"""Results and events that carry metadata."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import normalize_metadata

if TYPE_CHECKING:
    from typing_extensions import Self


class MetadataCarrier:
    """Has metadata; may be made again with another."""

    __slots__ = ()

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> Self:
        """The same with this metadata instead."""
        changed = copy(self)
        # The classes with this method may be frozen; nobody else has seen the copy yet.
        object.__setattr__(changed, "metadata", normalize_metadata(metadata))
        return changed

"""What the metadata of definitions says about tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.definitions.metadata.values import MetadataValue


def told(metadata: Mapping[str, Any], name: str) -> Any:
    """What metadata says under a name, as a plain value; None if nothing.

    Args:
        metadata: The metadata of an asset, an output or an input.
        name: The name.
    """
    value = metadata.get(name)
    return value.value if isinstance(value, MetadataValue) else value

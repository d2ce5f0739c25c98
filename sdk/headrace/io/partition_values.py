"""The values of several partitions as one input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.errors import StepOutputNotFoundError

if TYPE_CHECKING:
    from headrace.execute.input_context import InputContext

ALLOW_MISSING = "allow_missing_partitions"
"""Metadata of an input whose partitions may lack values."""


def load_partitions(context: InputContext, load: Callable[[Sequence[str]], Any]) -> Mapping[str, Any] | None:
    """The values of an asset's partitions by their keys; None if there is no partition.

    Args:
        context: The input.
        load: Loads what is stored under an identifier.
    """
    keys = context.asset_partition_keys
    if not keys:
        return None
    lenient = bool(context.definition_metadata.get(ALLOW_MISSING, False))
    values = {}
    for key in keys:
        try:
            values[key] = load([*context.asset_key.path, key])
        except StepOutputNotFoundError:
            if not lenient:
                raise
    return values

"""The values of several partitions as one input."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.errors import InvariantViolationError, PartitionsNotStoredError, StepOutputNotFoundError
from headrace.io.partition_types import check_takes_partitions

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext

ALLOW_MISSING = "allow_missing_partitions"
"""Metadata of an input whose partitions may lack values."""


def load_partitions(context: InputContext, load: Callable[[str], Any]) -> Mapping[str, Any] | None:
    """The values of an asset's partitions by their keys; None if there is no partition.

    Args:
        context: The input.
        load: Loads one of them.
    """
    keys = context.asset_partition_keys
    if not keys:
        return None
    check_takes_partitions(context)
    lenient = allows_missing(context)
    values = {}
    for key in keys:
        try:
            values[key] = load(key)
        except StepOutputNotFoundError:
            if not lenient:
                raise
    return values


def refuse_several_partitions(context: OutputContext, manager: object) -> None:
    """Refuse to store one value as that of several partitions.

    Args:
        context: The output.
        manager: The I/O manager, for the message.
    """
    if context.has_asset_key and context.has_asset_partitions and len(context.asset_partition_keys) != 1:
        raise InvariantViolationError(
            f"{type(manager).__name__} does not support persisting an output associated with multiple partitions: "
            f"{context.asset_key.to_user_string()!r} is made for {len(context.asset_partition_keys)} at once, as by a backfill "
            "of a single run. Run the backfill with BackfillPolicy.multi_run(), have the function store the values itself "
            "and return None or a MaterializeResult, or write an I/O manager that reads context.asset_partition_keys."
        )


def allows_missing(context: InputContext) -> bool:
    """Whether partitions that were never stored are left out of the input."""
    return bool(context.definition_metadata.get(ALLOW_MISSING, False))


async def gather_partitions(
    keys: Sequence[str], load: Callable[[str], Awaitable[Any]], lenient: bool
) -> tuple[dict[str, Any], Sequence[str]]:
    """The values of partitions by key, loaded concurrently, and the keys of those that were never stored.

    Args:
        keys: The partitions.
        load: Loads one.
        lenient: Whether one that was never stored is left out.

    Raises:
        PartitionsNotStoredError: if it is not left out; any other error is raised as it is.
    """
    results = await asyncio.gather(*map(load, keys), return_exceptions=True)
    missing = [key for key, result in zip(keys, results, strict=True) if isinstance(result, FileNotFoundError)]
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, FileNotFoundError):
            raise result
    if missing and not lenient:
        raise PartitionsNotStoredError(
            f"{len(missing)} of {len(keys)} partitions were never stored: {', '.join(missing[:10])}. Make them first, or put "
            f"the metadata {ALLOW_MISSING}=True on the input to leave them out."
        )
    return {key: value for key, value in zip(keys, results, strict=True) if key not in missing}, missing

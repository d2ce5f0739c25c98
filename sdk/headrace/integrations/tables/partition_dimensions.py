"""Which rows of a table the partitions of an asset are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.multi_key import MultiPartitionKey
from headrace.definitions.partitions.time_window import TimeWindow
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import InvariantViolationError
from headrace.integrations.tables.slices import Partitions, TablePartitionDimension
from headrace.integrations.tables.told import told

if TYPE_CHECKING:
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition

EXPRESSION = "partition_expr"
"""The metadata that says by which expression rows are told apart."""


def partition_dimensions(
    asset: str, partitions_def: PartitionsDefinition, keys: Sequence[str], metadata: Mapping[str, Any]
) -> Sequence[TablePartitionDimension]:
    """The rows of some partitions.

    Args:
        asset: The asset, for messages.
        partitions_def: Its partitions.
        keys: Those that are meant.
        metadata: That of the asset, which has `partition_expr`.

    Raises:
        InvariantViolationError: the metadata says no expression, or the rows of these partitions cannot be told apart.
    """
    expression = told(metadata, EXPRESSION)
    if isinstance(partitions_def, MultiPartitionsDefinition):
        return _several(asset, partitions_def, keys, expression)
    if not isinstance(expression, str):
        raise InvariantViolationError(
            f"Asset {asset!r} is partitioned, and nothing says which rows of its table are which partition: set the metadata "
            f'{EXPRESSION!r} on it, most often the name of a column, as in metadata={{"{EXPRESSION}": "day"}}.'
        )
    return [TablePartitionDimension(expression, _partitions(partitions_def, keys))]


def _several(
    asset: str, partitions_def: MultiPartitionsDefinition, keys: Sequence[str], expressions: Any
) -> Sequence[TablePartitionDimension]:
    names = partitions_def.partition_dimension_names
    if not isinstance(expressions, Mapping) or set(expressions) != set(names):
        example = ", ".join(f'"{name}": "..."' for name in names)
        raise InvariantViolationError(
            f"Asset {asset!r} is partitioned in several dimensions, and nothing says which rows of its table are which "
            f"partition: set the metadata {EXPRESSION!r} on it, with an expression for each: {{{example}}}."
        )
    chosen = [key.keys_by_dimension for key in keys if isinstance(key, MultiPartitionKey)]
    by_name = {name: list(dict.fromkeys(key[name] for key in chosen)) for name in names}
    if len(chosen) != len(list(product(*by_name.values()))):
        raise InvariantViolationError(
            f"The {len(keys)} partitions of asset {asset!r} that are meant here are not all combinations of theirs in each "
            "dimension, so one condition cannot tell their rows apart. Choose all combinations, or one partition at a time, "
            "as BackfillPolicy.multi_run() does."
        )
    return [
        TablePartitionDimension(
            expressions[name], _partitions(partitions_def.get_partitions_def_for_dimension(name), by_name[name])
        )
        for name in names
    ]


def _partitions(partitions_def: PartitionsDefinition, keys: Sequence[str]) -> Partitions:
    if not isinstance(partitions_def, TimeWindowPartitionsDefinition):
        return list(keys)
    windows = _joined(partitions_def.time_window_for_partition_key(key) for key in keys)
    return windows[0] if len(windows) == 1 else windows


def _joined(windows: Iterable[TimeWindow]) -> list[TimeWindow]:
    joined: list[TimeWindow] = []
    for window in sorted(windows):
        if joined and joined[-1].end == window.start:
            joined[-1] = TimeWindow(joined[-1].start, window.end)
        else:
            joined.append(window)
    return joined

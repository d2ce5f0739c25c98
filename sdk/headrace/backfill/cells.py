"""Which assets are made together, for which partitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headrace.automation.subset import EntitySubset, common, without
from headrace.definitions.assets.key import AssetKey


@dataclass(frozen=True)
class Cell:
    """Assets that are made by the same runs.

    Attributes:
        keys: The assets.
        subset: What of each of them.
    """

    keys: Sequence[AssetKey]
    subset: EntitySubset


def cells_of(subsets: Iterable[EntitySubset]) -> list[Cell]:
    """Divides what is to be made, so that each partition of assets that are partitioned alike is in one cell."""
    cells: list[Cell] = []
    for subset in subsets:
        divided: list[Cell] = []
        left = subset
        for cell in cells:
            if left.is_empty or cell.subset.partitions_def != left.partitions_def:
                divided.append(cell)
                continue
            both = EntitySubset(cell.subset.key, common(cell.subset.value, left.value))
            rest = cell.subset - both
            left = EntitySubset(left.key, without(left.value, both.value))
            divided += [Cell(cell.keys, rest)] if not rest.is_empty else []
            divided += [Cell([*cell.keys, _asset(subset)], both)] if not both.is_empty else []
        if not left.is_empty:
            divided.append(Cell([_asset(subset)], left))
        cells = divided
    return cells


def _asset(subset: EntitySubset) -> AssetKey:
    assert isinstance(subset.key, AssetKey)
    return subset.key

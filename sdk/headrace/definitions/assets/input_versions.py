"""In which version an asset reads another one: that of the partitions that it is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetDep, AssetSpec
from headrace.definitions.partitions.inference import infer_partition_mapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import HeadraceError

# Each of them may be a question to the services; what is made of more partitions has no version of this input.
_MOST_PARTITIONS = 100


class InputVersions:
    """Tells versions of inputs.

    Args:
        specs: What is known about assets.
        version_of: The newest version of an asset, or of a partition of it.
        store: Where the keys of dynamic partitions are.
    """

    def __init__(
        self,
        specs: Mapping[AssetKey, AssetSpec],
        version_of: Callable[[AssetKey, str | None], str | None],
        store: Any,
    ) -> None:
        self._specs = specs
        self._version_of = version_of
        self._store = store

    def of(self, dep: AssetDep, spec: AssetSpec, partition: str | None) -> str | None:
        """The version of an input; that of several partitions together is one of its own; None if there is none.

        Args:
            dep: The input.
            spec: The asset that is made of it.
            partition: The partition that is made of it.
        """
        upstream = self._specs.get(dep.asset_key)
        if upstream is None or upstream.partitions_def is None:
            return None if dep.asset_key == spec.key else self._version_of(dep.asset_key, None)
        try:
            keys = self._partitions_read(dep, spec, partition, upstream.partitions_def)
        except HeadraceError:
            # It is made of partitions that there are not: the step says so itself, if it minds.
            return None
        versions = [self._version_of(dep.asset_key, key) for key in keys]
        told = [version for version in versions if version is not None]
        if not told or len(told) < len(versions):
            return None
        return told[0] if len(told) == 1 else hashlib.sha256("".join(told).encode()).hexdigest()

    def _partitions_read(
        self, dep: AssetDep, spec: AssetSpec, partition: str | None, upstream: PartitionsDefinition
    ) -> Sequence[str]:
        below = spec.partitions_def
        if below is not None and partition is None:
            return ()
        subset = below.subset_with_partition_keys([partition]) if below is not None and partition is not None else None
        read = (
            infer_partition_mapping(dep.partition_mapping, below, upstream)
            .get_upstream_mapped_partitions_result_for_partitions(
                subset, below, upstream, dynamic_partitions_store=self._store
            )
            .partitions_subset
        )
        return read.get_partition_keys() if read.num_partitions <= _MOST_PARTITIONS else ()

"""Which partitions an op makes and reads in a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.checks.spec import AssetCheckSpec
from headrace.definitions.partitions.inference import infer_partition_mapping
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import NumberedPartitionsDefinition, PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.definitions.partitions.time_window import TimeWindow
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import InvariantViolationError

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.execute.run_info import RunInfo

_SHOWN = 5


class StepPartitions:
    """Which partitions an op makes and reads in a run.

    Args:
        run: The run, for one partition, a range of them, or none.
        job_partitions_def: The partitions of the job.
        specs: What is known about the assets that the op makes and reads.
        assets_def: The definition of the assets that the op makes.
        store: Where the keys of dynamic partitions are.
    """

    def __init__(
        self,
        run: RunInfo,
        *,
        job_partitions_def: PartitionsDefinition | None,
        specs: Mapping[AssetKey, AssetSpec],
        assets_def: Any,
        store: Any,
    ) -> None:
        self._run = run
        self._specs = specs
        self._assets_def = assets_def
        self._store = store
        self._job_partitions_def = job_partitions_def

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions of the assets that the op makes, or of the job."""
        found = [spec.partitions_def for spec in self._made_specs() if spec.partitions_def is not None]
        return found[0] if found else self._job_partitions_def

    @property
    def is_for_partitions(self) -> bool:
        """Whether the run is for a partition or a range of them."""
        return self._run.partition_key is not None or self._run.partition_key_range is not None

    def keys(self) -> Sequence[str]:
        """The partitions that the run is for."""
        key, partitions_def = self._run.partition_key, self.partitions_def
        if key is not None:
            return [self._typed(key, partitions_def)]
        key_range = self._run.partition_key_range
        if key_range is None:
            raise InvariantViolationError("This run is for no partition, so there are no partition keys.")
        if partitions_def is None:
            raise InvariantViolationError(
                "What is running is not partitioned, so a range stands for no partition keys."
            )
        return partitions_def.get_partition_keys_in_range(key_range, self._store)

    def definition_of(self, key: AssetKey | None) -> PartitionsDefinition | None:
        """The partitions of an asset."""
        spec = self._specs.get(key) if key is not None else None
        return spec.partitions_def if spec is not None else None

    def made(self, key: AssetKey | None) -> PartitionsSubset | None:
        """The partitions of an asset that the run makes; None if it is not partitioned, or the run is for none."""
        return self._subset_of(self.definition_of(key))

    def read(self, key: AssetKey | None) -> PartitionsSubset | None:
        """The partitions of an asset that the op reads; None if it is not partitioned, or the run is for none."""
        upstream = self.definition_of(key)
        if upstream is None or key is None:
            return None
        downstream, mapping = self._downstream_of(key)
        subset = self._subset_of(downstream)
        if downstream is not None and subset is None:
            return None
        result = infer_partition_mapping(
            mapping, downstream, upstream
        ).get_upstream_mapped_partitions_result_for_partitions(
            subset, downstream, upstream, dynamic_partitions_store=self._store
        )
        missing = result.required_but_nonexistent_partition_keys
        if missing:
            names = ", ".join(map(repr, missing[:_SHOWN])) + (", …" if len(missing) > _SHOWN else "")
            raise InvariantViolationError(
                f"This run depends on invalid partitions of asset {key.to_user_string()!r}, which there are not: {names}. Its "
                f"partitions are: {upstream}"
            )
        return result.partitions_subset

    def read_unasked(self, key: AssetKey | None) -> int:
        """How many partitions of an asset the op reads only because it has none itself, and nobody said which."""
        upstream = self.definition_of(key)
        if upstream is None or key is None or self._downstream_of(key) != (None, None):
            return 0
        return upstream.get_num_partitions(dynamic_partitions_store=self._store)

    def dependency(self, name: str) -> AssetKey | None:
        """The asset that a dependency without an input stands for, by its name as an identifier."""
        made = self._assets_def.selected_keys if self._assets_def is not None else ()
        deps = (dep.asset_key for key in sorted(made) if key in self._specs for dep in self._specs[key].deps)
        return next((key for key in deps if key.to_python_identifier() == name), None)

    def window(self, subset: PartitionsSubset | None, what: str) -> TimeWindow:
        """From the start of the first of some partitions to the end of the last."""
        if subset is None:
            raise InvariantViolationError(f"{what} has no partitions here, so there is no time window.")
        return window_of(subset.partitions_def, subset.get_partition_keys(), what)

    def _subset_of(self, partitions_def: PartitionsDefinition | None) -> PartitionsSubset | None:
        if partitions_def is None:
            return None
        if self._run.partition_key is not None:
            return partitions_def.subset_with_partition_keys([self._run.partition_key])
        key_range = self._run.partition_key_range
        if key_range is None:
            return None
        if isinstance(partitions_def, NumberedPartitionsDefinition):
            return partitions_def.subset_with_range(key_range)
        keys = partitions_def.get_partition_keys_in_range(key_range, self._store)
        return partitions_def.subset_with_partition_keys(keys)

    def _downstream_of(self, key: AssetKey) -> tuple[PartitionsDefinition | None, Any]:
        """The partitions of what reads an asset, and how they are related where that was said."""
        if self._assets_def is None:
            return self._job_partitions_def, None
        readers = self._made_specs()
        for spec in readers:
            for dep in spec.additional_deps if isinstance(spec, AssetCheckSpec) else spec.deps:
                if dep.asset_key == key:
                    return spec.partitions_def, dep.partition_mapping
        return (readers[0].partitions_def if readers else None), self._assets_def.get_partition_mapping(key)

    def _made_specs(self) -> Sequence[AssetSpec | AssetCheckSpec]:
        """What is known about the assets that the op makes, or about the checks if it makes nothing else."""
        if self._assets_def is None:
            return []
        made = [self._specs[key] for key in sorted(self._assets_def.selected_keys) if key in self._specs]
        return made or list(self._assets_def.check_specs)

    def ends(self) -> PartitionKeyRange | None:
        """The first and the last partition of the run, as the set writes its keys; None if it is for no range."""
        given, partitions_def = self._run.partition_key_range, self.partitions_def
        return None if given is None else PartitionKeyRange(*(self._typed(key, partitions_def) for key in given))

    def _typed(self, key: str, partitions_def: PartitionsDefinition | None) -> str:
        if isinstance(partitions_def, MultiPartitionsDefinition):
            return partitions_def.get_partition_key_from_str(key)
        return key


def window_of(partitions_def: PartitionsDefinition | None, keys: Sequence[str], what: str) -> TimeWindow:
    """From the start of the first to the end of the last of some partitions."""
    timed = isinstance(partitions_def, TimeWindowPartitionsDefinition) or (
        isinstance(partitions_def, MultiPartitionsDefinition) and partitions_def.has_time_window_dimension
    )
    if not timed:
        raise InvariantViolationError(
            f"{what} is not partitioned by time, so there is no time window. Expected a TimeWindowPartitionsDefinition or "
            "MultiPartitionsDefinition with a single time dimension."
        )
    if not keys:
        raise InvariantViolationError(f"{what} is for no partition, so there is no time window.")
    assert isinstance(partitions_def, (TimeWindowPartitionsDefinition, MultiPartitionsDefinition))
    windows = [partitions_def.time_window_for_partition_key(key) for key in (keys[0], keys[-1])]
    return TimeWindow(windows[0].start, windows[1].end)

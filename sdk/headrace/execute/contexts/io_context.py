"""What I/O managers are told, whichever way the data goes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.time_window import TimeWindow
from headrace.errors import InvariantViolationError
from headrace.execute.planning.step_partitions import window_of

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.ops.op import OpDefinition
    from headrace.definitions.ops.types import HeadraceType
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition


T = TypeVar("T")


class IOContext:
    """What `InputContext` and `OutputContext` have in common."""

    def __init__(
        self,
        *,
        name: str | None,
        job_name: str | None,
        op_def: OpDefinition | None,
        definition_metadata: Mapping[str, Any] | None,
        resource_config: Mapping[str, Any] | None,
        resources: Any,
        log: logging.Logger | None,
        asset_key: AssetKey | None,
        partition_key: str | None,
        asset_partition_keys: Sequence[str] | None,
        asset_partitions_def: PartitionsDefinition | None,
        dagster_type: HeadraceType | None,
        config: Any,
        run_tags: Mapping[str, str] | None = None,
    ) -> None:
        self._name = name
        self._job_name = job_name
        self._op_def = op_def
        self._resources = resources
        self._log = log
        self._asset_key = asset_key
        self._partition_key = partition_key
        self._asset_partition_keys = asset_partition_keys
        self._asset_partitions_def = asset_partitions_def
        self._dagster_type = dagster_type
        self.definition_metadata: Mapping[str, Any] = definition_metadata or {}
        self.resource_config: Mapping[str, Any] = {} if resource_config is None else resource_config
        self.config = config
        self.run_tags: Mapping[str, str] = run_tags or {}

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the definition; `definition_metadata` says so more clearly."""
        return self.definition_metadata

    @property
    def job_name(self) -> str:
        """The job of the run."""
        return self._given(self._job_name, "job_name")

    @property
    def op_def(self) -> OpDefinition:
        """The op on this side of the I/O."""
        return self._given(self._op_def, "op_def")

    @property
    def dagster_type(self) -> HeadraceType:
        """The declared type of the value."""
        return self._given(self._dagster_type, "dagster_type")

    @property
    def declared_type(self) -> HeadraceType | None:
        """The same, None where it is not known."""
        return self._dagster_type

    @property
    def log(self) -> logging.Logger:
        """The logger of the step."""
        return self._log or logging.getLogger("headrace")

    @property
    def resources(self) -> Any:
        """The resources that the I/O manager requires."""
        return self._given(self._resources, "resources")

    @property
    def has_asset_key(self) -> bool:
        """Whether the value belongs to an asset."""
        return self._asset_key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The asset that the value belongs to."""
        return self._given(self._asset_key, "asset_key")

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        return self._partition_key is not None

    @property
    def partition_key(self) -> str:
        """The partition of the run."""
        return self._given(self._partition_key, "partition_key")

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the asset on this side is partitioned."""
        return self._asset_partition_keys is not None or self._asset_partitions_def is not None

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The partitions of the asset that the value is for."""
        if self._asset_partition_keys is None and self._asset_partitions_def is not None:
            raise InvariantViolationError(
                f"{self._asset_name()} is partitioned, but this run is for no partition: give it one, as partition_key or "
                "--partition."
            )
        keys = self._given(self._asset_partition_keys, "asset_partition_keys")
        dimensions = self._asset_partitions_def
        if isinstance(dimensions, MultiPartitionsDefinition):
            return [dimensions.get_partition_key_from_str(key) for key in keys]
        return keys

    @property
    def asset_partition_key(self) -> str:
        """The one partition of the asset that the value is for."""
        keys = self.asset_partition_keys
        if len(keys) != 1:
            raise InvariantViolationError(
                f"{self._title()} is for {len(keys)} partitions; asset_partition_key is only there for exactly one. "
                "Use asset_partition_keys."
            )
        return keys[0]

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """The first and the last partition of the asset that the value is for."""
        keys = self.asset_partition_keys
        if not keys:
            raise InvariantViolationError(f"{self._title()} is for no partition, so there is no range.")
        return PartitionKeyRange(keys[0], keys[-1])

    @property
    def asset_partitions_def(self) -> PartitionsDefinition:
        """The partitions of the asset on this side."""
        return self._given(self._asset_partitions_def, "asset_partitions_def")

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """The time that the partitions of the asset stand for."""
        return window_of(self._asset_partitions_def, self.asset_partition_keys, self._title())

    def get_asset_identifier(self) -> Sequence[str]:
        """The parts of the asset key and the partition, if there is one: a place to store the asset at."""
        parts = list(self.asset_key.path)
        return [*parts, self.asset_partition_key] if self.has_asset_partitions else parts

    def _asset_name(self) -> str:
        return f"Asset {self._asset_key.to_user_string()!r}" if self._asset_key is not None else "The asset"

    def _title(self) -> str:
        return type(self).__name__

    def _given(self, value: T | None, name: str) -> T:
        if value is None:
            raise InvariantViolationError(
                f"{self._title()} has no {name} here. In a test, give it to build_input_context or build_output_context."
            )
        return value

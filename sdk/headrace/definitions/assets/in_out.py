"""How the parameters of an asset's function and the outputs of a multi-asset relate to assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from headrace.definitions.assets.freshness_policy import FreshnessPolicy
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix, key_prefix_parts
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY, Out
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.errors import InvalidDefinitionError
from headrace.undefined import UNDEFINED


@dataclass(frozen=True)
class AssetIn:
    """An asset that a parameter is loaded from.

    Args:
        key: The asset; the parameter's name below `key_prefix` when left out.
        metadata: For I/O managers, as `context.definition_metadata`.
        key_prefix: The prefix of the asset's key.
        input_manager_key: The resource that loads it instead of the asset's I/O manager.
        partition_mapping: Which of its partitions a partition is made from; those that fit when left out.
        dagster_type: The type that values are checked against; the parameter's annotation when left out.
    """

    key: CoercibleToAssetKey | None = None
    metadata: Mapping[str, Any] | None = None
    key_prefix: CoercibleToAssetKeyPrefix | None = None
    input_manager_key: str | None = None
    partition_mapping: PartitionMapping | None = None
    dagster_type: Any = UNDEFINED

    def __post_init__(self) -> None:
        _refuse_two_keys(self.key, self.key_prefix, "AssetIn")

    @staticmethod
    def from_coercible(value: AssetIn | CoercibleToAssetKey) -> AssetIn:
        """Takes an `AssetIn` as it is, anything else as a key."""
        return value if isinstance(value, AssetIn) else AssetIn(key=value)

    def key_for(self, parameter: str) -> AssetKey:
        """The asset that a parameter is loaded from."""
        if self.key is not None:
            return AssetKey.from_coercible(self.key)
        return AssetKey((*key_prefix_parts(self.key_prefix), parameter))

    @property
    def says_more_than_its_key(self) -> bool:
        """Whether it says anything about the asset or its partitions that `deps` could say as well."""
        return bool(
            self.partition_mapping is not None
            or self.metadata
            or self.key_prefix is not None
            or self.dagster_type is not UNDEFINED
        )

    def to_in(self) -> In:
        """The input of the op."""
        return In(
            dagster_type=self.dagster_type, metadata=self.metadata or {}, input_manager_key=self.input_manager_key
        )


@dataclass(frozen=True)
class AssetOut:
    """An asset that is one of the outputs of a multi-asset.

    Args:
        key_prefix: The prefix of its key.
        key: Its key; the output's name below `key_prefix` when left out.
        dagster_type: The type that values are checked against; the return annotation when left out.
        description: What it is.
        is_required: Whether the code must produce it every time.
        io_manager_key: The resource that stores it.
        metadata: Shown with it, and for I/O managers.
        group_name: The group it is shown in.
        code_version: The version of the code that makes it.
        owners: Who answers for it.
        tags: To select and group by.
        kinds: What it is made with or stored in.
        backfill_policy: How many partitions one run of a backfill makes; the same for all outputs.
        automation_condition: When it is made by itself.
        freshness_policy: How old it may become.
        is_virtual: Whether it is only a view of what is upstream, and holds no data of its own.
    """

    key_prefix: CoercibleToAssetKeyPrefix | None = None
    key: CoercibleToAssetKey | None = None
    dagster_type: Any = UNDEFINED
    description: str | None = None
    is_required: bool = True
    io_manager_key: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    group_name: str | None = None
    code_version: str | None = None
    owners: Sequence[str] | None = None
    tags: Mapping[str, str] | None = None
    kinds: Set[str] | None = None
    backfill_policy: BackfillPolicy | None = None
    automation_condition: AutomationCondition | None = None
    freshness_policy: FreshnessPolicy | None = None
    is_virtual: bool = False

    def __post_init__(self) -> None:
        _refuse_two_keys(self.key, self.key_prefix, "AssetOut")

    @staticmethod
    def from_spec(
        spec: AssetSpec,
        dagster_type: Any = UNDEFINED,
        is_required: bool = True,
        io_manager_key: str | None = None,
        backfill_policy: BackfillPolicy | None = None,
    ) -> AssetOut:
        """The output that is an asset of which everything else is known already.

        Args:
            spec: The asset; it must leave its dependencies to the function's inputs.
            dagster_type: The type that values are checked against.
            is_required: Whether the code must produce it every time.
            io_manager_key: The resource that stores it.
            backfill_policy: How many partitions one run of a backfill makes.
        """
        if spec.deps:
            raise InvalidDefinitionError(
                f"AssetOut.from_spec: {spec.key.to_user_string()!r} names dependencies, but those of an output are the inputs "
                "of the function."
            )
        return AssetOut(
            key=spec.key,
            dagster_type=dagster_type,
            description=spec.description,
            is_required=is_required,
            io_manager_key=io_manager_key,
            metadata=spec.metadata,
            group_name=spec.group_name,
            code_version=spec.code_version,
            owners=spec.owners,
            tags=spec.tags,
            backfill_policy=backfill_policy,
            automation_condition=spec.automation_condition,
            freshness_policy=spec.freshness_policy,
            is_virtual=spec.is_virtual,
        )

    def key_for(self, output: str) -> AssetKey:
        """The asset's key, for an output of this name."""
        if self.key is not None:
            return AssetKey.from_coercible(self.key)
        return AssetKey((*key_prefix_parts(self.key_prefix), output))

    def to_out(self) -> Out:
        """The output of the op."""
        return Out(
            dagster_type=self.dagster_type,
            description=self.description,
            is_required=self.is_required,
            io_manager_key=self.io_manager_key or DEFAULT_IO_MANAGER_KEY,
            metadata=self.metadata,
            code_version=self.code_version,
        )


def _refuse_two_keys(key: object, key_prefix: object, what: str) -> None:
    if key is not None and key_prefix is not None:
        raise InvalidDefinitionError(
            f"key and key_prefix cannot both be set on {what}. Only one of key_prefix and key should be provided: the key holds "
            "its prefix."
        )

"""Loading the values of assets outside of a run, through the I/O managers that stored them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.definitions.ops.type_inference import runtime_type
from headrace.definitions.resources.scope import ResourceStack
from headrace.errors import InvalidInvocationError, InvariantViolationError, UnknownNameError
from headrace.execute.contexts.input_context import InputContext
from headrace.execute.contexts.output_context import OutputContext
from headrace.io.default import default_io_manager

if TYPE_CHECKING:
    from types import TracebackType

    from headrace.definitions.assets.assets_definition import AssetsDefinition
    from headrace.definitions.partitions.keys import PartitionKeyRange
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
    from headrace.definitions.resources.resource import ResourceDefinition


class AssetValueLoader:
    """Loads values of assets; resources are started when a value first needs them, and torn down at the end.

    Use it in a `with` statement; made by `Definitions.get_asset_value_loader`.

    Args:
        assets_defs_by_key: The assets.
        instance: The instance, for I/O managers that ask for it.
        resource_defs: Resources by name, where an asset brings none of that name.
    """

    def __init__(
        self,
        assets_defs_by_key: Mapping[AssetKey, AssetsDefinition],
        instance: Any = None,
        *,
        resource_defs: Mapping[str, ResourceDefinition] | None = None,
    ) -> None:
        self._assets_defs = assets_defs_by_key
        self._resource_defs = {DEFAULT_IO_MANAGER_KEY: default_io_manager(), **(resource_defs or {})}
        self._instance = instance
        self._stack = ResourceStack(instance)

    def __enter__(self) -> AssetValueLoader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: type[object] | None = None,
        partition_key: str | None = None,
        partition_key_range: PartitionKeyRange | None = None,
        input_definition_metadata: Mapping[str, Any] | None = None,
        resource_config: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value of an asset, as the I/O manager loads it.

        Args:
            asset_key: The asset.
            python_type: What it is to be loaded as; I/O managers see it as `context.dagster_type.typing_type`.
            partition_key: The partition.
            partition_key_range: Several partitions, instead of one.
            input_definition_metadata: What the metadata of an input would be.
            resource_config: Config by resource, as in the `resources` section of run config.
            metadata: The older name of `input_definition_metadata`.
        """
        key = AssetKey.from_coercible(asset_key)
        assets_def = self._assets_def(key)
        manager_key = assets_def.io_manager_key_for(key)
        definitions = {**self._resource_defs, **assets_def.resource_defs}
        manager = self._stack.require([manager_key], definitions, resource_config)[manager_key]
        definition = definitions[manager_key]
        partitions_def = assets_def.get_asset_spec(key).partitions_def
        about: dict[str, Any] = {
            "asset_key": key,
            "partition_key": partition_key,
            "asset_partition_keys": _partitions(key, partitions_def, partition_key, partition_key_range),
            "asset_partitions_def": partitions_def,
            "resource_config": self._stack.config_of(manager_key, definition),
            "resources": self._stack.require(definition.required_resource_keys, definitions, resource_config),
        }
        context = InputContext(
            name=None,
            upstream_output=stored_output(assets_def, key, about),
            definition_metadata=input_definition_metadata if input_definition_metadata is not None else metadata,
            dagster_type=runtime_type(Any if python_type is None else python_type),
            instance=self._instance,
            **about,
        )
        return manager.load_input(context)

    def _assets_def(self, key: AssetKey) -> AssetsDefinition:
        if key not in self._assets_defs:
            raise UnknownNameError(f"There is no asset {key.to_user_string()!r} whose value could be loaded.")
        return self._assets_defs[key]


def stored_output(assets_def: AssetsDefinition, key: AssetKey, about: Mapping[str, Any]) -> OutputContext:
    """What the value was stored under."""
    name = assets_def.output_names_by_key.get(key, "result") if assets_def.is_executable else "result"
    return OutputContext(
        name=name,
        definition_metadata=assets_def.get_asset_spec(key).metadata,
        op_def=assets_def.op if assets_def.is_executable else None,
        **about,
    )


def _partitions(
    key: AssetKey,
    partitions_def: PartitionsDefinition | None,
    partition_key: str | None,
    partition_key_range: PartitionKeyRange | None,
) -> Sequence[str] | None:
    if partition_key is not None and partition_key_range is not None:
        raise InvalidInvocationError("load_asset_value: give partition_key or partition_key_range, not both.")
    if partition_key is not None:
        return [partition_key]
    if partition_key_range is None:
        return None
    if partitions_def is None:
        raise InvariantViolationError(
            f"Asset {key.to_user_string()!r} is not partitioned; it has no range of partitions."
        )
    return partitions_def.get_partition_keys_in_range(partition_key_range)

"""`SourceAsset`: the older way to say that an asset is made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.freshness_policy import FreshnessPolicy
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import IO_MANAGER_KEY_METADATA, AssetSpec
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.metadata.values import normalize_metadata
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY, DEFAULT_OUTPUT, Out
from headrace.definitions.ops.signature import Signature, signature_of
from headrace.definitions.ops.types import Nothing
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.source import calling_source
from headrace.errors import InvalidDefinitionError


class SourceAsset(AssetsDefinition):
    """An asset that is made elsewhere and loaded here. An `AssetSpec` given to `Definitions` says the same.

    Args:
        key: Its key.
        metadata: Shown with it, and for I/O managers.
        io_manager_key: The resource that loads it.
        io_manager_def: The I/O manager that loads it.
        description: What it is.
        partitions_def: The partitions it is split into.
        group_name: The group it is shown in.
        resource_defs: Resources by name.
        observe_fn: Looks at it, and returns a `DataVersion` or `ObserveResult`.
        op_tags: Tags of the op that looks at it, for executors.
        automation_condition: When it is looked at by itself.
        tags: To select and group by.
        freshness_policy: How old it may become.
        required_resource_keys: Resources that `observe_fn` reads from `context.resources`.
    """

    _kind_elsewhere = "SourceAsset"

    def __init__(
        self,
        key: CoercibleToAssetKey,
        metadata: Mapping[str, Any] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: object | None = None,
        description: str | None = None,
        partitions_def: PartitionsDefinition | None = None,
        group_name: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        observe_fn: Callable[..., Any] | None = None,
        op_tags: Mapping[str, Any] | None = None,
        *,
        automation_condition: AutomationCondition | None = None,
        tags: Mapping[str, str] | None = None,
        freshness_policy: FreshnessPolicy | None = None,
        required_resource_keys: Set[str] | None = None,
    ) -> None:
        asset_key = AssetKey.from_coercible(key)
        manager, resources = _with_io_manager(asset_key, io_manager_key, io_manager_def, resource_defs)
        own = {IO_MANAGER_KEY_METADATA: manager} if manager is not None else {}
        node = None
        if observe_fn is not None:
            required = {*(required_resource_keys or ()), *resources} - {manager or ""}
            node = _observing(asset_key, observe_fn, description, required, op_tags)
        spec = AssetSpec(
            asset_key,
            metadata={**(metadata or {}), **own},
            description=description if node is None else node.description,
            group_name=group_name,
            tags=tags,
            partitions_def=partitions_def,
            automation_condition=automation_condition,
            freshness_policy=freshness_policy,
            source=calling_source() if node is None else node.source,
        )
        super().__init__(
            specs=[spec],
            node_def=node,
            keys_by_output_name={} if node is None else {DEFAULT_OUTPUT: asset_key},
            resource_defs=resources,
            is_observable=node is not None,
        )

    @property
    def io_manager_key(self) -> str:
        """The resource that loads it."""
        return str(self.get_asset_spec().metadata.get(IO_MANAGER_KEY_METADATA, DEFAULT_IO_MANAGER_KEY))

    def get_io_manager_key(self) -> str:
        """The resource that loads it."""
        return self.io_manager_key

    @property
    def io_manager_def(self) -> ResourceDefinition | None:
        """The I/O manager that loads it, if it brings one."""
        return self.resource_defs.get(self.io_manager_key)

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Shown with it."""
        own = self.get_asset_spec().metadata
        return normalize_metadata(
            {key: value for key, value in own.items() if key != IO_MANAGER_KEY_METADATA}, allow_invalid=True
        )

    @property
    def tags(self) -> Mapping[str, str]:
        """To select and group by."""
        return self.get_asset_spec().tags

    @property
    def description(self) -> str | None:
        """What it is."""
        return self.get_asset_spec().description

    @property
    def group_name(self) -> str:
        """The group it is shown in."""
        return self.get_asset_spec().group

    def to_spec(self) -> AssetSpec:
        """The same as an `AssetSpec`."""
        return self.get_asset_spec()


def without_inputs(function: Callable[..., Any]) -> Signature:
    """The parameters of a function that looks at assets, and so is made of none."""
    signature = signature_of(function)
    if signature.inputs:
        names = ", ".join(repr(each.name) for each in signature.inputs)
        raise InvalidDefinitionError(f"{function.__name__!r} only looks at an asset, so it takes no inputs: {names}.")
    return signature


def _observing(
    key: AssetKey,
    function: Callable[..., Any],
    description: str | None,
    required_resource_keys: Set[str],
    tags: Mapping[str, Any] | None,
) -> OpDefinition:
    return OpDefinition(
        function,
        key.to_python_identifier(),
        outs={DEFAULT_OUTPUT: Out(dagster_type=Nothing, is_required=False)},
        description=description if description is not None else docstring_of(function),
        required_resource_keys=required_resource_keys,
        tags=tags,
        signature=without_inputs(function),
    )


def _with_io_manager(
    key: AssetKey, manager: str | None, definition: object | None, resource_defs: Mapping[str, object] | None
) -> tuple[str | None, dict[str, object]]:
    """The resource that loads the asset, and all resources."""
    resources = dict(resource_defs or {})
    if definition is None:
        return manager, resources
    manager = manager or f"{key.to_python_identifier()}__io_manager"
    if resources.get(manager, definition) is not definition:
        raise InvalidDefinitionError(
            f"Asset {key.to_user_string()!r}: io_manager_def and resource_defs give different resources for {manager!r}."
        )
    resources[manager] = definition
    return manager, resources

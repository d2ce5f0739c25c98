"""`SourceAsset`: the older way to say that an asset is made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.freshness_policy import FreshnessPolicy
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import IO_MANAGER_KEY_METADATA, AssetSpec
from headrace.definitions.metadata.values import normalize_metadata
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
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
        group_name: The group it is shown in.
        resource_defs: Resources by name.
        tags: To select and group by.
        partitions_def: The partitions it is split into.
        freshness_policy: How old it may become.
    """

    _kind_elsewhere = "SourceAsset"

    def __init__(
        self,
        key: CoercibleToAssetKey,
        metadata: Mapping[str, Any] | None = None,
        io_manager_key: str | None = None,
        io_manager_def: object | None = None,
        description: str | None = None,
        group_name: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        freshness_policy: FreshnessPolicy | None = None,
    ) -> None:
        asset_key = AssetKey.from_coercible(key)
        resources = dict(resource_defs or {})
        if io_manager_def is not None:
            if io_manager_key is None:
                io_manager_key = f"{asset_key.to_python_identifier()}__io_manager"
            if resources.get(io_manager_key, io_manager_def) is not io_manager_def:
                raise InvalidDefinitionError(
                    f"Asset {asset_key.to_user_string()!r}: io_manager_def and resource_defs give different resources for "
                    f"{io_manager_key!r}."
                )
            resources[io_manager_key] = io_manager_def
        own = {IO_MANAGER_KEY_METADATA: io_manager_key} if io_manager_key is not None else {}
        spec = AssetSpec(
            asset_key,
            metadata={**(metadata or {}), **own},
            description=description,
            group_name=group_name,
            tags=tags,
            partitions_def=partitions_def,
            freshness_policy=freshness_policy,
            source=calling_source(),
        )
        super().__init__(specs=[spec], resource_defs=resources)

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
        return normalize_metadata({key: value for key, value in own.items() if key != IO_MANAGER_KEY_METADATA})

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

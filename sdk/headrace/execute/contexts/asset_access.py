"""What user code asks and tells about the assets that it makes, beside their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.data_version import DataProvenance, DataVersion
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.errors import InvariantViolationError
from headrace.execute.contexts.asset_values import AssetValueLoader

if TYPE_CHECKING:
    from headrace.execute.contexts.scope import Scope


class AssetAccess:
    """The part of a context that is about versions, metadata and other assets."""

    _scope: Scope

    if TYPE_CHECKING:
        # What the rest of the context offers.
        @property
        def asset_key(self) -> AssetKey: ...  # noqa: D102

        @property
        def instance(self) -> Any: ...  # noqa: D102

        def output_for_asset_key(self, asset_key: AssetKey) -> str: ...  # noqa: D102

    def add_asset_metadata(
        self,
        metadata: Mapping[str, Any],
        asset_key: CoercibleToAssetKey | None = None,
        partition_key: str | None = None,
    ) -> None:
        """Attach metadata to an asset that is yet to be materialized.

        Args:
            metadata: The metadata.
            asset_key: The asset; may be left out when the function makes only one.
            partition_key: The partition; that of the run when left out.
        """
        key = AssetKey.from_coercible(asset_key) if asset_key is not None else self.asset_key
        self.output_for_asset_key(key)
        if partition_key is not None:
            made = self._scope.partitions.made(key)
            if made is None or partition_key not in made.get_partition_keys():
                raise InvariantViolationError(
                    f"Metadata for partition {partition_key!r} of {key.to_user_string()!r}: this step does not make it."
                )
        self._scope.add_asset_metadata(metadata, key, partition_key)

    def set_data_version(self, asset_key: AssetKey, data_version: DataVersion) -> None:
        """Tell which version of its data an asset is going to be made in.

        Args:
            asset_key: The asset.
            data_version: The version.
        """
        self.output_for_asset_key(asset_key)
        self._scope.data_versions[asset_key] = data_version

    def get_asset_provenance(self, asset_key: AssetKey) -> DataProvenance | None:
        """Of what an asset was last made; None if it never was, or nobody told.

        Args:
            asset_key: The asset.
        """
        record = self.instance.fetch_last_materialization(asset_key)
        made = None if record is None else record.asset_materialization
        return None if made is None else DataProvenance.from_tags(made.tags or {})

    def load_asset_value(
        self, asset_key: CoercibleToAssetKey, *, python_type: type | None = None, partition_key: str | None = None
    ) -> Any:
        """The value of an asset that is no input, as its I/O manager loads it.

        Args:
            asset_key: The asset.
            python_type: What it is to be loaded as.
            partition_key: The partition.
        """
        job = self._scope.job
        layer = None if job is None else job.asset_layer
        if layer is None:
            raise InvariantViolationError("No job of assets is running here, so there are no assets to load.")
        with AssetValueLoader(layer.assets_defs_by_key, self.instance, resource_defs=job.resource_defs) as loader:
            return loader.load_asset_value(asset_key, python_type=python_type, partition_key=partition_key)

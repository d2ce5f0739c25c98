"""`InputContext`: what an I/O manager knows about the value it loads."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.errors import InvariantViolationError
from headrace.execute.contexts.io_context import IOContext
from headrace.execute.contexts.output_context import OutputContext

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.ops.op import OpDefinition
    from headrace.definitions.ops.types import HeadraceType
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
    from headrace.instance.instance import Instance


class InputContext(IOContext):
    """Given to `IOManager.load_input`.

    Attributes:
        upstream_output: The context under which the value was stored; None when an input manager loads it from elsewhere.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        job_name: str | None = None,
        upstream_output: OutputContext | None = None,
        config: Any = None,
        definition_metadata: Mapping[str, Any] | None = None,
        dagster_type: HeadraceType | None = None,
        op_def: OpDefinition | None = None,
        asset_key: AssetKey | None = None,
        partition_key: str | None = None,
        asset_partition_keys: Sequence[str] | None = None,
        asset_partitions_def: PartitionsDefinition | None = None,
        resource_config: Mapping[str, Any] | None = None,
        resources: Any = None,
        log: logging.Logger | None = None,
        run_tags: Mapping[str, str] | None = None,
        instance: Instance | None = None,
    ) -> None:
        super().__init__(
            name=name,
            job_name=job_name,
            op_def=op_def,
            definition_metadata=definition_metadata,
            resource_config=resource_config,
            resources=resources,
            log=log,
            asset_key=asset_key,
            partition_key=partition_key,
            asset_partition_keys=asset_partition_keys,
            asset_partitions_def=asset_partitions_def,
            dagster_type=dagster_type,
            config=config,
            run_tags=run_tags,
        )
        self.upstream_output = upstream_output
        self._instance = instance
        self._logged_metadata: dict[str, MetadataValue] = {}

    @property
    def name(self) -> str:
        """The input."""
        return self._given(self._name, "name")

    @property
    def has_input_name(self) -> bool:
        """Whether the value is loaded for an input; not so when it is loaded on its own."""
        return self._name is not None

    @property
    def instance(self) -> Instance:
        """The records of runs, assets and partitions."""
        return self._given(self._instance, "instance")

    def get_identifier(self) -> Sequence[str]:
        """The run-scoped identifier that the value was stored under."""
        if self.upstream_output is None:
            raise InvariantViolationError(
                "This input comes from no output, so there is no identifier: use get_asset_identifier for an asset, or load it "
                "from wherever the I/O manager knows."
            )
        return self.upstream_output.get_identifier()

    def add_input_metadata(self, metadata: Mapping[str, Any], description: str | None = None) -> None:
        """Attach metadata to the loading of the input.

        Args:
            metadata: What to attach.
            description: Says what the metadata is about.
        """
        self._logged_metadata.update(normalize_metadata(metadata))

    def consume_logged_metadata(self) -> Mapping[str, MetadataValue]:
        """Take the metadata added so far."""
        taken, self._logged_metadata = self._logged_metadata, {}
        return taken

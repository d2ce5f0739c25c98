"""`OutputContext`: what an I/O manager knows about the value it stores."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.errors import InvariantViolationError
from headrace.execute.contexts.io_context import IOContext

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.definitions.ops.op import OpDefinition
    from headrace.definitions.ops.types import HeadraceType
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition


class OutputContext(IOContext):
    """Given to `IOManager.handle_output`, and as `upstream_output` to `IOManager.load_input`.

    Attributes:
        mapping_key: The key of one of many values of a dynamic output.
        output_metadata: What user code attached to the value.
        version: The version of the output, where the code declares one.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        step_key: str | None = None,
        run_id: str | None = None,
        job_name: str | None = None,
        mapping_key: str | None = None,
        config: Any = None,
        definition_metadata: Mapping[str, Any] | None = None,
        output_metadata: Mapping[str, MetadataValue] | None = None,
        dagster_type: HeadraceType | None = None,
        op_def: OpDefinition | None = None,
        asset_key: AssetKey | None = None,
        partition_key: str | None = None,
        asset_partition_keys: Sequence[str] | None = None,
        asset_partitions_def: PartitionsDefinition | None = None,
        resource_config: Mapping[str, Any] | None = None,
        resources: Any = None,
        log: logging.Logger | None = None,
        version: str | None = None,
        run_tags: Mapping[str, str] | None = None,
        asset_spec: AssetSpec | None = None,
        on_event: Callable[[Any], None] | None = None,
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
        self._step_key = step_key
        self._run_id = run_id
        self._on_event = on_event
        self._asset_spec = asset_spec
        self.mapping_key = mapping_key
        self.output_metadata: Mapping[str, MetadataValue] = output_metadata or {}
        self.version = version
        self._logged_metadata: dict[str, MetadataValue] = {}
        self._logged_events: list[Any] = []

    @property
    def name(self) -> str:
        """The output."""
        return self._given(self._name, "name")

    @property
    def step_key(self) -> str:
        """The step that produced the value."""
        return self._given(self._step_key, "step_key")

    @property
    def has_step_key(self) -> bool:
        """Whether the step that produced the value is known; not so for an asset from an earlier run."""
        return self._step_key is not None

    @property
    def run_id(self) -> str:
        """The run that produced the value."""
        return self._given(self._run_id, "run_id")

    @property
    def has_run_id(self) -> bool:
        """Whether the run that produced the value is known; not so for an asset from an earlier run."""
        return self._run_id is not None

    @property
    def asset_spec(self) -> AssetSpec:
        """What is known about the asset that the value belongs to."""
        return self._given(self._asset_spec, "asset_spec")

    def get_run_scoped_output_identifier(self) -> Sequence[str]:
        """Run, step and output (and mapping key): a place that no other value has."""
        if self.mapping_key is not None and self.version is not None:
            raise InvariantViolationError(
                f"Mapping key and version both provided for output {self.name!r} of step {self.step_key!r}. Dynamic mapping is "
                "not supported when using versioning."
            )
        parts = [self.run_id, self.step_key, self.name]
        return [*parts, self.mapping_key] if self.mapping_key is not None else parts

    def get_identifier(self) -> Sequence[str]:
        """The same; `get_asset_identifier` names the place of an asset, which later runs find, too."""
        return self.get_run_scoped_output_identifier()

    def add_output_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Attach metadata to the output, to be seen with the event that stores it."""
        added = normalize_metadata(metadata)
        twice = self._logged_metadata.keys() & added.keys()
        if twice:
            raise InvariantViolationError(f"Output {self._name!r} already has metadata {', '.join(sorted(twice))}.")
        self._logged_metadata.update(added)

    def get_logged_metadata(self) -> Mapping[str, MetadataValue]:
        """The metadata added so far."""
        return dict(self._logged_metadata)

    def log_event(self, event: Any) -> None:
        """Record an `AssetMaterialization` or `AssetObservation` of the running step."""
        self._logged_events.append(event)
        if self._on_event is not None:
            self._on_event(event)

    def get_logged_events(self) -> Sequence[Any]:
        """The events logged so far."""
        return tuple(self._logged_events)

"""The state of one execution of an op, behind the contexts that user code sees."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.resources.context import Resources
from headrace.errors import InvariantViolationError
from headrace.execute.events.event import Detail, Event
from headrace.execute.events.logs import EventHandler, step_logger
from headrace.execute.events.user_events import user_event_detail
from headrace.execute.planning.dynamic import concrete_step
from headrace.execute.planning.partitioned_run import dynamic_store_of
from headrace.execute.planning.sources import split_key
from headrace.execute.planning.step_partitions import StepPartitions
from headrace.execute.run_info import RunInfo

if TYPE_CHECKING:
    from headrace.definitions.assets.data_version import DataVersion
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.definitions.graphs.node import Node
    from headrace.definitions.ops.op import OpDefinition
    from headrace.execute.runner import RunFrame
    from headrace.execute.scheduling.delegate import Launch

OutputKey = tuple[str, str | None]
"""An output's name and, for one of many values, its mapping key."""


class Scope(ABC):
    """What contexts read and collect, be it in a run or in a direct call.

    Attributes:
        op: The op that is executed.
        node: Its place in the job, with all of its tags.
        is_nested: Whether it is inside of a graph.
        name: Its name at its place in the job.
        step_key: Its path in the job.
        attempt: The number of the attempt, from 1.
        resources: The resources it may see.
        config: Its config, checked and resolved.
        asset_keys_by_output: The assets that its outputs make.
        asset_keys_by_input: The assets that its inputs read.
        selected_outputs: The outputs that are to be produced.
        owes_outputs: What to say if it does not produce all of its outputs as such; None where it need not.
        output_values: What was produced, where hooks may ask for it.
        data_versions: The versions of the data of assets, as far as user code has set them.
        produced_metadata: The metadata of what was produced, likewise.
    """

    op: OpDefinition
    node: Node
    name: str
    step_key: str
    attempt: int = 1
    resources: Resources
    config: Any = None
    asset_keys_by_output: Mapping[str, AssetKey]
    asset_keys_by_input: Mapping[str, AssetKey]
    selected_outputs: frozenset[str]
    instance: Any = None
    mapping_key: str | None = None
    is_nested: bool = False
    job: Any = None
    assets_def: Any = None

    def __init__(self) -> None:
        self.produced: list[str] = []
        self.owes_outputs: str | None = None
        self.mapping_keys: dict[str, list[str]] = {}
        self.output_values: dict[str, Any] = {}
        self.produced_metadata: dict[str, Any] = {}
        self._output_metadata: dict[OutputKey, dict[str, MetadataValue]] = {}
        self.data_versions: dict[AssetKey, DataVersion] = {}
        self._asset_metadata: dict[tuple[AssetKey, str | None], dict[str, MetadataValue]] = {}

    @property
    @abstractmethod
    def run(self) -> RunInfo:
        """The run."""

    @property
    @abstractmethod
    def log(self) -> logging.Logger:
        """Where user code logs."""

    @property
    @abstractmethod
    def partitions(self) -> StepPartitions:
        """The partitions that the op makes and reads."""

    @abstractmethod
    def emit(self, detail: Detail) -> None:
        """Record that something happened."""

    @abstractmethod
    def record(self, event: Any) -> None:
        """Take an event that user code logged: a materialization or an observation."""

    def add_output_metadata(self, metadata: Mapping[str, Any], output: str, mapping_key: str | None = None) -> None:
        """Keep metadata until the output is produced."""
        if output not in self.op.outs:
            known = ", ".join(map(repr, self.op.outs)) or "none"
            raise InvariantViolationError(
                f"Op {self.op.name!r} has no output {output!r} for metadata; it has: {known}."
            )
        if self._is_taken(output, mapping_key):
            which = "" if mapping_key is None else f" with mapping_key '{mapping_key}'"
            raise InvariantViolationError(
                f"In op '{self.name}', attempted to log output metadata for output '{output}'{which} which has already been "
                "yielded. Metadata must be logged before the output is yielded."
            )
        if mapping_key is not None and not self.op.outs[output].is_dynamic:
            raise InvariantViolationError(
                f"In op '{self.name}', metadata for output '{output}' has mapping_key '{mapping_key}', but the output is not "
                "dynamic. Declare it as DynamicOut, or leave mapping_key out."
            )
        self._output_metadata.setdefault((output, mapping_key), {}).update(self._kept(metadata))

    def _is_taken(self, output: str, mapping_key: str | None) -> bool:
        keys = self.mapping_keys.get(output)
        return output in self.produced if keys is None else mapping_key in keys

    def _kept(self, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        return normalize_metadata(metadata)

    def output_metadata(self, output: str, mapping_key: str | None = None) -> Mapping[str, MetadataValue]:
        """What `add_output_metadata` kept."""
        return self._output_metadata.get((output, mapping_key), {})

    def add_asset_metadata(self, metadata: Mapping[str, Any], key: AssetKey, partition: str | None) -> None:
        """Keep metadata until the asset, or one partition of it, is made."""
        self._asset_metadata.setdefault((key, partition), {}).update(normalize_metadata(metadata))

    def asset_metadata(self, key: AssetKey, partition: str | None) -> Mapping[str, MetadataValue]:
        """What `add_asset_metadata` kept of an asset, and of one of its partitions."""
        of_all = self._asset_metadata.get((key, None), {})
        return of_all if partition is None else {**of_all, **self._asset_metadata.get((key, partition), {})}

    def spec_of(self, key: AssetKey | None) -> AssetSpec | None:
        """What is known about an asset that the op makes."""
        if key is None or self.assets_def is None:
            return None
        spec: AssetSpec | None = self.assets_def.specs_by_key.get(key)
        return spec


class StepScope(Scope):
    """One attempt of a step of a run."""

    def __init__(self, frame: RunFrame, launch: Launch) -> None:
        super().__init__()
        self.frame = frame
        self.step = step = concrete_step(frame.plan, launch.key, launch.mapping_keys)
        self.attempt = launch.attempt
        self.missing = launch.missing
        self.op = step.op
        self.name = step.path[-1]
        self.is_nested = len(step.path) > 1
        self.mapping_key = split_key(launch.key)[1]
        self.node = frame.job.graph.node_at(step.path).merged()
        self.step_key = step.key
        self.resources = Resources()
        self.asset_keys_by_output = {o.name: o.asset_key for o in step.outputs.values() if o.asset_key is not None}
        self.asset_keys_by_input = {i.name: i.asset_key for i in step.inputs if i.asset_key is not None}
        self.selected_outputs = step.selected_outputs
        self.instance = frame.instance
        self.job = frame.job
        layer = frame.job.asset_layer
        self.assets_def = layer.assets_defs_by_node.get(step.path[0]) if layer is not None else None
        self._specs = frame.job.known_specs
        self._run_id = frame.spec.run_id

    def emit(self, detail: Detail) -> None:
        """Record that something happened in this attempt."""
        with self.frame.interrupts.shielded():
            self.frame.emit(Event(self._run_id, time.time(), self.step_key, self.attempt, detail))

    @cached_property
    def run(self) -> RunInfo:
        """The run."""
        return RunInfo.of(self.frame.spec)

    @cached_property
    def partitions(self) -> StepPartitions:
        """The partitions that the op makes and reads."""
        return StepPartitions(
            self.run,
            job_partitions_def=self.frame.job.partitions_def,
            specs=self._specs,
            assets_def=self.assets_def,
            store=dynamic_store_of(self.instance),
        )

    @cached_property
    def log_handler(self) -> EventHandler:
        """Turns log records into events of this attempt."""
        return EventHandler(self.emit, self.frame.spec.log_level)

    @cached_property
    def log(self) -> logging.Logger:
        """The logger that user code and I/O managers get."""
        return step_logger(self.log_handler)

    def record(self, event: Any) -> None:
        """Emit an event that user code logged."""
        self.emit(user_event_detail(event, self.run.partition_key))

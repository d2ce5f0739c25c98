"""The contexts that I/O managers get within a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import MetadataValue
from headrace.execute.contexts.input_context import InputContext
from headrace.execute.contexts.output_context import OutputContext
from headrace.execute.planning.dynamic import concrete_step
from headrace.execute.planning.sources import FromAsset, FromStep

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.execute.contexts.resource_pool import ResourcePool
    from headrace.execute.contexts.scope import StepScope
    from headrace.execute.planning.plan import Step, StepInput


class IOContexts:
    """Makes them for one attempt."""

    def __init__(self, scope: StepScope, pool: ResourcePool) -> None:
        self._scope = scope
        self._pool = pool

    def output(
        self,
        step: Step,
        name: str,
        manager_key: str,
        *,
        run_id: str | None = None,
        mapping_key: str | None = None,
        metadata: Mapping[str, MetadataValue] | None = None,
        partitions: Sequence[str] | None = None,
    ) -> OutputContext:
        """For storing an output of this step, or as what an input of it was stored under, in these partitions."""
        scope, out, output = self._scope, step.op.outs[name], step.outputs[name]
        run = scope.run
        return OutputContext(
            name=name,
            step_key=step.key,
            run_id=run_id or run.run_id,
            job_name=run.job_name,
            mapping_key=mapping_key,
            config=scope.frame.config.io_config(step.path, "outputs", name),
            definition_metadata=self._metadata(output.asset_key, out.metadata),
            output_metadata=metadata,
            dagster_type=out.type,
            op_def=step.op,
            asset_key=output.asset_key,
            partition_key=run.partition_key,
            asset_partition_keys=self._made(output.asset_key) if partitions is None else partitions,
            asset_partitions_def=scope.partitions.definition_of(output.asset_key),
            resource_config=self._pool.config_of(manager_key),
            resources=self._pool.resources_of(manager_key),
            log=scope.log,
            version=out.code_version or step.op.code_version,
            run_tags=run.tags,
            asset_spec=self._spec(output.asset_key),
            on_event=scope.record,
        )

    def input(self, each: StepInput, upstream: OutputContext | None, manager_key: str) -> InputContext:
        """For loading an input of this step."""
        scope, declared = self._scope, self._scope.op.ins[each.name]
        key = each.asset_key
        if key is None and upstream is not None and upstream.has_asset_key:
            key = upstream.asset_key
        return InputContext(
            name=each.name,
            job_name=scope.run.job_name,
            upstream_output=upstream,
            config=scope.frame.config.io_config(scope.step.path, "inputs", each.name),
            definition_metadata=declared.metadata,
            dagster_type=declared.type,
            op_def=scope.op,
            asset_key=key,
            partition_key=scope.run.partition_key,
            asset_partition_keys=self._read(key),
            asset_partitions_def=scope.partitions.definition_of(key),
            resource_config=self._pool.config_of(manager_key),
            resources=self._pool.resources_of(manager_key),
            log=scope.log,
            run_tags=scope.run.tags,
            instance=scope.instance,
        )

    def upstream_of(self, source: FromStep | FromAsset, manager_key: str) -> OutputContext:
        """The context under which the value of an input was stored."""
        if isinstance(source, FromStep):
            step = concrete_step(self._scope.frame.plan, source.step_key, {})
            return self.output(
                step,
                source.output,
                manager_key,
                run_id=source.run_id,
                mapping_key=source.mapping_key,
                partitions=self._read(step.outputs[source.output].asset_key),
            )
        spec = self._spec(source.asset_key)
        return OutputContext(
            name="result",
            job_name=self._scope.run.job_name,
            definition_metadata=spec.metadata if spec is not None else None,
            asset_key=source.asset_key,
            partition_key=self._scope.run.partition_key,
            asset_partition_keys=self._read(source.asset_key),
            asset_partitions_def=self._scope.partitions.definition_of(source.asset_key),
            resource_config=self._pool.config_of(manager_key),
            resources=self._pool.resources_of(manager_key),
            log=self._scope.log,
            asset_spec=spec,
        )

    def _spec(self, key: AssetKey | None) -> AssetSpec | None:
        return self._scope.frame.job.known_specs.get(key) if key is not None else None

    def _metadata(self, key: AssetKey | None, own: Mapping[str, Any] | None) -> Mapping[str, Any]:
        spec = self._spec(key)
        return {**(own or {}), **(spec.metadata if spec is not None else {})}

    def _made(self, key: AssetKey | None) -> Sequence[str] | None:
        """The partitions of an asset that this run makes; None for what is not partitioned."""
        made = self._scope.partitions.made(key)
        return None if made is None else made.get_partition_keys()

    def _read(self, key: AssetKey | None) -> Sequence[str] | None:
        """The partitions of an asset that this step reads; None for what is not partitioned."""
        read = self._scope.partitions.read(key)
        return None if read is None else read.get_partition_keys()

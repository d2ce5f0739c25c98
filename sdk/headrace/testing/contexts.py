"""Contexts for direct calls of ops, assets and I/O managers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.ops.type_inference import runtime_type
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import InvalidInvocationError
from headrace.execute.contexts.output_context import OutputContext
from headrace.execute.direct.invoke import (
    DirectAssetCheckExecutionContext,
    DirectAssetExecutionContext,
    DirectOpExecutionContext,
)
from headrace.execute.direct.scope import DirectScope
from headrace.testing.io_contexts import DirectInputContext, DirectOutputContext

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from headrace.definitions.assets.spec import AssetSpec
    from headrace.definitions.ops.op import OpDefinition
    from headrace.instance.instance import Instance


EPHEMERAL_RUN_ID = "__EPHEMERAL_RUN_ID"
"""The run of an output context that a test makes without one."""


def build_op_context(
    resources: Mapping[str, Any] | None = None,
    op_config: Any = None,
    resources_config: Mapping[str, Any] | None = None,
    instance: Any = None,
    config: Any = None,
    partition_key: str | None = None,
    run_tags: Mapping[str, str] | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    mapping_key: str | None = None,
    event_loop: AbstractEventLoop | None = None,
) -> DirectOpExecutionContext:
    """A context to call an op with. Use it in a `with` statement to tear its resources down.

    Args:
        resources: Resources by name: definitions, `ConfigurableResource`s, or plain values.
        op_config: The op's config.
        resources_config: The config of resources, as in run config.
        instance: What `context.instance` is to be.
        config: The same as `op_config`.
        partition_key: The partition.
        run_tags: The tags of the run.
        partition_key_range: A range of partitions, instead of one.
        mapping_key: Which of the values of a dynamic output the call is for.
        event_loop: Where asynchronous resources are started; run the op on it, too.
    """
    if op_config is not None and config is not None:
        raise InvalidInvocationError("build_op_context: give either op_config or config, which mean the same.")
    return DirectOpExecutionContext(
        DirectScope(
            resources=resources,
            resources_config=resources_config,
            config=op_config if config is None else config,
            partition_key=partition_key,
            partition_key_range=partition_key_range,
            run_tags=run_tags,
            instance=instance,
            mapping_key=mapping_key,
            event_loop=event_loop,
        )
    )


def build_asset_context(
    resources: Mapping[str, Any] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Any = None,
    instance: Any = None,
    partition_key: str | None = None,
    run_tags: Mapping[str, str] | None = None,
    partition_key_range: PartitionKeyRange | None = None,
    event_loop: AbstractEventLoop | None = None,
) -> DirectAssetExecutionContext:
    """A context to call an asset with. Use it in a `with` statement to tear its resources down.

    Args:
        resources: Resources by name: definitions, `ConfigurableResource`s, or plain values.
        resources_config: The config of resources, as in run config.
        asset_config: The asset's config.
        instance: What `context.instance` is to be.
        partition_key: The partition.
        run_tags: The tags of the run.
        partition_key_range: A range of partitions, instead of one.
        event_loop: Where asynchronous resources are started; run the asset on it, too.
    """
    return DirectAssetExecutionContext(
        DirectScope(
            resources=resources,
            resources_config=resources_config,
            config=asset_config,
            partition_key=partition_key,
            partition_key_range=partition_key_range,
            run_tags=run_tags,
            instance=instance,
            event_loop=event_loop,
        )
    )


def build_asset_check_context(
    resources: Mapping[str, Any] | None = None,
    resources_config: Mapping[str, Any] | None = None,
    asset_config: Any = None,
    instance: Any = None,
) -> DirectAssetCheckExecutionContext:
    """A context to call an asset check with. Use it in a `with` statement to tear its resources down.

    Args:
        resources: Resources by name: definitions, `ConfigurableResource`s, or plain values.
        resources_config: The config of resources, as in run config.
        asset_config: The check's config.
        instance: What `context.instance` is to be.
    """
    return DirectAssetCheckExecutionContext(
        DirectScope(resources=resources, resources_config=resources_config, config=asset_config, instance=instance)
    )


def build_output_context(
    step_key: str | None = None,
    name: str | None = None,
    definition_metadata: Mapping[str, Any] | None = None,
    run_id: str | None = None,
    mapping_key: str | None = None,
    config: Any = None,
    dagster_type: Any = None,
    version: str | None = None,
    resource_config: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    op_def: OpDefinition | None = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    instance: Instance | None = None,
    asset_spec: AssetSpec | None = None,
    metadata: Mapping[str, Any] | None = None,
    output_metadata: Mapping[str, Any] | None = None,
    asset_partition_keys: Sequence[str] | None = None,
    job_name: str | None = None,
) -> DirectOutputContext:
    """A context to call `handle_output` of an I/O manager with, or to give to `build_input_context` as upstream.

    Use it in a `with` statement to tear its resources down.

    Args:
        step_key: The step that produced the value.
        name: The output.
        definition_metadata: The metadata of the output's definition.
        run_id: The run that produced the value.
        mapping_key: Which of the values of a dynamic output.
        config: The config of the output.
        dagster_type: The declared type.
        version: The version of the output.
        resource_config: The config of the I/O manager.
        resources: What the I/O manager requires.
        op_def: The op that produced the value.
        asset_key: The asset that the value belongs to.
        partition_key: The partition of the run; with an asset, also of the asset.
        asset_partitions_def: The set that partitions of the asset are of.
        asset_partition_key_range: The partitions of the asset, as a range.
        instance: Accepted as `build_input_context` does; output contexts have none.
        asset_spec: What is known about the asset.
        metadata: The older name of `definition_metadata`.
        output_metadata: What user code attached to the value.
        asset_partition_keys: The partitions of the asset.
        job_name: The job.
    """
    key = None if asset_key is None else AssetKey.from_coercible(asset_key)
    return DirectOutputContext(
        name=name,
        step_key=step_key,
        run_id=EPHEMERAL_RUN_ID if run_id is None else run_id,
        job_name=job_name,
        mapping_key=mapping_key,
        config=config,
        definition_metadata=definition_metadata if definition_metadata is not None else metadata,
        output_metadata=output_metadata,
        dagster_type=None if dagster_type is None else runtime_type(dagster_type),
        op_def=op_def,
        asset_key=key,
        partition_key=partition_key,
        asset_partition_keys=_partitions(
            key, partition_key, asset_partition_keys, asset_partition_key_range, asset_partitions_def
        ),
        asset_partitions_def=asset_partitions_def,
        resource_config=resource_config,
        resources=resources,
        version=version,
        asset_spec=asset_spec,
    )


def build_input_context(
    name: str | None = None,
    config: Any = None,
    definition_metadata: Mapping[str, Any] | None = None,
    upstream_output: OutputContext | None = None,
    dagster_type: Any = None,
    resource_config: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    op_def: OpDefinition | None = None,
    asset_key: CoercibleToAssetKey | None = None,
    partition_key: str | None = None,
    asset_partition_key_range: PartitionKeyRange | None = None,
    asset_partitions_def: PartitionsDefinition | None = None,
    instance: Instance | None = None,
    metadata: Mapping[str, Any] | None = None,
    asset_partition_keys: Sequence[str] | None = None,
    job_name: str | None = None,
) -> DirectInputContext:
    """A context to call `load_input` of an I/O manager with. Use it in a `with` statement to tear its resources down.

    Args:
        name: The input.
        config: The config of the input.
        definition_metadata: The metadata of the input's definition.
        upstream_output: The context under which the value was stored.
        dagster_type: The declared type.
        resource_config: The config of the I/O manager.
        resources: What the I/O manager requires.
        op_def: The op that has the input.
        asset_key: The asset that is read.
        partition_key: The partition of the run; with an asset, also of the asset.
        asset_partition_key_range: The partitions of the asset, as a range.
        asset_partitions_def: The set that partitions of the asset are of.
        instance: The records of runs, assets and partitions.
        metadata: The older name of `definition_metadata`.
        asset_partition_keys: The partitions of the asset.
        job_name: The job.
    """
    key = None if asset_key is None else AssetKey.from_coercible(asset_key)
    return DirectInputContext(
        name=name,
        job_name=job_name,
        upstream_output=upstream_output,
        config=config,
        definition_metadata=definition_metadata if definition_metadata is not None else metadata,
        dagster_type=None if dagster_type is None else runtime_type(dagster_type),
        op_def=op_def,
        asset_key=key,
        partition_key=partition_key,
        asset_partition_keys=_partitions(
            key, partition_key, asset_partition_keys, asset_partition_key_range, asset_partitions_def
        ),
        asset_partitions_def=asset_partitions_def,
        resource_config=resource_config,
        resources=resources,
        instance=instance,
    )


def _partitions(
    key: AssetKey | None,
    partition: str | None,
    given: Sequence[str] | None,
    key_range: PartitionKeyRange | None,
    partitions_def: PartitionsDefinition | None,
) -> Sequence[str] | None:
    if given is not None:
        return given
    if key_range is not None:
        if partitions_def is None:
            raise InvalidInvocationError("asset_partition_key_range says nothing without asset_partitions_def.")
        return partitions_def.get_partition_keys_in_range(key_range)
    return [partition] if key is not None and partition is not None else None

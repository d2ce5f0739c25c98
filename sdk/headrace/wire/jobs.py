"""Jobs and resources."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.api.types.v1 import job_pb2 as pb
from headrace.config.fields import Field, Shape
from headrace.config.run_config import RunConfig, to_run_config
from headrace.config.types import AnyConfig
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.execute.scheduling.kept_outputs import may_lose_outputs
from headrace.wire.asset_keys import to_asset_keys, to_check_key
from headrace.wire.config_schema import to_config_type
from headrace.wire.graphs import to_nodes
from headrace.wire.metadata import to_metadata
from headrace.wire.partitions import to_partitions
from headrace.wire.payloads import to_json_payload
from headrace.wire.pools import pools_of
from headrace.wire.tags import to_tags

MAX_SCHEMA_BYTES = 256 * 1024
"""A schema beyond it is left out: `PlanRun` still checks against it."""


def to_job(job: JobDefinition) -> pb.JobDefinition:
    """Writes a job; the implicit asset job stands for all assets and repeats none of them, but for their configuration."""
    implicit = job.name == IMPLICIT_ASSET_JOB
    schema = job.run_config_schema.field
    message = pb.JobDefinition(
        name=job.name,
        description=job.description or "",
        tags=to_tags(job.run_tags),
        metadata=to_metadata(job.metadata),
        implicit_asset_job=implicit,
        executor=job.executor_def.name,
        config_required=(schema.is_required and not job.config) or may_lose_outputs(job),
    )
    pools = pools_of(job.graph)
    message.pools.extend(pools.all)
    message.start_pools.extend(pools.first)
    if implicit:
        _set_schema(message, _of_ops_with_config(schema))
        return message
    message.nodes.extend(to_nodes(job))
    partitions = to_partitions(job.partitions_def)
    if partitions is not None:
        message.partitions.CopyFrom(partitions)
    if job.asset_layer is not None:
        message.asset_keys.extend(to_asset_keys(job.asset_layer.selected_keys))
        message.check_keys.extend(map(to_check_key, sorted(job.asset_layer.check_keys)))
    _set_schema(message, schema)
    if isinstance(job.config, (Mapping, RunConfig)):
        message.default_run_config.CopyFrom(to_json_payload(to_run_config(job.config)))
    for name, config in job.presets.items():
        message.presets.add(name=name, run_config=to_json_payload(config))
    return message


def to_resource(key: str, resource: ResourceDefinition) -> pb.ResourceDefinition:
    """Writes a resource."""
    message = pb.ResourceDefinition(
        key=key,
        type=getattr(resource.resource_fn, "__name__", type(resource).__name__),
        description=resource.description or "",
    )
    _set_schema(message, resource.config_field)
    return message


def _of_ops_with_config(schema: Field) -> Field:
    """Leaves out the ops that take anything: of thousands of assets, few say what they take."""
    run_config = schema.config_type
    ops = run_config.fields["ops"].config_type if isinstance(run_config, Shape) and "ops" in run_config.fields else None
    if not isinstance(run_config, Shape) or not isinstance(ops, Shape):
        return schema
    telling = {name: op for name, op in ops.fields.items() if not _takes_anything(op)}
    # Which of them must be given depends on the assets that are chosen.
    return Field(Shape({**run_config.fields, "ops": Field(Shape(telling), is_required=False)}), is_required=False)


def _takes_anything(op: Field) -> bool:
    config = op.config_type.fields.get("config") if isinstance(op.config_type, Shape) else None
    return config is not None and isinstance(config.config_type, AnyConfig)


def _set_schema(message: pb.JobDefinition | pb.ResourceDefinition, field: Field) -> None:
    schema = to_config_type(field.config_type)
    if schema.ByteSize() <= MAX_SCHEMA_BYTES:
        message.config_schema.CopyFrom(schema)

"""Materializing assets in the caller's process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.config.run_config import RunConfig
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB, build_asset_job, check_resources_of_job
from headrace.definitions.assets.resource_conflicts import refuse_conflicts_among, refuse_conflicts_with
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.errors import (
    InvalidDefinitionError,
    InvalidSubsetError,
    InvariantViolationError,
)
from headrace.execute.runs.in_process import execute_in_process
from headrace.io.memory import mem_io_manager

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.runs.in_process_result import ExecuteInProcessResult


def materialize(
    assets: Sequence[Any],
    run_config: Mapping[str, Any] | RunConfig | None = None,
    instance: Any = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: Any = None,
) -> ExecuteInProcessResult:
    """Make assets in this process, and store them with their I/O managers.

    Args:
        assets: The assets, and those they read.
        run_config: The run config.
        instance: What `context.instance` is to be.
        resources: Resources by name.
        partition_key: The partition to make.
        raise_on_error: Whether the exception of user code is raised, or only found in the result.
        tags: Tags of the run.
        selection: Which of the assets to make; all when left out.
    """
    return _materialize(
        assets, run_config, instance, resources, partition_key, raise_on_error, tags, selection, in_memory=False
    )


def materialize_to_memory(
    assets: Sequence[Any],
    run_config: Mapping[str, Any] | RunConfig | None = None,
    instance: Any = None,
    resources: Mapping[str, Any] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: Any = None,
) -> ExecuteInProcessResult:
    """Make assets in this process, and keep them in memory only.

    Args:
        assets: The assets, and those they read.
        run_config: The run config.
        instance: What `context.instance` is to be.
        resources: Resources by name; no I/O manager among them.
        partition_key: The partition to make.
        raise_on_error: Whether the exception of user code is raised, or only found in the result.
        tags: Tags of the run.
        selection: Which of the assets to make; all when left out.
    """
    return _materialize(
        assets, run_config, instance, resources, partition_key, raise_on_error, tags, selection, in_memory=True
    )


def _materialize(
    assets: Sequence[Any],
    run_config: Mapping[str, Any] | RunConfig | None,
    instance: Any,
    resources: Mapping[str, Any] | None,
    partition_key: str | None,
    raise_on_error: bool,
    tags: Mapping[str, str] | None,
    selection: Any,
    *,
    in_memory: bool,
) -> ExecuteInProcessResult:
    graph = AssetGraph.from_assets(assets)
    given = as_resource_definitions(resources)
    refuse_conflicts_among(graph.assets_defs)
    refuse_conflicts_with(graph.assets_defs, given)
    if in_memory:
        given = _kept_in_memory(graph, given)
    try:
        job = _job_of(graph, selection, given)
    except InvalidSubsetError as error:
        raise InvalidDefinitionError(f"Failed to resolve asset job {IMPLICIT_ASSET_JOB}: {error}") from error
    return execute_in_process(
        job,
        run_config=run_config,
        instance=instance,
        partition_key=partition_key,
        raise_on_error=raise_on_error,
        tags=tags,
        in_memory=in_memory,
    )


def _job_of(graph: AssetGraph, selection: Any, given: Mapping[str, ResourceDefinition]) -> JobDefinition:
    """What makes the selected assets."""
    keys, checks = graph.materializable_keys or graph.executable_keys, None
    if selection is not None:
        chosen = AssetSelection.from_coercible(selection)
        keys, checks = chosen.resolve(graph) & graph.executable_keys, chosen.resolve_checks(graph)
    job = build_asset_job(IMPLICIT_ASSET_JOB, graph, keys, check_keys=checks, resource_defs=given)
    check_resources_of_job(job, graph, given)
    return job


def _kept_in_memory(graph: AssetGraph, given: dict[str, ResourceDefinition]) -> dict[str, ResourceDefinition]:
    """The resources, with every I/O manager one that keeps values in memory."""
    used = {graph.assets_def_for(key).io_manager_key_for(key) for key in graph.keys}
    provided = sorted(used & set(given).union(*(each.resource_defs for each in graph.assets_defs)))
    if provided:
        raise InvariantViolationError(
            "Attempted to call `materialize_to_memory` with a resource provided for io manager key "
            f"{provided[0]!r}. Do not provide resources for io manager keys when calling `materialize_to_memory`, as it will "
            "override io management behavior for all keys."
        )
    return {**given, **dict.fromkeys(used, mem_io_manager)}

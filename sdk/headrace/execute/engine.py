"""What definitions reach through their door to the engine: the functions of `headrace.definitions.engine.Engine`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.context import Resources
from headrace.execute.contexts.asset_values import AssetValueLoader
from headrace.execute.contexts.hook_context import HookContext
from headrace.execute.direct.invoke import invoke as call_directly
from headrace.execute.planning.dynamic_rules import check_dynamic_outputs as refuse_wrong_dynamic_outputs
from headrace.execute.planning.subset import subset_job_by_ops
from headrace.execute.runs.in_process import execute_in_process as run_in_process
from headrace.io.default import default_io_manager as find_default_io_manager

if TYPE_CHECKING:
    from headrace.definitions.assets.assets_definition import AssetsDefinition
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.graphs.structure import GraphStructure
    from headrace.definitions.jobs.hook import HookDefinition
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.runs.in_process_result import ExecuteInProcessResult


def default_io_manager() -> ResourceDefinition:
    """The `ResourceDefinition` that stores outputs where a job provides no `io_manager`."""
    return find_default_io_manager()


def asset_value_loader(
    assets_defs_by_key: Mapping[AssetKey, AssetsDefinition], instance: Any, **arguments: Any
) -> AssetValueLoader:
    """Loads values of assets outside of runs."""
    return AssetValueLoader(assets_defs_by_key, instance, **arguments)


def invoke(definition: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Calls an op or an asset directly, as a test does."""
    return call_directly(definition, args, kwargs)


def check_dynamic_outputs(graph: GraphStructure) -> None:
    """Refuses a graph whose dynamic outputs are connected to what they must not be."""
    refuse_wrong_dynamic_outputs(graph)


def call_hook(hook: HookDefinition, context: Any) -> Any:
    """Calls a hook directly, with a context that a test made, or with None."""
    if context is None:
        context = HookContext(resources=Resources(), log=logging.getLogger("headrace"))
    return hook.hook_fn(context.bound_to(hook) if isinstance(context, HookContext) else context)


def subset_job(job: JobDefinition, op_selection: Iterable[str]) -> JobDefinition:
    """A job with the ops only that clauses such as `*op` select."""
    return subset_job_by_ops(job, op_selection)


def execute_in_process(job: JobDefinition, **arguments: Any) -> ExecuteInProcessResult:
    """Runs a job in this process; takes what `JobDefinition.execute_in_process` takes."""
    return run_in_process(job, **arguments)

"""Finding the jobs of assets that have conditions of their own."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.automation.asset_job import AssetJob
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.definitions import Definitions
from headrace.definitions.jobs.job_key import AssetJobKey


def asset_jobs_of(definitions: Definitions) -> Mapping[AssetJobKey, AssetJob]:
    """The jobs of assets that have conditions."""
    found = {}
    for job in definitions.jobs:
        if isinstance(job, UnresolvedAssetJobDefinition) and job.automation_condition is not None:
            each = _asset_job(job, job.automation_condition, definitions.resolve_asset_graph())
            found[each.key] = each
    return found


def _asset_job(job: UnresolvedAssetJobDefinition, condition: AutomationCondition, graph: AssetGraph) -> AssetJob:
    keys = frozenset(job.selection.resolve(graph) & graph.executable_keys)
    roots = sorted(key for key in keys if not (graph.parents[key] - {key}) & keys)
    shapes = {graph.get(key).partitions_def for key in keys} - {None}
    partitions_def = job.partitions_def or (next(iter(shapes)) if len(shapes) == 1 else None)
    return AssetJob(AssetJobKey(job.name), condition, keys, tuple(roots), partitions_def)

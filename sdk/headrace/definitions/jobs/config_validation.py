"""Checking run config before a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.config.run_config import RunConfig
from headrace.definitions.graphs.node import Node
from headrace.definitions.graphs.structure import NodePath
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.jobs.run_config import ResolvedRunConfig
from headrace.definitions.ops.op import OpDefinition


def validate_run_config(
    job_def: JobDefinition, run_config: Mapping[str, Any] | RunConfig | None = None
) -> Mapping[str, Any]:
    """Returns the config that a run would use, with every default and the environment; raises an error that names every issue.

    Args:
        job_def: The job that the run config is for.
        run_config: The run config.

    Returns:
        `ops` by path, as in `outer.inner`, each with its config, inputs and outputs; `execution` by the executor's name;
        `resources`; and those `loggers` that are named.

    Raises:
        InvalidConfigError: the run config does not fit the job.
    """
    resolved = job_def.resolve_run_config(run_config)
    return {
        "ops": {".".join(path): _of_node(resolved, path, node) for path, node in job_def.graph.iterate_nodes()},
        "execution": {job_def.executor_def.name: resolved.execution_config},
        "resources": {name: {"config": resolved.resource_config(name) or None} for name in _needed(job_def)},
        "loggers": {name: {"config": resolved.logger_config(name)} for name in resolved.logger_names},
    }


def _of_node(resolved: ResolvedRunConfig, path: NodePath, node: Node) -> Mapping[str, Any]:
    has_config = isinstance(node.definition, OpDefinition)
    return {
        "config": resolved.op_config(path) if has_config else None,
        "inputs": resolved.input_config(path),
        "outputs": resolved.output_config(path),
    }


def _needed(job_def: JobDefinition) -> Sequence[str]:
    """The resources that a run starts, in the order of the job."""
    return [name for name in job_def.all_resource_defs if name in job_def.required_resource_keys]

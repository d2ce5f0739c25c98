"""Checking run config before a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.run_config import RunConfig
from headrace.definitions.jobs.job import JobDefinition


def validate_run_config(
    job_def: JobDefinition, run_config: Mapping[str, Any] | RunConfig | None = None
) -> Mapping[str, Any]:
    """Returns the run config with defaults filled in; raises an `InvalidConfigError` that names every issue.

    Args:
        job_def: The job that the run config is for.
        run_config: The run config.
    """
    return job_def.check_run_config(run_config)

"""What the executors have in common whose steps are started in an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.fields import Field
from headrace.definitions.jobs.executor import (
    MAX_CONCURRENT,
    RETRIES,
    STEP_DEPENDENCY_CONFIG,
    TAG_CONCURRENCY_LIMITS,
    ExecutorDefinition,
    multiple_process_executor_requirements,
)


def engine_executor(kind: str, fields: Mapping[str, Any], description: str) -> ExecutorDefinition:
    """Returns an executor whose steps have workers of their own in an engine.

    Args:
        kind: The engine.
        fields: What it takes beside what all executors take. What is left out is as the run's launcher has it, where that uses
            the same engine.
        description: What it does.
    """
    common = {
        "retries": RETRIES,
        "max_concurrent": MAX_CONCURRENT,
        "tag_concurrency_limits": TAG_CONCURRENCY_LIMITS,
        "step_dependency_config": STEP_DEPENDENCY_CONFIG,
    }
    return ExecutorDefinition(
        kind,
        {**fields, **common},
        requirements=multiple_process_executor_requirements(),
        description=description,
    )


def optional(config_type: Any, description: str) -> Field:
    """Returns a field that may be left out."""
    return Field(config_type, is_required=False, description=description)

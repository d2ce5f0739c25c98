"""What the executors have in common whose steps are started in an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.fields import Field
from headrace.definitions.jobs.executor import (
    COMMON_SCHEMA,
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
    return ExecutorDefinition(
        kind,
        {**fields, **COMMON_SCHEMA},
        requirements=multiple_process_executor_requirements(),
        description=description,
        engine=kind,
    )


def optional(config_type: Any, description: str) -> Field:
    """Returns a field that may be left out."""
    return Field(config_type, is_required=False, description=description)

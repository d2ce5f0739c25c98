"""Amazon ECS: steps as tasks of their own. The run launcher needs no code: `EcsRunLauncher` in the instance file."""

from __future__ import annotations

from headrace.config.fields import Noneable, Permissive
from headrace.config.sources import IntSource, StringSource
from headrace.integrations.engine_executor import engine_executor, optional

ecs_executor = engine_executor(
    "ecs",
    {
        "cpu": optional(IntSource, "Of a step's task, in units of 1/1024."),
        "memory": optional(IntSource, "Of a step's task, in MiB."),
        "ephemeral_storage": optional(IntSource, "Of a step's task, in GiB."),
        "task_definition": optional(Noneable(StringSource), "A task definition that exists, by name or ARN."),
        "container_name": optional(StringSource, "The container of it that works."),
        "run_task_kwargs": optional(Permissive(), "Anything else that run_task takes."),
        "task_overrides": optional(Permissive(), "More for its overrides."),
        "env_vars": optional([StringSource], "NAME=value, or NAME for a variable of the run's worker."),
        "secrets": optional([Permissive()], "Secrets that become variables: name and valueFrom."),
    },
    "Runs each step as a task of Amazon ECS.",
)
"""Runs each step as a task of Amazon ECS; what is left out of its config is as the run's launcher has it."""

__all__ = ["ecs_executor"]

"""Executors: how the steps of a run are spread over processes. A definition names one and describes its config."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from enum import Enum
from typing import Any, overload

from headrace.config.binding import ConfigBinding, OwnConfig, configure
from headrace.config.fields import Field, Noneable, ScalarUnion, Selector
from headrace.config.sources import IntSource
from headrace.config.types import Bool, Int, String
from headrace.definitions.jobs.init_executor import Executor, InitExecutorContext
from headrace.definitions.naming import check_name
from headrace.errors import InvalidDefinitionError


class ExecutorRequirement(Enum):
    """What an executor needs of a job or of where it runs."""

    RECONSTRUCTABLE_JOB = "RECONSTRUCTABLE_JOB"
    NON_EPHEMERAL_INSTANCE = "NON_EPHEMERAL_INSTANCE"
    PERSISTENT_OUTPUTS = "PERSISTENT_OUTPUTS"


def multiple_process_executor_requirements() -> list[ExecutorRequirement]:
    """What every executor needs whose steps run in processes of their own."""
    return list(ExecutorRequirement)


class ExecutorDefinition:
    """Names an executor and describes its config.

    Args:
        name: The executor's name.
        config_schema: What config it takes, under `execution: config:` of the run config.
        requirements: What it needs.
        executor_creation_fn: Makes the executor from an `InitExecutorContext`; the built-in one of this name when left out.
        description: What it does.
        engine: What starts a worker for each attempt of a step, such as `docker`.
    """

    def __init__(
        self,
        name: str,
        config_schema: Any = None,
        requirements: Sequence[ExecutorRequirement] | None = None,
        executor_creation_fn: Callable[[InitExecutorContext], Any] | None = None,
        description: str | None = None,
        engine: str = "",
    ) -> None:
        self.name = check_name(name, "An executor's name")
        self.kind = name
        self.engine = engine
        self.description = description
        self.requirements = list(requirements or ())
        self.executor_creation_fn: Callable[[InitExecutorContext], Any] = executor_creation_fn or self._built_in
        self.config_binding: ConfigBinding = OwnConfig(config_schema)

    @property
    def config_field(self) -> Field:
        """The schema of the config."""
        return self.config_binding.field

    def create(self, context: InitExecutorContext) -> Executor:
        """The executor of a run.

        Raises:
            InvalidDefinitionError: its function returned something else.
        """
        made = self.executor_creation_fn(context)
        if not isinstance(made, Executor):
            raise InvalidDefinitionError(
                f"The function of executor {self.name!r} returned {made!r}; return what a built-in executor makes, such as "
                "multiprocess_executor.executor_creation_fn(init_context)."
            )
        return made

    def _built_in(self, context: InitExecutorContext) -> Executor:
        return Executor(self.kind, context.executor_config or {}, self.engine)

    @property
    def config_schema(self) -> Field:
        """The schema of the config."""
        return self.config_field

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> ExecutorDefinition:
        """This executor with its config fixed, or made by a function from config of another schema.

        Args:
            config_or_config_fn: The config, or a function that takes config and returns this executor's config.
            name: The new executor's name.
            config_schema: What the function takes.
            description: What the new executor does.
        """
        configured = copy(self)
        configured.name = check_name(name or self.name, "An executor's name")
        configured.description = description if description is not None else self.description
        configured.config_binding = configure(
            self.config_binding, config_or_config_fn, config_schema, f"executor {self.name!r}"
        )
        return configured

    def __repr__(self) -> str:
        return f"ExecutorDefinition({self.name!r})"


@overload
def executor(name: Callable[[Any], Any]) -> ExecutorDefinition: ...


@overload
def executor(
    name: str | None = ...,
    config_schema: Any = ...,
    requirements: Sequence[ExecutorRequirement] | None = ...,
) -> Callable[[Callable[[Any], Any]], ExecutorDefinition]: ...


def executor(
    name: str | Callable[[Any], Any] | None = None,
    config_schema: Any = None,
    requirements: Sequence[ExecutorRequirement] | None = None,
) -> ExecutorDefinition | Callable[[Callable[[Any], Any]], ExecutorDefinition]:
    """Makes an executor definition of a function that takes an `InitExecutorContext` and returns an executor.

    Args:
        name: The executor's name; the function's when left out.
        config_schema: What config it takes.
        requirements: What it needs.
    """
    if callable(name):
        return ExecutorDefinition(name.__name__, executor_creation_fn=name, description=name.__doc__)

    def make(function: Callable[[Any], Any]) -> ExecutorDefinition:
        return ExecutorDefinition(
            name or function.__name__, config_schema, requirements, function, description=function.__doc__
        )

    return make


RETRIES = Field(
    Selector({"enabled": {}, "disabled": {}}),
    default_value={"enabled": {}},
    description="Whether steps are tried again as their retry policies say.",
)
MAX_CONCURRENT = Field(
    Noneable(IntSource),
    default_value=None,
    description="How many steps may run at once; as many as there are CPUs when left out or 0.",
)
TAG_CONCURRENCY_LIMITS = Field(
    Noneable(
        [
            {
                "key": String,
                "value": Field(ScalarUnion(String, {"applyLimitPerUniqueValue": Bool}), is_required=False),
                "limit": Int,
            }
        ]
    ),
    is_required=False,
    description="How many steps that carry a tag may run at once.",
)
START_METHOD = Field(
    Selector(
        {"auto": {}, "fork": {}, "spawn": {}, "forkserver": {"preload_modules": Field([String], is_required=False)}}
    ),
    is_required=False,
    description="How the processes of steps are started; by default the fastest way that is safe for the code.",
)
ENGINE_MAX_CONCURRENT = Field(
    Noneable(IntSource),
    default_value=None,
    description="How many steps may run at once; as many as can when left out.",
)
STEP_DEPENDENCY_CONFIG = Field(
    {"require_upstream_step_success": Field(Bool, default_value=True)},
    is_required=False,
    description="Whether a step waits for the steps upstream to end, or only for the outputs that it needs.",
)

_IN_PROCESS_SCHEMA = {
    "retries": RETRIES,
    "marker_to_close": Field(String, is_required=False, description="Accepted and ignored."),
    "step_dependency_config": STEP_DEPENDENCY_CONFIG,
}
_MULTIPROCESS_SCHEMA = {
    "max_concurrent": MAX_CONCURRENT,
    "tag_concurrency_limits": TAG_CONCURRENCY_LIMITS,
    "start_method": START_METHOD,
    "retries": RETRIES,
    "step_dependency_config": STEP_DEPENDENCY_CONFIG,
}

COMMON_SCHEMA = {
    "max_concurrent": ENGINE_MAX_CONCURRENT,
    "tag_concurrency_limits": TAG_CONCURRENCY_LIMITS,
    "retries": RETRIES,
    "step_dependency_config": STEP_DEPENDENCY_CONFIG,
}
"""What every executor takes whose steps have workers of their own; the rest of its config is for the engine."""

in_process_executor = ExecutorDefinition(
    "in_process",
    _IN_PROCESS_SCHEMA,
    description="Runs the steps one after the other in the process of the run.",
)
multiprocess_executor = ExecutorDefinition(
    "multiprocess",
    _MULTIPROCESS_SCHEMA,
    requirements=multiple_process_executor_requirements(),
    description="Runs each step in a process of its own, as many at once as allowed.",
)
multi_or_in_process_executor = ExecutorDefinition(
    "multi_or_in_process_executor",
    Field(
        Selector({"multiprocess": _MULTIPROCESS_SCHEMA, "in_process": _IN_PROCESS_SCHEMA}),
        default_value={"multiprocess": {}},
    ),
    description="Runs each step in a process of its own, or all in the process of the run, as the run config says.",
)

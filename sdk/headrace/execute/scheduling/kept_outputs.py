"""Whether what steps give is kept where the processes of other steps find it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from headrace.errors import HeadraceError, UnmetExecutorRequirementsError
from headrace.execute.scheduling.executors import executor_settings, settings_of
from headrace.io.memory import InMemoryIOManager

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.runner import RunFrame


def refuse_lost_outputs(frame: RunFrame) -> None:
    """Refuses a run whose steps have processes of their own, and keep an output in the memory of theirs.

    Raises:
        UnmetExecutorRequirementsError: it is such a run; the message names the output and what would do.
    """
    found = next(_kept_in_memory(frame), None)
    executor = frame.job.executor_def
    if found is not None and settings_of(executor, frame.config.execution_config).isolates:
        raise UnmetExecutorRequirementsError(
            f"Each step has a process of its own under executor {executor.name!r}, but your job includes op outputs that will not "
            f"be stored somewhere where other processes can retrieve them: {found} is kept in memory. Use FilesystemIOManager or "
            "another persistent I/O manager, or run the job with in_process_executor."
        )


def may_lose_outputs(job: JobDefinition) -> bool:
    """Whether a run of the job with no more config than its own may be refused for want of a place for outputs."""
    if not any(map(_is_in_memory, job.all_resource_defs.values())):
        return False
    try:
        return executor_settings(job).isolates
    except HeadraceError:
        return True  # whoever plans a run says what is wrong


def _kept_in_memory(frame: RunFrame) -> Iterator[str]:
    for step in frame.plan.steps.values():
        for name in sorted(step.selected_outputs):
            output = step.outputs[name]
            has_value = output.check is None and not step.op.outs[name].is_nothing
            if has_value and _is_kept_in_memory(output.manager_key, frame.resource_defs):
                yield f"output {name!r} of step {step.key!r}"


def _is_kept_in_memory(key: str, definitions: Mapping[str, ResourceDefinition]) -> bool:
    return key in definitions and _is_in_memory(definitions[key])


def _is_in_memory(definition: ResourceDefinition) -> bool:
    maker: Any = definition.resource_fn
    return isinstance(definition.origin, InMemoryIOManager) or (
        isinstance(maker, type) and issubclass(maker, InMemoryIOManager)
    )

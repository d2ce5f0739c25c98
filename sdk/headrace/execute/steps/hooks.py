"""Running the hooks of a step once its fate is known."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

from headrace.definitions.jobs.hook import HookDefinition, HookEvent
from headrace.definitions.resources.context import Resources
from headrace.errors import HookExecutionError
from headrace.execute.contexts.hook_context import HookContext
from headrace.execute.events.event import EngineNoted
from headrace.execute.events.event_types import EventType
from headrace.execute.events.failures import failure_info
from headrace.execute.scheduling.executors import settings_of
from headrace.execute.scheduling.retries import raised_by_user, retry_ask, retry_wait

if TYPE_CHECKING:
    from headrace.execute.contexts.resource_pool import ResourcePool
    from headrace.execute.contexts.scope import StepScope


def run_hooks(scope: StepScope, pool: ResourcePool, error: BaseException | None) -> None:
    """Run what waits for this end; a hook that raises is noted and changes nothing.

    Args:
        scope: The attempt that ended.
        pool: Where the hooks' resources come from.
        error: What failed the attempt.
    """
    waited_for = HookEvent.SUCCESS if error is None else HookEvent.FAILURE
    for hook in _due(scope, error):
        if hook.event is waited_for:
            _run(hook, scope, pool, error)
        else:
            scope.emit(EngineNoted(f"Hook {hook.name!r} was skipped.", event_type=EventType.HOOK_SKIPPED))


def _run(hook: HookDefinition, scope: StepScope, pool: ResourcePool, error: BaseException | None) -> None:
    try:
        hook.hook_fn(_context(hook, scope, pool, error))
    except Exception as raised:
        failure = HookExecutionError(f"Hook {hook.name!r} of {scope.step_key!r} raised:", user_exception=raised)
        failure.__cause__ = raised
        scope.emit(
            EngineNoted(f"Hook {hook.name!r} failed.", failure=failure_info(failure), event_type=EventType.HOOK_ERRORED)
        )
    else:
        scope.emit(EngineNoted(f"Hook {hook.name!r} finished.", event_type=EventType.HOOK_COMPLETED))


def _due(scope: StepScope, error: BaseException | None) -> Iterator[HookDefinition]:
    hooks = scope.frame.job.hooks_of(scope.step.path)
    if not hooks or (error is not None and _is_tried_again(scope, error)):
        return
    yield from sorted(hooks, key=lambda hook: hook.name)


def _is_tried_again(scope: StepScope, error: BaseException) -> bool:
    settings = settings_of(scope.frame.job.executor_def, scope.frame.config.execution_config)
    retryable, asked = retry_ask(error)
    if not retryable or not settings.retries_enabled:
        return False
    policy = scope.step.retry_policy
    return retry_wait(policy, asked, retries_done=scope.attempt - 1, random=random.random) is not None


def _context(hook: HookDefinition, scope: StepScope, pool: ResourcePool, error: BaseException | None) -> HookContext:
    return HookContext(
        resources=Resources(pool.require(hook.required_resource_keys, scope)),
        log=scope.log,
        run_id=scope.run.run_id,
        job_name=scope.run.job_name,
        op=scope.node,
        step_key=scope.step_key,
        op_config=scope.config,
        op_exception=None if error is None else raised_by_user(error),
        op_output_values=scope.output_values,
        op_output_metadata=scope.produced_metadata,
        hook_def=hook,
        instance=scope.instance,
    )

"""Contexts for direct calls of hooks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.context import Resources
from headrace.execute.direct_scope import DirectScope
from headrace.execute.hook_context import HookContext

if TYPE_CHECKING:
    from headrace.definitions.ops.op import OpDefinition


def build_hook_context(
    resources: Mapping[str, Any] | None = None,
    op: OpDefinition | None = None,
    run_id: str | None = None,
    job_name: str | None = None,
    op_exception: Exception | None = None,
    instance: Any = None,
) -> HookContext:
    """A context to call a hook with.

    Args:
        resources: Resources by name: definitions, `ConfigurableResource`s, or plain values.
        op: The op of the step that ended.
        run_id: The run.
        job_name: The job.
        op_exception: What the op raised.
        instance: What `context.instance` is to be.
    """
    return HookContext(
        resources=DirectScope(resources=resources).resources if resources else Resources(),
        log=logging.getLogger("headrace"),
        run_id=run_id,
        job_name=job_name,
        op=op,
        op_exception=op_exception,
        instance=instance,
    )

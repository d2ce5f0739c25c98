"""Contexts for direct calls of hooks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.graphs.node import Node, NodeDefinition
from headrace.definitions.resources.context import Resources
from headrace.execute.contexts.hook_context import HookContext
from headrace.execute.direct.scope import DirectScope

if TYPE_CHECKING:
    from headrace.definitions.graphs.invocable import PendingInvocation
    from headrace.definitions.ops.op import OpDefinition


def build_hook_context(
    resources: Mapping[str, Any] | None = None,
    op: OpDefinition | PendingInvocation | None = None,
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
    scope = DirectScope(resources=resources) if resources else None
    if scope is not None:
        scope.made_by = "build_hook_context"
    return HookContext(
        resources=Resources() if scope is None else scope.resources,
        scope=scope,
        log=logging.getLogger("headrace"),
        run_id=run_id,
        job_name=job_name,
        op=None if op is None else _node_of(op),
        op_exception=op_exception,
        instance=instance,
    )


def _node_of(op: OpDefinition | PendingInvocation) -> Node:
    """A place of an op in no job."""
    return Node(op.name, op).merged() if isinstance(op, NodeDefinition) else op.as_node()

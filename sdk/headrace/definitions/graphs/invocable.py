"""Definitions that are called to place them in a graph: ops and graphs."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from headrace.definitions.engine import engine
from headrace.definitions.graphs.composition import current_composition
from headrace.definitions.graphs.invocation import Invocation
from headrace.definitions.graphs.node import Node, NodeDefinition
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.ops.retries import RetryPolicy
from headrace.errors import InvalidInvocationError


class InvocableDefinition(NodeDefinition):
    """A definition that can be called: inside a graph function it becomes a node, elsewhere it runs."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Places a node in the graph that is being composed, or runs the function directly."""
        if current_composition() is not None:
            return Invocation(self).place(args, kwargs)
        return self._invoke(args, kwargs)

    def _invoke(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return engine().invoke(self, args, kwargs)

    def alias(self, name: str) -> PendingInvocation:
        """This definition under another name, for one use in a graph."""
        return PendingInvocation(Invocation(self)).alias(name)

    def tag(self, tags: Mapping[str, Any] | None) -> PendingInvocation:
        """This definition with more tags, for one use in a graph."""
        return PendingInvocation(Invocation(self)).tag(tags)

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingInvocation:
        """This definition with a retry policy, for one use in a graph."""
        return PendingInvocation(Invocation(self)).with_retry_policy(retry_policy)

    def with_hooks(self, hook_defs: Set[HookDefinition]) -> PendingInvocation:
        """This definition with hooks, for one use in a graph."""
        return PendingInvocation(Invocation(self)).with_hooks(hook_defs)


class PendingInvocation:
    """A definition with an alias, tags or a retry policy, ready to be called inside a graph function."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        composition = current_composition()
        if composition is not None:
            composition.expect_call(invocation.name, invocation.definition)

    @property
    def node_def(self) -> NodeDefinition:
        """The definition."""
        return self._invocation.definition

    def as_node(self) -> Node:
        """The node that a call would place."""
        invocation = self._invocation
        name = invocation.alias or invocation.definition.name
        return Node(name, invocation.definition, invocation.tags, invocation.retry_policy, invocation.hooks).merged()

    def to_job(self, name: str | None = None, tags: Mapping[str, Any] | None = None, **arguments: Any) -> Any:
        """Makes a job of the graph under its alias, with its tags and hooks; takes what `GraphDefinition.to_job` takes."""
        hooks = self._invocation.hooks | frozenset(arguments.pop("hooks", None) or ())
        return self._graph().to_job(
            name=name or self._invocation.alias,
            tags={**self._invocation.tags, **(tags or {})},
            hooks=hooks,
            op_retry_policy=arguments.pop("op_retry_policy", None) or self._invocation.retry_policy,
            **arguments,
        )

    def execute_in_process(
        self, *, resources: Mapping[str, Any] | None = None, input_values: Mapping[str, Any] | None = None, **run: Any
    ) -> Any:
        """Runs the graph in this process; takes what `GraphDefinition.execute_in_process` takes."""
        return self.to_job(resource_defs=resources, input_values=input_values).execute_in_process(**run)

    def _graph(self) -> Any:
        if not hasattr(self._invocation.definition, "to_job"):
            raise InvalidInvocationError(
                f"{self._invocation.definition!r} is no graph: only a graph can become a job or be executed."
            )
        return self._invocation.definition

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Places the node."""
        composition = current_composition()
        if composition is not None:
            composition.called(self._invocation.name)
        return self._invocation.place(args, kwargs)

    def alias(self, name: str) -> PendingInvocation:
        """The same, under another name."""
        composition = current_composition()
        if composition is not None:
            composition.called(self._invocation.name)
        return PendingInvocation(self._invocation.with_alias(name))

    def tag(self, tags: Mapping[str, Any] | None) -> PendingInvocation:
        """The same, with more tags."""
        return PendingInvocation(self._invocation.with_tags(tags or {}))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingInvocation:
        """The same, with a retry policy."""
        return PendingInvocation(self._invocation.with_changes(retry_policy=retry_policy))

    def with_hooks(self, hook_defs: Set[HookDefinition]) -> PendingInvocation:
        """The same, with more hooks."""
        return PendingInvocation(self._invocation.with_hooks(hook_defs))

"""Ops: the smallest unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import cached_property, update_wrapper
from typing import Any

from headrace.config.fields import Field, to_field
from headrace.definitions.composition import Invocation, current_composition
from headrace.definitions.engine import engine
from headrace.definitions.function_io import inputs_of, outputs_of
from headrace.definitions.inputs import In
from headrace.definitions.naming import check_name
from headrace.definitions.node import NodeDefinition
from headrace.definitions.outputs import Out
from headrace.definitions.retries import RetryPolicy
from headrace.definitions.signature import Signature, is_config_class, signature_of
from headrace.definitions.source import SourceLocation, source_of
from headrace.errors import InvalidDefinitionError


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

    def with_hooks(self, hook_defs: Set[Any]) -> PendingInvocation:
        """This definition with hooks, for one use in a graph."""
        return PendingInvocation(Invocation(self)).with_hooks(hook_defs)


class PendingInvocation:
    """A definition with an alias, tags, hooks or a retry policy, ready to be called inside a graph function."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Places the node."""
        return self._invocation.place(args, kwargs)

    def alias(self, name: str) -> PendingInvocation:
        """The same, under another name."""
        return PendingInvocation(self._invocation.with_alias(name))

    def tag(self, tags: Mapping[str, Any] | None) -> PendingInvocation:
        """The same, with more tags."""
        return PendingInvocation(self._invocation.with_tags(tags or {}))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingInvocation:
        """The same, with a retry policy."""
        return PendingInvocation(self._invocation.with_changes(retry_policy=retry_policy))

    def with_hooks(self, hook_defs: Set[Any]) -> PendingInvocation:
        """The same, with more hooks."""
        return PendingInvocation(self._invocation.with_changes(hooks=self._invocation.hooks | hook_defs))


class OpDefinition(InvocableDefinition):
    """A function with declared inputs, outputs, config and resources.

    Args:
        compute_fn: The function.
        name: Unique among the ops and graphs of a job.
        ins: Inputs by name; what they leave open is taken from the function's parameters.
        outs: Outputs by name; one called `result` when left out.
        description: What it does; the function's docstring when left out.
        config_schema: What config it takes.
        required_resource_keys: Resources that it reads from `context.resources`.
        tags: For executors and people.
        code_version: The version of the code.
        retry_policy: Whether and when it is tried again.
        pool: The pool whose limit its steps count against.
        signature: What the function's signature says, when it has been read already.
        source: Where it was written.
    """

    def __init__(
        self,
        compute_fn: Callable[..., Any],
        name: str,
        *,
        ins: Mapping[str, In] | None = None,
        outs: Out | Mapping[str, Out] | None = None,
        description: str | None = None,
        config_schema: Any = None,
        required_resource_keys: Set[str] | None = None,
        tags: Mapping[str, Any] | None = None,
        code_version: str | None = None,
        retry_policy: RetryPolicy | None = None,
        pool: str | None = None,
        signature: Signature | None = None,
        source: SourceLocation | None = None,
    ) -> None:
        name = check_name(name, "An op's name")
        super().__init__(name, description, tags, source or source_of(compute_fn))
        self.compute_fn = compute_fn
        self.signature = signature if signature is not None else signature_of(compute_fn)
        self.code_version = code_version
        self.retry_policy = retry_policy
        self.pool = pool
        self.required_resource_keys: frozenset[str] = frozenset(required_resource_keys or ()) | frozenset(
            self.signature.resources
        )
        self._ins = inputs_of(self.signature, ins or {}, f"Op {name!r}")
        self._outs = outputs_of(self.signature, outs, f"Op {name!r}")
        self._config_schema = config_schema
        update_wrapper(self, compute_fn, updated=())

    @property
    def node_type(self) -> str:
        """`op`."""
        return "op"

    @property
    def ins(self) -> Mapping[str, In]:
        """The inputs by name."""
        return self._ins

    @property
    def outs(self) -> Mapping[str, Out]:
        """The outputs by name."""
        return self._outs

    @property
    def config_class(self) -> type | None:
        """The class of the `config` parameter, when it is a `Config`."""
        return self.signature.config if is_config_class(self.signature.config) else None

    @cached_property
    def config_field(self) -> Field | None:
        """The schema of the config, None if the op takes any config or none."""
        if self.signature.has_config:
            return to_field(self.signature.config)
        return None if self._config_schema is None else to_field(self._config_schema)
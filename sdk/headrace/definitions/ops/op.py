"""Ops: the smallest unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from copy import copy
from dataclasses import replace
from functools import cached_property, update_wrapper
from typing import Any

from headrace.config.binding import ConfigBinding, OwnConfig, configure
from headrace.config.fields import Field, to_field
from headrace.config.run_config import to_plain
from headrace.config.structured import StructuredConfig
from headrace.config.unresolvable import UnresolvableConfigError
from headrace.config.unsupported import UnsupportedAnnotationError
from headrace.definitions.docstrings import described
from headrace.definitions.graphs.invocable import InvocableDefinition
from headrace.definitions.naming import check_name, check_pool
from headrace.definitions.ops.function_io import inputs_of, outputs_of
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.named import NamedIn
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.raw_compute import raw_compute
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.signature import Signature, is_config_class
from headrace.definitions.source import SourceLocation, source_of
from headrace.errors import InvalidDefinitionError
from headrace.undefined import UNDEFINED

STEP_CONTEXTS = ("", "Any", "OpExecutionContext", "AssetExecutionContext", "AssetCheckExecutionContext")


class OpDefinition(InvocableDefinition):
    """A function with declared inputs, outputs, config and resources.

    Args:
        compute_fn: Takes the context and a dict of the inputs; returns or yields outputs.
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
        signature: What the function's signature says, when it is to be called by it.
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
        if signature is None:
            compute_fn, signature = raw_compute(compute_fn)
        self.compute_fn = compute_fn
        self.signature = signature
        self.code_version = code_version
        self.retry_policy = retry_policy
        self.pool = check_pool(pool, f"Op {name!r}")
        self.required_resource_keys: frozenset[str] = frozenset(required_resource_keys or ()) | frozenset(
            self.signature.resources
        )
        if self.signature.context_type not in STEP_CONTEXTS:
            raise InvalidDefinitionError(
                f"Cannot annotate `context` parameter with type {self.signature.context_type}. `context` must be annotated with "
                "AssetExecutionContext, AssetCheckExecutionContext, OpExecutionContext, or left blank."
            )
        if self.signature.has_config and config_schema is not None:
            raise InvalidDefinitionError(f"Op {name!r} has both a config parameter and a config_schema; drop one.")
        said = described(compute_fn)
        self._ins = inputs_of(self.signature, ins or {}, said, f"Op {name!r}")
        self._declared = tuple(ins or ())
        self._outs = {
            key: replace(out, code_version=code_version) if code_version and out.code_version is None else out
            for key, out in outputs_of(self.signature, outs, said, f"Op {name!r}").items()
        }
        self._config_schema = config_schema
        if config_schema is not None:
            self.__dict__["config_binding"] = OwnConfig(config_schema)
        elif self.config_class is None or self.config_class.is_complete():
            _ = self.config_binding  # what is wrong with it is told here, where it is written
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
    def input_defs(self) -> Sequence[NamedIn]:
        """The inputs, each with its name: those that the decorator names come first."""
        names = [name for name in self._declared if name in self._ins]
        return [NamedIn.of(name, self._ins[name]) for name in dict.fromkeys([*names, *self._ins])]

    def with_ins(self, ins: Mapping[str, In]) -> OpDefinition:
        """The same with other inputs: the parameters of the function must be among them."""
        changed = copy(self)
        changed._ins = dict(ins)
        return changed

    @property
    def positional_inputs(self) -> Sequence[str]:
        """The inputs that may be given by position: those that are parameters."""
        if not self.signature.takes_any:
            return super().positional_inputs
        return [parameter.name for parameter in self.signature.inputs]

    @property
    def outs(self) -> Mapping[str, Out]:
        """The outputs by name."""
        return self._outs

    @property
    def config_class(self) -> type[StructuredConfig] | None:
        """The class of the `config` parameter, when it is a `Config`."""
        return self.signature.config if is_config_class(self.signature.config) else None

    @cached_property
    def config_binding(self) -> ConfigBinding:
        """How the op gets its config."""
        if not self.signature.has_config:
            return OwnConfig(self._config_schema)
        default = self.signature.config_default
        try:
            schema = to_field(self.signature.config)
        except UnresolvableConfigError:
            raise UnsupportedAnnotationError(self.signature.config, f" of op {self.name!r}") from None
        return OwnConfig(schema if default is UNDEFINED else Field(schema, default_value=to_plain(default)))

    @property
    def config_schema(self) -> Field:
        """The schema of the config."""
        return self.config_field

    @property
    def version(self) -> str | None:
        """The older name of `code_version`."""
        return self.code_version

    @property
    def config_field(self) -> Field:
        """The schema of the config."""
        return self.config_binding.field

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> OpDefinition:
        """This op with its config fixed, or made by a function from config of another schema.

        Args:
            config_or_config_fn: The config, or a function that takes config and returns this op's config.
            name: The new op's name.
            config_schema: What the function takes.
            description: What the new op does.
        """
        configured = copy(self)
        configured.name = check_name(name or self.name, "An op's name")
        configured.description = description if description is not None else self.description
        what = f"op {self.name!r}"
        configured.__dict__["config_binding"] = configure(self.config_binding, config_or_config_fn, config_schema, what)
        return configured

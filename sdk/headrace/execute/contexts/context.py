"""`OpExecutionContext` and `AssetExecutionContext`: what user code asks and tells while it runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.graphs.handle import NodeHandle
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT
from headrace.errors import InvalidDefinitionError, InvariantViolationError
from headrace.execute.contexts.asset_access import AssetAccess
from headrace.execute.contexts.partition_access import PartitionAccess
from headrace.execute.contexts.scope import Scope
from headrace.execute.planning.sources import split_key

if TYPE_CHECKING:
    from pdb import Pdb

    from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSpec
    from headrace.definitions.graphs.node import Node
    from headrace.definitions.metadata.values import MetadataValue
    from headrace.definitions.ops.op import OpDefinition
    from headrace.definitions.resources.context import Resources
    from headrace.execute.run_info import RunInfo


class OpExecutionContext(AssetAccess, PartitionAccess):
    """The `context` parameter of an op."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._scope = scope

    @staticmethod
    def get() -> OpExecutionContext:
        """The context of the op or asset that is running here."""
        context = _current.get()
        if context is None:
            raise InvariantViolationError("No op or asset is running here, so there is no context.")
        return context

    # The run

    @property
    def run(self) -> RunInfo:
        """The run."""
        return self._scope.run

    @property
    def dagster_run(self) -> RunInfo:
        """The run; the name that Dagster's users know."""
        return self._scope.run

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._scope.run.run_id

    @property
    def run_config(self) -> Mapping[str, Any]:
        """The run config as it was given."""
        return self._scope.run.run_config

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The run's tags."""
        return self._scope.run.tags

    @property
    def job_name(self) -> str:
        """The job."""
        return self._scope.run.job_name

    @property
    def job_def(self) -> Any:
        """The job's definition."""
        return self._scope.job

    @property
    def instance(self) -> Any:
        """The instance that keeps the run."""
        if self._scope.instance is None:
            raise InvariantViolationError("This run is not recorded by any instance, so context.instance is not there.")
        return self._scope.instance

    @property
    def retry_number(self) -> int:
        """How many attempts of this step came before this one."""
        return self._scope.attempt - 1

    def get_mapping_key(self) -> str | None:
        """Which of the values of a dynamic output this step is for; None if it is for none."""
        return self._scope.mapping_key

    def has_tag(self, key: str) -> bool:
        """Whether the run has a tag."""
        return key in self._scope.run.tags

    def get_tag(self, key: str) -> str | None:
        """A tag of the run; None when it has no such tag."""
        return self._scope.run.tags.get(key)

    # The op

    @property
    def log(self) -> logging.Logger:
        """Logs into the events of the run."""
        return self._scope.log

    @property
    def resources(self) -> Resources:
        """The resources that the op requires, as attributes."""
        return self._scope.resources

    @property
    def op_config(self) -> Any:
        """The op's config."""
        return self._scope.config

    @property
    def op(self) -> Node:
        """The op at its place in the job: its name there, its tags, its definition."""
        return self._scope.node

    @property
    def op_def(self) -> OpDefinition:
        """The op's definition."""
        return self._scope.op

    @property
    def op_handle(self) -> NodeHandle:
        """The place of the op in the job."""
        return NodeHandle.from_string(split_key(self._scope.step_key)[0])

    node_handle = op_handle

    @property
    def step_key(self) -> str:
        """The key of the step."""
        return self._scope.step_key

    @property
    def alias(self) -> str:
        """The name of the op at its place in the job."""
        return self._scope.name

    @property
    def selected_output_names(self) -> Set[str]:
        """The outputs that this run is to produce."""
        return self._scope.selected_outputs

    def describe_op(self) -> str:
        """The op and its place, for messages."""
        return f'op "{self._scope.op.name}" at {self._scope.step_key}'

    @property
    def pdb(self) -> Pdb:
        """A debugger, for `context.pdb.set_trace()` where a terminal is at hand."""
        # Here, because nobody but who debugs should wait for it to be imported.
        from headrace.execute.contexts.terminal_pdb import TerminalPdb

        return TerminalPdb()

    # Outputs and events

    def add_output_metadata(
        self, metadata: Mapping[str, Any], output_name: str | None = None, mapping_key: str | None = None
    ) -> None:
        """Attach metadata to an output that is yet to be produced.

        Args:
            metadata: The metadata.
            output_name: The output; may be left out when there is only one.
            mapping_key: Which of the values of a dynamic output.
        """
        self._scope.add_output_metadata(metadata, output_name or self._only_output(), mapping_key)

    def get_output_metadata(self, output_name: str, mapping_key: str | None = None) -> Mapping[str, MetadataValue]:
        """The metadata attached to an output so far."""
        return self._scope.output_metadata(output_name, mapping_key)

    def log_event(self, event: Any) -> None:
        """Record an `AssetMaterialization`, `AssetObservation` or `ExpectationResult` without yielding it."""
        self._scope.record(event)

    # Assets

    @property
    def has_assets_def(self) -> bool:
        """Whether the op makes assets."""
        return self._scope.assets_def is not None

    @property
    def assets_def(self) -> Any:
        """The definition of the assets that the op makes."""
        if self._scope.assets_def is None:
            raise InvariantViolationError(
                f"{self.describe_op()} does not have an assets definition: it makes no assets."
            )
        return self._scope.assets_def

    @property
    def asset_key(self) -> AssetKey:
        """The one asset that the op makes."""
        keys = self._scope.asset_keys_by_output
        if not keys:
            raise InvariantViolationError(f"{self.describe_op()} makes no assets, so it has no asset_key.")
        if len(keys) > 1:
            raise InvariantViolationError(
                "Cannot call `context.asset_key` in a multi_asset with more than one asset. Use "
                f"context.asset_key_for_output instead: {self.describe_op()} makes "
                f"{', '.join(key.to_user_string() for key in keys.values())}."
            )
        return next(iter(keys.values()))

    def set_requires_typed_event_stream(self, *, error_message: str | None = None) -> None:
        """Has the op owe all of its outputs as such: that it returns nothing no longer says that everything was made.

        Args:
            error_message: Ends the message of the error where it does not produce one.
        """
        self._scope.owes_outputs = error_message or ""

    @property
    def selected_asset_keys(self) -> Set[AssetKey]:
        """The assets of the op that this run is to make."""
        scope = self._scope
        return {key for name, key in scope.asset_keys_by_output.items() if name in scope.selected_outputs}

    @property
    def is_subset(self) -> bool:
        """Whether the run is to make only some of the op's assets."""
        scope = self._scope
        if scope.assets_def is None:
            return False
        return bool(scope.assets_def.is_subset) or len(self.selected_asset_keys) < len(scope.asset_keys_by_output)

    @property
    def selected_asset_check_keys(self) -> Set[AssetCheckKey]:
        """The checks of the op that this run is to make."""
        if self._scope.assets_def is None:
            return frozenset()
        specs = self._scope.assets_def.node_check_specs_by_output_name
        return {spec.key for name, spec in specs.items() if name in self._scope.selected_outputs}

    def asset_key_for_output(self, output_name: str = DEFAULT_OUTPUT) -> AssetKey:
        """The asset that an output makes."""
        return self._key_of(self._scope.asset_keys_by_output, output_name, "output")

    def asset_key_for_input(self, input_name: str) -> AssetKey:
        """The asset that an input reads."""
        return self._key_of(self._scope.asset_keys_by_input, input_name, "input")

    def output_for_asset_key(self, asset_key: AssetKey) -> str:
        """The output that makes an asset."""
        for name, key in self._scope.asset_keys_by_output.items():
            if key == asset_key:
                return name
        raise InvariantViolationError(f"{self.describe_op()} does not make {asset_key.to_user_string()!r}.")

    def _key_of(self, keys: Mapping[str, AssetKey], name: str, what: str) -> AssetKey:
        if name not in keys:
            known = ", ".join(map(repr, keys)) or "none"
            raise InvariantViolationError(f"No asset belongs to {what} {name!r} of {self.describe_op()}; to: {known}.")
        return keys[name]

    def _only_output(self) -> str:
        outs: Sequence[str] = list(self._scope.op.outs)
        if len(outs) != 1:
            raise InvariantViolationError(
                f"{self.describe_op()} has {len(outs)} outputs ({', '.join(outs)}); say output_name."
            )
        return outs[0]


class AssetExecutionContext(OpExecutionContext):
    """The `context` parameter of an asset."""

    @staticmethod
    def get() -> AssetExecutionContext:
        """The context of the asset that is running here."""
        context = OpExecutionContext.get()
        if not isinstance(context, AssetExecutionContext):
            raise InvariantViolationError(
                "What is running here is an op and not an asset; use OpExecutionContext.get()."
            )
        return context

    @property
    def op_execution_context(self) -> OpExecutionContext:
        """The same as the context of an op."""
        return OpExecutionContext(self._scope)


class AssetCheckExecutionContext(AssetExecutionContext):
    """The `context` parameter of an asset check."""

    @staticmethod
    def get() -> AssetCheckExecutionContext:
        """The context of the asset check that is running here."""
        context = OpExecutionContext.get()
        if not isinstance(context, AssetCheckExecutionContext):
            raise InvariantViolationError("What is running here is no asset check.")
        return context

    @property
    def check_specs(self) -> Sequence[AssetCheckSpec]:
        """The checks that the function makes."""
        specs: Sequence[AssetCheckSpec] = self.assets_def.check_specs
        return specs


def context_for(scope: Scope) -> OpExecutionContext:
    """The context that the op of `scope` gets: of the annotated class, or of the one for what it makes.

    Raises:
        InvalidDefinitionError: the annotation asks for what the op is not.
    """
    asked = scope.op.signature.context_type
    if asked == "AssetExecutionContext" and (scope.assets_def is None or makes_checks_only(scope)):
        what = "@op" if scope.assets_def is None else "@asset_check"
        raise InvalidDefinitionError(
            f"Cannot annotate {what} `context` parameter with type AssetExecutionContext: {scope.step_key!r} makes no asset. Use "
            f"{'OpExecutionContext' if scope.assets_def is None else 'AssetCheckExecutionContext'}, or leave it blank."
        )
    inside_of_graph = scope.is_nested and asked != "AssetExecutionContext"
    if scope.assets_def is None or asked == "OpExecutionContext" or inside_of_graph:
        return OpExecutionContext(scope)
    return AssetCheckExecutionContext(scope) if makes_checks_only(scope) else AssetExecutionContext(scope)


def makes_checks_only(scope: Scope) -> bool:
    """Whether the op of `scope` makes checks, but no assets."""
    return scope.assets_def is not None and not scope.assets_def.specs_by_key


@contextmanager
def current(context: OpExecutionContext) -> Iterator[None]:
    """Make `context` what `get()` finds, until the block ends."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


_current: ContextVar[OpExecutionContext | None] = ContextVar("headrace_context", default=None)
